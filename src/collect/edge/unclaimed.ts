import { defineCollector } from '../../core/collector.ts';
import { type UnclaimedLook, unclaimedLooks, wildcardLooks } from '../../evidence/leads.ts';
import { type PlacedHost, placement } from '../../evidence/placement.ts';
import { type HostingProvider, providerOf, type UnclaimedAnswer } from '../../evidence/providers.ts';
import { dnsClient } from '../dns/collector.ts';
import { type EdgeAnswer, edgeClient, type EdgeClient, openEdge } from './client.ts';
import { placesOf } from './places.ts';

/** Asks each host that leads to a service with accounts for its front page, and compares it with what the service says of hosts that nobody set up. */
export const unclaimedCollector = defineCollector({
  provides: unclaimedLooks,
  wants: 'domain',
  needs: { placed: placement, client: edgeClient },
  effects: 'reads',
  timeoutMs: 60_000,
  collect({ placed, client }) {
    const due = placed.hosts.flatMap((host) => {
      const provider = serviceOf(host);
      return provider && provider.unclaimed.length > 0 ? [{ host: host.name, provider }] : [];
    });
    return Promise.all(due.map(({ host, provider }) => lookAt(client, host, provider)));
  },
});

/** Asks for a name that only a wildcard record leads to a service with accounts; where the map pins `*.example.com`, there. */
export const wildcardCollector = defineCollector({
  provides: wildcardLooks,
  wants: 'domain',
  needs: { placed: placement, dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ placed: { apex, wildcard }, dns }, { target: { domains }, signal }) {
    const [host] = wildcard.asked;
    const service = providerOf(wildcard.provider);
    const place = domains?.connect?.[`*.${apex}`] ?? wildcard.addresses[0];
    if (!domains || host === undefined || place === undefined || !service || wildcard.atHome || service.unclaimed.length === 0) return [];
    const alone = { ...domains, hosts: [{ name: host, role: 'other' as const }], connect: { [host]: place } };
    const client = openEdge({ domains: alone, placeOf: placesOf(alone, dns), requests: 2, signal });
    try {
      return [await lookAt(client, host, service)];
    } finally {
      await client.close();
    }
  },
});

/** The service that answers for a host: the one it is an alias of, else the one whose address it has. */
const serviceOf = ({ provider, addresses }: PlacedHost): HostingProvider | undefined =>
  providerOf(provider || (addresses.find((one) => one.provider !== '')?.provider ?? ''));

async function lookAt(client: EdgeClient, host: string, provider: HostingProvider): Promise<UnclaimedLook> {
  const about = { host, provider: provider.id };
  // A host that nobody set up has no certificate either; then it is asked without.
  let why = '';
  for (const scheme of ['https', 'http']) {
    const url = new URL(`${scheme}://${host}/`);
    const answer = await client.ask(url);
    if (answer.is === 'answer') return { ...about, url: url.href, status: answer.status, ...judged(answer, provider) };
    why = answer.text;
  }
  return { ...about, url: `https://${host}/`, is: 'failed', status: 0, text: why };
}

function judged(
  { status, headers, text: body, bot }: EdgeAnswer,
  { unclaimed, name }: HostingProvider,
): Pick<UnclaimedLook, 'is' | 'text'> {
  // What stands in front says so; the service behind was not asked.
  if (bot !== undefined) return { is: 'challenge', text: `it answered ${status} with a page that lets only browsers through` };
  const met = unclaimed.find((one) => meets(one, status, headers, body));
  if (met)
    return {
      is: 'unclaimed',
      text: `it answered ${status} as ${name} does for a host that nobody set up: ${met.text ?? met.header?.join(': ') ?? ''}`,
    };
  // Too many requests, or an error of a server: neither says whose the host is.
  if (status === 429 || status >= 500) return { is: 'failed', text: `it answered ${status}` };
  return { is: 'claimed', text: `it answered ${status}` };
}

const meets = (wanted: UnclaimedAnswer, status: number, headers: Readonly<Record<string, string>>, body: string): boolean =>
  (wanted.status === undefined || wanted.status === status) &&
  (wanted.text === undefined || body.includes(wanted.text)) &&
  (wanted.header === undefined || (headers[wanted.header[0]] ?? '').startsWith(wanted.header[1]));
