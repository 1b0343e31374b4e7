import type { DnsClient } from '../collect/dns/client.ts';
import { placed, providerOfName } from '../collect/dns/placed.ts';
import type { GivenDomains } from '../core/target.ts';
import { type HostingProvider, providerNamed } from '../evidence/providers.ts';

/** A host of the domain map that a service is to serve, and what its name leads to now. */
export interface ClickHost {
  readonly name: string;
  readonly service: string;
  /** What the service asks for, in words. */
  readonly asks: string;
  /** `done`: it leads there. `unknown`: a proxy hides it, or nobody could ask. */
  readonly is: 'done' | 'open' | 'unknown';
  readonly now: string;
}

/** Asks the DNS where the hosts lead that the domain map names a service for. Those that the map has a record for are left to it. */
export const clickHosts = (dns: DnsClient, { apex, hosts, records = [] }: GivenDomains): Promise<ClickHost[]> =>
  Promise.all(
    hosts.flatMap(({ name, on, redirectsTo }): Promise<ClickHost>[] => {
      const service = on === undefined ? undefined : providerNamed(on);
      const isWritten = records.some((one) => one.name === name && ['A', 'AAAA', 'CNAME'].includes(one.type));
      return service && redirectsTo === undefined && !isWritten ? [clickHost(dns, name, name === apex, service)] : [];
    }),
  );

async function clickHost(dns: DnsClient, name: string, isApex: boolean, service: HostingProvider): Promise<ClickHost> {
  const asks = `${isApex ? service.apex : service.below}${service.proof === undefined ? '' : `, and ${service.proof}`}`;
  const about = { name, service: service.name, asks };
  const answers = [await dns.ask(name, 'A'), await dns.ask(name, 'AAAA')];
  const chain = answers.flatMap(({ message }) =>
    (message?.answers ?? []).flatMap(({ type, data }) => (type === 'CNAME' ? [String(data).toLowerCase()] : [])),
  );
  const addresses = answers.flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => placed(String(data))) : []));
  const shown = [...new Set([...chain, ...addresses.map(({ address }) => address)])].join(' → ');
  const failed = answers.find((one) => one.is === 'failed');
  const isThere = chain.some((one) => providerOfName(one)?.id === service.id) || addresses.some(({ provider }) => provider === service.id);
  if (isThere) return { ...about, is: 'done', now: shown };
  if (failed) return { ...about, is: 'unknown', now: failed.is === 'failed' ? failed.text : '' };
  // Behind a proxy, and where a service gives an address to each project, a name does not show whose it is.
  const isHidden = addresses.length > 0 && addresses.every(({ proxied }) => proxied);
  const isAnybodys = addresses.length > 0 && !service.exact && addresses.every(({ provider }) => provider === '');
  return { ...about, is: isHidden || isAnybodys ? 'unknown' : 'open', now: shown === '' ? 'nothing' : shown };
}

const words = { done: 'Leave (it leads there)', open: 'Set', unknown: 'Look at (nobody could tell where it leads)' } as const;

/** The hosts and redirects of the map as things to do by hand, and where the rest stands. Empty where the map has neither. */
export function hostsText({ hosts, mail }: GivenDomains, all: readonly ClickHost[]): string {
  const leads = hosts.flatMap(({ name, redirectsTo }) => (redirectsTo === undefined ? [] : [{ name, redirectsTo }]));
  return [
    ...(all.length > 0 ? ['Hosts, as the service that serves them asks for it', ''] : []),
    ...all.flatMap(({ name, service, asks, is, now }, nth) => [
      `${nth + 1}. ${words[is]}: ${name}, on ${service}`,
      `   Record    ${asks}`,
      `   Now       ${now}`,
      ...(is === 'open'
        ? [`   Note      Add ${name} to the project at ${service} as well, and remove other A, AAAA and CNAME records of it.`]
        : []),
      '',
    ]),
    ...(leads.length > 0 ? ['Redirects, to be set where the name is served', ''] : []),
    ...leads.flatMap(({ name, redirectsTo }, nth) => [
      `${nth + 1}. ${name} → https://${redirectsTo}`,
      '   How       permanent (301 or 308), first to https on the same name, with path and query kept',
      '',
    ]),
    ...(mail.length > 0 ? ['Records for mail (SPF, DKIM, DMARC): launch-ready email says what to type where.', ''] : []),
  ].join('\n');
}
