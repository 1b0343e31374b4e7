import { defineCollector } from '../../core/collector.ts';
import { type CaaFacts, caaFacts } from '../../evidence/caa.ts';
import { domainRecords } from '../../evidence/dns.ts';
import { reachOf } from '../http/address.ts';
import { issuerOf, type TlsPlace } from '../tls/issuer.ts';
import { addressOf, type DnsClient } from './client.ts';
import { dnsClient } from './collector.ts';
import { parentOf } from './name.ts';

/** Climbs from each host to the first name with CAA records (RFC 8659 §3), and reads who issued the certificate in use. */
export const caaCollector = defineCollector({
  provides: caaFacts,
  wants: 'domain',
  needs: { dns: dnsClient, records: domainRecords },
  effects: 'reads',
  timeoutMs: 60_000,
  collect({ dns, records }, { target, signal }) {
    const connect = target.domains?.connect ?? {};
    const due = records.hosts.filter(({ outcome }) => outcome === 'found');
    return Promise.all(
      due.map(async ({ name, addresses }) => {
        const pinned = connect[name];
        // What the DNS says of a stranger's domain must not lead us into the network of the user.
        const address = pinned === undefined ? addresses.find((one) => reachOf(one) === 'public') : undefined;
        const place: TlsPlace | undefined =
          pinned !== undefined
            ? { host: name, ...addressOf(pinned) }
            : address === undefined
              ? undefined
              : { host: name, address, port: 443 };
        const [caa, issued] = await Promise.all([climbed(dns, name), place && issuerOf(place, signal)]);
        return { ...caa, issuer: issued?.issuer ?? '', wildcard: issued?.wildcard ?? false };
      }),
    );
  },
});

async function climbed(dns: DnsClient, host: string): Promise<Omit<CaaFacts, 'issuer' | 'wildcard'>> {
  for (let at: string | undefined = host; at !== undefined && at !== '.'; at = parentOf(at)) {
    const answer = await dns.ask(at, 'CAA');
    if (answer.is === 'failed') return { host, found: 'failed', at, records: [], why: answer.text };
    if (answer.is === 'records')
      return { host, found: 'records', at, records: answer.records.map(({ data }) => ({ ...data, tag: data.tag.toLowerCase() })), why: '' };
  }
  return { host, found: 'none', at: '', records: [], why: '' };
}
