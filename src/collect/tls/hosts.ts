import { defineCollector } from '../../core/collector.ts';
import type { GivenDomains, GivenHost } from '../../core/target.ts';
import { type TlsAddress, type TlsHost, tlsHosts, type TlsLook, tlsVersions } from '../../evidence/tls.ts';
import { dnsClient } from '../dns/collector.ts';
import { pinnedPlace, placesOf } from '../edge/places.ts';
import { type AddressRules, reachOf } from '../http/address.ts';
import { codesOf, faultOf } from '../http/fault.ts';
import { type Handshake, handshake, speaks, type TlsAim } from './probe.ts';

const waitMs = 8_000;
/** Addresses of a host that are connected to besides the first; who has more keeps them alike by machine. */
const mostOthers = 8;

/** Begins connections with each address of each host of the domain map, and sends nothing over them. */
export const tlsCollector = defineCollector({
  provides: tlsHosts,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ dns }, { target: { domains }, signal }) {
    const map: GivenDomains = domains ?? { apex: '', hosts: [], mail: [], drafted: true };
    const placeOf = placesOf(map, dns);
    const addressesOf = async (name: string): Promise<readonly string[]> => {
      // Before the cut-over, what the DNS says is what is to be left.
      if (pinnedPlace(map.connect, 'https:', name) !== undefined) return [];
      const answers = await Promise.all([dns.ask(name, 'A'), dns.ask(name, 'AAAA')]);
      return answers.flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => data) : []));
    };
    const all = await Promise.all(
      map.hosts.map((host) => tlsOfHost(host, { placeOf, addressesOf, authorities: map.authorities ?? [], signal, waitMs })),
    );
    const { apex, drafted } = map;
    // A drafted name that is not there was only a guess.
    return { apex, drafted, hosts: all.filter(({ name, outcome }) => !drafted || name === apex || outcome !== 'missing') };
  },
});

export interface TlsLooking extends Pick<TlsAim, 'authorities' | 'signal' | 'waitMs'> {
  readonly placeOf: NonNullable<AddressRules['placeOf']>;
  /** All addresses of a host. */
  readonly addressesOf?: (name: string) => Promise<readonly string[]>;
}

/** What one host shows at each of its addresses. Never throws for a fault of the host. */
export async function tlsOfHost({ name, role }: GivenHost, { placeOf, addressesOf, ...looking }: TlsLooking): Promise<TlsHost> {
  const told = { name, role };
  let aim: TlsAim;
  try {
    const place = (await placeOf('https:', name)) ?? { address: name, port: 443 };
    // Derived, so that the connections of all hosts do not pile up on one signal.
    aim = { ...looking, ...place, servername: name, signal: AbortSignal.any([looking.signal]) };
  } catch (error) {
    return { ...told, versions: [], ...failureOf(error, name) };
  }
  const first = await lookAt(aim, undefined);
  const further = (await addressesOf?.(name)) ?? [];
  const others = [...new Set(further)].filter((address) => address !== (first.address ?? aim.address)).slice(0, mostOthers);
  const seen = await Promise.all(
    others.map(async (address): Promise<TlsAddress> => {
      // What the DNS says must not lead into the network of the user where the host itself is not there.
      if (reachOf(address) !== 'public' && reachOf(address) !== reachOf(first.address ?? aim.address))
        return { address, versions: [], outcome: 'failed', why: `${address} lies in a private network.` };
      return { ...(await lookAt({ ...aim, address }, first.leaf)).look, address };
    }),
  );
  return { ...told, ...first.look, ...(seen.length > 0 && { others: seen }) };
}

/** What is at one address. `known`: a certificate that was seen elsewhere, with which versions need not be asked for again. */
async function lookAt(
  aim: TlsAim,
  known: Buffer | undefined,
): Promise<{ readonly look: TlsLook; readonly address?: string; readonly leaf?: Buffer }> {
  let first: Handshake;
  try {
    first = await surely(aim);
  } catch (error) {
    return { look: { versions: [], ...failureOf(error, aim.servername) } };
  }
  const { leaf, address } = first;
  const versions = known?.equals(leaf)
    ? []
    : await Promise.all(
        tlsVersions.map(async (version) => ({
          version,
          offered: version === first.version ? ('yes' as const) : await speaks({ ...aim, address }, version),
        })),
      );
  // Loading what reads certificates takes a while, so it waits for the first one.
  const { readCertificate } = await import('./certificate.ts');
  try {
    const certificate = readCertificate(leaf, new Date());
    const { named, stapled } = first;
    return {
      address,
      leaf,
      look: { outcome: 'seen', versions, certificate, named, trust: trustOf(first, certificate.selfSigned), stapled },
    };
  } catch {
    return { address, leaf, look: { versions, outcome: 'failed', why: `The certificate of ${aim.servername} cannot be read.` } };
  }
}

/** A connection that breaks off once may be chance; twice it is the host. */
const surely = (aim: TlsAim): Promise<Handshake> =>
  handshake(aim).catch((error: unknown) => {
    if (!codesOf(error).includes('ECONNRESET') || aim.signal.aborted) throw error;
    return handshake(aim);
  });

function trustOf({ fault, hasIssuer }: Handshake, selfSigned: boolean): NonNullable<TlsLook['trust']> {
  // That it is out of date is told of its dates.
  if (fault === undefined || /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/.test(fault)) return 'trusted';
  if (selfSigned) return 'self-signed';
  return hasIssuer ? 'unknown-authority' : 'incomplete';
}

function failureOf(error: unknown, name: string): Pick<TlsLook, 'outcome' | 'why'> {
  const codes = codesOf(error);
  const { message } = faultOf(error, new URL(`https://${name}`));
  if (codes.includes('ENOTFOUND')) return { outcome: 'missing', why: message };
  // Nothing listens, or it is no TLS that answers: visitors see an error either way.
  const isNone = codes.some((code) => /^(?:ECONNREFUSED|ERR_SSL_|EPROTO|ECONNRESET)/.test(code));
  return { outcome: isNone ? 'none' : 'failed', why: message };
}
