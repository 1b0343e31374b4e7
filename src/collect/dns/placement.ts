import { randomBytes } from 'node:crypto';
import { defineCollector } from '../../core/collector.ts';
import { domainRecords } from '../../evidence/dns.ts';
import { type PlacedHost, type Placement, placement } from '../../evidence/placement.ts';
import { providerNamed } from '../../evidence/providers.ts';
import type { DnsAnswer, DnsClient } from './client.ts';
import { dnsClient } from './collector.ts';
import { placed, providerOfName } from './placed.ts';

/** Finds out whose the names and addresses are that the hosts lead to. */
export const placementCollector = defineCollector({
  provides: placement,
  wants: 'domain',
  needs: { dns: dnsClient, records: domainRecords },
  effects: 'reads',
  timeoutMs: 30_000,
  async collect({ dns, records }, { target: { domains } }) {
    const hosts = records.hosts.map(({ name, role, chain, addresses, outcome, why = '' }): PlacedHost => {
      const given = domains?.hosts.find((one) => one.name === name);
      return {
        name,
        role,
        on: (given?.on === undefined ? undefined : providerNamed(given.on)?.id) ?? '',
        redirectsTo: given?.redirectsTo ?? '',
        chain,
        provider: firstProvider(chain),
        addresses: addresses.map(placed),
        outcome,
        why,
      };
    });
    return { apex: records.apex, drafted: records.drafted, hosts, wildcard: await wildcardOf(dns, records.apex) };
  },
});

const firstProvider = (chain: readonly string[]): string =>
  chain.map((name) => providerOfName(name)?.id).find((id) => id !== undefined) ?? '';

/** What a name has that nobody can have set up. */
async function wildcardOf(dns: DnsClient, apex: string): Promise<Placement['wildcard']> {
  const name = `lr-${randomBytes(8).toString('hex')}.${apex}`;
  const [first, ...others] = await Promise.all([dns.ask(name, 'A'), dns.ask(name, 'AAAA'), dns.ask(name, 'MX')]);
  const all: readonly DnsAnswer[] = [first, ...others];
  const chain = [
    ...new Set(
      all.flatMap(({ message }) =>
        (message?.answers ?? []).flatMap((one) => (one.type === 'CNAME' ? [String(one.data).toLowerCase()] : [])),
      ),
    ),
  ];
  const mail = others[1].is === 'records' ? others[1].records.map(({ data }) => data.exchange.toLowerCase()) : [];
  const addresses = [first, others[0]].flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => data) : []));
  const failed = all.find((one) => one.is === 'failed');
  const isThere = chain.length > 0 || mail.length > 0 || addresses.length > 0;
  const provider = firstProvider(chain) || (addresses.map(placed).find((one) => one.provider !== '')?.provider ?? '');
  return {
    is: isThere ? 'records' : failed ? 'failed' : 'none',
    asked: [name],
    chain,
    provider,
    atHome: provider !== '' && (await isServedBy(dns, apex, provider)),
    addresses,
    mail,
    why: failed?.text ?? '',
  };
}

async function isServedBy(dns: DnsClient, apex: string, provider: string): Promise<boolean> {
  const answer = await dns.ask(apex, 'NS');
  return answer.is === 'records' && answer.records.every(({ data }) => providerOfName(data.toLowerCase())?.id === provider);
}
