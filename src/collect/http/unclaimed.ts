import { defineCollector } from '../../core/collector.ts';
import type { GivenDomains } from '../../core/target.ts';
import { type UnclaimedLook, unclaimedLooks, wildcardLooks } from '../../evidence/leads.ts';
import { type PlacedHost, placement } from '../../evidence/placement.ts';
import { type HostingProvider, providerOf, type UnclaimedAnswer } from '../../evidence/providers.ts';
import { type HttpClient, openClient, type Reply } from './client.ts';

const bodyBytes = 256 * 1024;

/** Asks each host that leads to a service with accounts for its front page, and compares it with what the service says of hosts that nobody set up. */
export const unclaimedCollector = defineCollector({
  provides: unclaimedLooks,
  wants: 'domain',
  needs: { placed: placement },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ placed }, { target, signal }) {
    const at = placeIn(target.domains?.connect);
    const due = placed.hosts.flatMap((host) => {
      const provider = serviceOf(host);
      return provider && provider.unclaimed.length > 0 ? [{ host: host.name, provider }] : [];
    });
    const pins = Object.fromEntries(due.flatMap(({ host }) => (at(host).address === undefined ? [] : [[host, at(host).address!]])));
    const hosts = due.map(({ host }) => at(host).authority);
    const client = openClient(
      { ...target, scope: { ...target.scope, hosts: [...hosts, ...due.map(({ host }) => host)], requests: due.length * 2 } },
      { pins, authorities: target.domains?.authorities ?? [] },
    );
    try {
      return await Promise.all(due.map(({ host, provider }) => lookAt(client, host, at(host).authority, provider, signal)));
    } finally {
      await client.close();
    }
  },
});

/** Asks for a name that only a wildcard record leads to a service with accounts. */
export const wildcardCollector = defineCollector({
  provides: wildcardLooks,
  wants: 'domain',
  needs: { placed: placement },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ placed: { apex, wildcard } }, { target, signal }) {
    const [host] = wildcard.asked;
    const service = providerOf(wildcard.provider);
    if (host === undefined || !service || wildcard.atHome || service.unclaimed.length === 0) return [];
    const pinned = placeIn(target.domains?.connect)(`*.${apex}`);
    const address = pinned.address ?? wildcard.addresses[0];
    if (address === undefined) return [];
    const authority = pinned.port === undefined ? host : `${host}:${pinned.port}`;
    const client = openClient(
      { ...target, scope: { ...target.scope, hosts: [host, authority], requests: 2 } },
      { pins: { [host]: address }, authorities: target.domains?.authorities ?? [] },
    );
    try {
      return [await lookAt(client, host, authority, service, signal)];
    } finally {
      await client.close();
    }
  },
});

/** Where hosts are reached that the domain map pins; `*.example.com` is any name that it does not have. */
const placeIn =
  (connect: GivenDomains['connect'] = {}) =>
  (host: string): { readonly address?: string; readonly port?: string; readonly authority: string } => {
    const [, address, port] = /^\[?(.+?)\]?:(\d+)$/.exec(connect[host] ?? '') ?? [];
    return address === undefined || port === undefined ? { authority: host } : { address, port, authority: `${host}:${port}` };
  };

/** The service that answers for a host: the one it is an alias of, else the one whose address it has. */
const serviceOf = ({ provider, addresses }: PlacedHost): HostingProvider | undefined =>
  providerOf(provider || (addresses.find((one) => one.provider !== '')?.provider ?? ''));

async function lookAt(
  client: HttpClient,
  host: string,
  authority: string,
  provider: HostingProvider,
  signal: AbortSignal,
): Promise<UnclaimedLook> {
  const about = { host, provider: provider.id };
  // A host that nobody set up has no certificate either; then it is asked without.
  let why = '';
  for (const scheme of ['https', 'http']) {
    const url = new URL(`${scheme}://${authority}/`);
    const result = await client.get(url, { follow: false, bodyBytes, signal });
    if (result.ok) return { ...about, url: url.href, status: result.value.status, ...judged(result.value, provider) };
    why = result.fault.message;
  }
  return { ...about, url: `https://${authority}/`, is: 'failed', status: 0, text: why };
}

function judged(reply: Reply, { unclaimed, name }: HostingProvider): Pick<UnclaimedLook, 'is' | 'text'> {
  const { status, headers } = reply;
  const body = reply.body.toString('utf8');
  // What stands in front says so; the service behind was not asked.
  if (headers['cf-mitigated'] === 'challenge' || ((status === 403 || status === 503) && /<title>Just a moment/.test(body)))
    return { is: 'challenge', text: `it answered ${status} with a page that lets only browsers through` };
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
