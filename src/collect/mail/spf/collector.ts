import { defineCollector } from '../../../core/collector.ts';
import { type SpfFacts, spfRecords } from '../../../evidence/mail.ts';
import type { DnsClient } from '../../dns/client.ts';
import { dnsClient } from '../../dns/collector.ts';
import { isSpf, parseSpf, SpfSyntaxError } from './record.ts';

/** Reads the SPF record of each domain that mail is sent from. */
export const spfCollector = defineCollector({
  provides: spfRecords,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  collect: ({ dns }, { target }) => Promise.all((target.domains?.mail ?? []).map(({ name }) => factsOf(dns, name))),
});

async function factsOf(dns: DnsClient, domain: string): Promise<SpfFacts> {
  const answer = await dns.ask(domain, 'TXT');
  if (answer.is === 'failed') return { domain, records: [], fault: answer.text };
  const records = answer.is === 'records' ? answer.records.map(({ data }) => data).filter(isSpf) : [];
  if (records.length !== 1) return { domain, records };
  try {
    parseSpf(records[0]!);
    return { domain, records };
  } catch (error) {
    if (error instanceof SpfSyntaxError) return { domain, records, problem: error.message };
    throw error;
  }
}
