import { defineCollector } from '../../core/collector.ts';
import type { GivenHost } from '../../core/target.ts';
import { domainRecords, type HostRecords, noSuchName } from '../../evidence/dns.ts';
import type { DnsAnswer, DnsClient } from './client.ts';
import { dnsClient } from './collector.ts';

/** Asks for the addresses of each host of the domain map. */
export const hostsCollector = defineCollector({
  provides: domainRecords,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ dns }, { target: { domains } }) {
    const { apex, drafted, hosts } = domains ?? { apex: '', drafted: true, hosts: [] };
    return { apex, drafted, hosts: await Promise.all(hosts.map((host) => recordsOf(dns, host))) };
  },
});

async function recordsOf(dns: DnsClient, { name, role }: GivenHost): Promise<HostRecords> {
  const answers = await Promise.all([dns.ask(name, 'A'), dns.ask(name, 'AAAA')]);
  const addresses = answers.flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => data) : []));
  const chain = [...new Set(answers.flatMap(chainOf))];
  if (addresses.length > 0) return { name, role, chain, addresses, outcome: 'found' };
  const failed = answers.find((one) => one.is === 'failed');
  if (failed) return { name, role, chain, addresses, outcome: 'failed', why: failed.text };
  const isMissing = answers.some((one) => one.is === 'none' && one.why === 'nxdomain');
  const end = chain.at(-1);
  return {
    name,
    role,
    chain,
    addresses,
    outcome: 'none',
    why: end !== undefined ? `it leads to ${end}, which has no address` : isMissing ? noSuchName : 'it has no address',
  };
}

const chainOf = (answer: DnsAnswer): string[] =>
  answer.message?.answers.flatMap((one) => (one.type === 'CNAME' ? [String(one.data).toLowerCase()] : [])) ?? [];
