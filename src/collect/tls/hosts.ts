import { defineCollector } from '../../core/collector.ts';
import type { GivenDomains, GivenHost } from '../../core/target.ts';
import { type TlsHost, tlsHosts, tlsVersions } from '../../evidence/tls.ts';
import { dnsClient } from '../dns/collector.ts';
import { placesOf } from '../edge/places.ts';
import type { AddressRules } from '../http/address.ts';
import { codesOf, faultOf } from '../http/fault.ts';
import { type Handshake, handshake, speaks, type TlsAim } from './probe.ts';

const waitMs = 8_000;

/** Begins connections with each host of the domain map, and sends nothing over them. */
export const tlsCollector = defineCollector({
  provides: tlsHosts,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ dns }, { target: { domains }, signal }) {
    const map: GivenDomains = domains ?? { apex: '', hosts: [], mail: [], drafted: true };
    const placeOf = placesOf(map, dns);
    const all = await Promise.all(
      map.hosts.map((host) => tlsOfHost(host, { placeOf, authorities: map.authorities ?? [], signal, waitMs })),
    );
    const { apex, drafted } = map;
    // A drafted name that is not there was only a guess.
    return { apex, drafted, hosts: all.filter(({ name, outcome }) => !drafted || name === apex || outcome !== 'missing') };
  },
});

export interface TlsLooking extends Pick<TlsAim, 'authorities' | 'signal' | 'waitMs'> {
  readonly placeOf: NonNullable<AddressRules['placeOf']>;
}

/** What one host shows. Never throws for a fault of the host. */
export async function tlsOfHost({ name, role }: GivenHost, { placeOf, ...looking }: TlsLooking): Promise<TlsHost> {
  const told = { name, role, versions: [] as TlsHost['versions'] };
  let aim: TlsAim;
  let first: Handshake;
  try {
    const place = (await placeOf('https:', name)) ?? { address: name, port: 443 };
    // Derived, so that the connections of all hosts do not pile up on one signal.
    aim = { ...looking, ...place, servername: name, signal: AbortSignal.any([looking.signal]) };
    first = await handshake(aim);
  } catch (error) {
    return { ...told, ...failureOf(error, name) };
  }
  const versions = await Promise.all(
    tlsVersions.map(async (version) => ({ version, offered: version === first.version ? ('yes' as const) : await speaks(aim, version) })),
  );
  // Loading what reads certificates takes a while, so it waits for the first one.
  const { readCertificate } = await import('./certificate.ts');
  try {
    const certificate = readCertificate(first.leaf, new Date());
    return {
      name,
      role,
      outcome: 'seen',
      versions,
      certificate,
      named: first.named,
      trust: trustOf(first, certificate.selfSigned),
      stapled: first.stapled,
    };
  } catch {
    return { ...told, versions, outcome: 'failed', why: `The certificate of ${name} cannot be read.` };
  }
}

function trustOf({ fault, hasIssuer }: Handshake, selfSigned: boolean): NonNullable<TlsHost['trust']> {
  // That it is out of date is told of its dates.
  if (fault === undefined || /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/.test(fault)) return 'trusted';
  if (selfSigned) return 'self-signed';
  return hasIssuer ? 'unknown-authority' : 'incomplete';
}

function failureOf(error: unknown, name: string): Pick<TlsHost, 'outcome' | 'why'> {
  const codes = codesOf(error);
  const { message } = faultOf(error, new URL(`https://${name}`));
  if (codes.includes('ENOTFOUND')) return { outcome: 'missing', why: message };
  // Nothing listens, or it is no TLS that answers: visitors see an error either way.
  const isNone = codes.some((code) => /^(?:ECONNREFUSED|ERR_SSL_|EPROTO|ECONNRESET)/.test(code));
  return { outcome: isNone ? 'none' : 'failed', why: message };
}
