import { defineCollector } from '../../../core/collector.ts';
import type { GivenMailDomain } from '../../../core/target.ts';
import { type DmarcFacts, dmarcRecords } from '../../../evidence/dmarc.ts';
import { mailDomains } from '../../../evidence/mail-domains.ts';
import type { DnsClient } from '../../dns/client.ts';
import { dnsClient } from '../../dns/collector.ts';
import { lookedAt } from '../domains.ts';
import { destinationsOf } from './destinations.ts';
import { discoverDmarc } from './discover.ts';

/** Finds the DMARC policy of each domain that mail is sent from. */
export const dmarcCollector = defineCollector({
  provides: dmarcRecords,
  wants: 'domain',
  needs: { dns: dnsClient, known: mailDomains },
  effects: 'reads',
  timeoutMs: 60_000,
  collect: ({ dns, known }, { target: { domains } }) => Promise.all(lookedAt(domains, known).map((one) => dmarcFacts(dns, one))),
});

/** What receivers find out about one domain. Never throws. */
export async function dmarcFacts(dns: DnsClient, { name, senders }: GivenMailDomain): Promise<DmarcFacts> {
  const found = await discoverDmarc(dns, name);
  const { at, record, organisational } = found;
  const [destinations, failureDestinations] =
    at !== undefined && record
      ? await Promise.all([record.rua, record.ruf].map((uris) => destinationsOf(dns, at, organisational, uris)))
      : [];
  return {
    domain: name,
    ...(senders && { senders }),
    ...found,
    destinations: destinations ?? [],
    ...(failureDestinations && failureDestinations.length > 0 && { failureDestinations }),
  };
}
