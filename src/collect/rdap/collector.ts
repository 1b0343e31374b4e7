import { getDomain } from 'tldts';
import { defineCollector } from '../../core/collector.ts';
import { type Registration, registration } from '../../evidence/registration.ts';
import type { DnsClient } from '../dns/client.ts';
import { dnsClient } from '../dns/collector.ts';
import { type HttpClient, openClient } from '../http/client.ts';
import { readDomain, serviceIn } from './answer.ts';

/** The list of RDAP services by top-level domain (RFC 9224). */
const ianaList = 'https://data.iana.org/rdap/dns.json';

/** Services of the domains that founders have most, so that most runs need not ask for the list. */
const usual: Readonly<Record<string, string>> = {
  com: 'https://rdap.verisign.com/com/v1/',
  net: 'https://rdap.verisign.com/net/v1/',
  org: 'https://rdap.publicinterestregistry.org/rdap/',
  app: 'https://pubapi.registry.google/rdap/',
  dev: 'https://pubapi.registry.google/rdap/',
};

/** Top-level domains that nobody can register in (RFC 2606, RFC 6761, RFC 8375). */
const reserved = new Set(['test', 'example', 'invalid', 'localhost', 'local', 'internal', 'arpa', 'onion']);

const bodyBytes = 1024 * 1024;

/** Asks the registry who registered the domain and until when. One request, two where the list of services has to be asked first. */
export const registrationCollector = defineCollector({
  provides: registration,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 30_000,
  async collect({ dns }, { target, signal }) {
    const { apex = '', rdap } = target.domains ?? {};
    const domain = getDomain(apex, { allowPrivateDomains: false }) ?? apex;
    const nothing: Registration = {
      domain,
      source: '',
      is: 'failed',
      why: '',
      askedAt: Math.floor(Date.now() / 1_000),
      registrar: '',
      status: [],
      expires: [],
      nameServers: [],
    };
    // `app.lovable.app`: what is registered there is the host's.
    if ((getDomain(apex, { allowPrivateDomains: true }) ?? domain) !== domain)
      return { ...nothing, is: 'not-ours', why: `${apex} lies on a domain of its host` };
    const top = domain.split('.').at(-1) ?? '';
    if (rdap === undefined && reserved.has(top)) return { ...nothing, is: 'unserved', why: `nobody can register a domain under .${top}` };
    const base = rdap ?? usual[top] ?? (await serviceOf(top, signal));
    if (typeof base !== 'string') return { ...nothing, ...base };
    const told = await asked(base, domain, signal);
    // A service that is not the one of this registry, or knows a part of it, says the same as one that knows of no such domain.
    const isThere = told.is === 'missing' && (await hasNameServers(dns, domain));
    return { ...nothing, ...told, ...(isThere && { is: 'failed', why: `${told.why}, though the DNS has it` }) };
  },
});

const hasNameServers = async (dns: DnsClient, domain: string): Promise<boolean> => (await dns.ask(domain, 'NS')).is === 'records';

async function serviceOf(top: string, signal: AbortSignal): Promise<string | Pick<Registration, 'is' | 'why'>> {
  return withClient(ianaList, async (client) => {
    const list = await client.get(new URL(ianaList), { accept: 'application/json', bodyBytes, signal });
    return list.ok && list.value.status === 200
      ? (serviceIn(list.value.body.toString('utf8'), top) ?? { is: 'unserved', why: `the registry of .${top} has no RDAP service` })
      : {
          is: 'failed',
          why: `the list of RDAP services could not be had (${list.ok ? `it answered ${list.value.status}` : list.fault.message})`,
        };
  });
}

async function asked(base: string, domain: string, signal: AbortSignal): Promise<Partial<Registration>> {
  const url = new URL(`domain/${domain}`, base.endsWith('/') ? base : `${base}/`);
  const source = url.href;
  return withClient(source, async (client) => {
    const result = await client.get(url, { accept: 'application/rdap+json', bodyBytes, signal });
    if (!result.ok) return { source, is: 'failed', why: result.fault.message };
    const { status, body } = result.value;
    if (status === 404) return { source, is: 'missing', why: 'the registry knows no such domain' };
    const told = status === 200 ? readDomain(body.toString('utf8')) : undefined;
    if (!told) return { source, is: 'failed', why: `the registry answered ${status}${status === 200 ? ', but with no domain' : ''}` };
    return { source, is: 'told', ...told };
  });
}

/** Registries are asked here and nowhere else, and nothing but them. */
async function withClient<T>(address: string, work: (client: HttpClient) => Promise<T>): Promise<T> {
  const limits = { totalMs: 10_000, connectMs: 5_000, headersMs: 8_000, bodyBytes };
  const client = openClient({ scope: { hosts: [new URL(address).host], requests: 4, history: false } }, { limits });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
