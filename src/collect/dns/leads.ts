import { getDomain } from 'tldts';
import { defineCollector } from '../../core/collector.ts';
import { domainRecords } from '../../evidence/dns.ts';
import { type Lead, leads } from '../../evidence/leads.ts';
import { placement } from '../../evidence/placement.ts';
import { usualHosts } from '../../evidence/usual-hosts.ts';
import { zoneFacts } from '../../evidence/zone.ts';
import type { DnsClient } from './client.ts';
import { dnsClient } from './collector.ts';
import { askable } from './name.ts';
import { providerOfName } from './placed.ts';

/** Follows every record that names another host: of the hosts, the name servers, and where mail goes. */
export const leadsCollector = defineCollector({
  provides: leads,
  wants: 'domain',
  needs: { dns: dnsClient, records: domainRecords, zone: zoneFacts, placed: placement },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ dns, records, zone, placed }, { target: { domains } }) {
    const mapped = new Set([records.apex, ...records.hosts.map(({ name }) => name)]);
    // Founders give hosts usual names, and leave them behind. Where a wildcard answers for all names, those that nobody set up tell nothing.
    const guessed =
      placed.wildcard.is === 'none'
        ? Object.keys(usualHosts)
            .map((label) => `${label}.${records.apex}`)
            .filter((name) => !mapped.has(name))
        : [];
    const mail = new Set([records.apex, ...(domains?.mail ?? []).map(({ name }) => name.toLowerCase())]);
    const found = await Promise.all([
      ...[...mapped, ...guessed].map((name) => aliasOf(dns, name, mapped.has(name))),
      ...placed.wildcard.chain
        .slice(0, 1)
        .map((target) => leadOf(dns, { record: 'CNAME', owner: `*.${records.apex}`, mapped: true, target })),
      ...[...mail].map((name) => mailOf(dns, name)),
      ...zone.servers.map(({ name }) => leadOf(dns, { record: 'NS', owner: zone.zone, mapped: true, target: name })),
    ]);
    return found.flat();
  },
});

type Record = Pick<Lead, 'record' | 'owner' | 'mapped' | 'target'>;

async function aliasOf(dns: DnsClient, owner: string, mapped: boolean): Promise<Lead[]> {
  const answer = await dns.ask(owner, 'CNAME');
  return answer.is === 'records'
    ? [await leadOf(dns, { record: 'CNAME', owner, mapped, target: answer.records[0]!.data.toLowerCase() })]
    : [];
}

async function mailOf(dns: DnsClient, owner: string): Promise<Lead[]> {
  const answer = await dns.ask(owner, 'MX');
  if (answer.is !== 'records') return [];
  // A lone dot says that no mail is taken (RFC 7505).
  const targets = answer.records.map(({ data }) => data.exchange.toLowerCase()).filter((target) => target !== '.' && target !== '');
  return Promise.all(targets.map((target) => leadOf(dns, { record: 'MX', owner, mapped: true, target })));
}

async function leadOf(dns: DnsClient, record: Record): Promise<Lead> {
  const { target } = record;
  const provider = providerOfName(target)?.id ?? '';
  const there: Lead = { ...record, is: 'there', end: target, domain: '', domainIs: 'there', provider, why: '' };
  if (askable(target) === undefined) return { ...there, is: 'missing', why: `${target} is no name that can be asked for` };
  const answer = await dns.ask(target, 'A');
  if (answer.is === 'failed') return { ...there, is: 'failed', domainIs: 'failed', why: answer.text };
  if (answer.is === 'records' || answer.why === 'nodata') return there;
  const aliases = answer.message.answers.filter(({ type }) => type === 'CNAME');
  const end = String(aliases.at(-1)?.data ?? target).toLowerCase();
  // Who gives names to strangers is told by the list of public suffixes; who can be bought is what stands below a registry.
  const domain = getDomain(end, { allowPrivateDomains: false }) ?? '';
  return {
    ...there,
    is: 'missing',
    end,
    domain,
    domainIs: domain === '' ? 'failed' : await isThere(dns, domain),
    provider: provider || (providerOfName(end)?.id ?? ''),
    why: `there is no ${end}`,
  };
}

async function isThere(dns: DnsClient, domain: string): Promise<Lead['domainIs']> {
  const answer = await dns.ask(domain, 'NS');
  if (answer.is === 'failed') return 'failed';
  return answer.is === 'none' && answer.why === 'nxdomain' ? 'missing' : 'there';
}
