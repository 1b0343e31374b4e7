import { type DnsAnswer, nameOf } from '../client.ts';
import type { ServerAddress } from '../exchange.ts';
import type { RecordType } from '../message.ts';
import { addressesOf, askable, findDelegation, glueOf, referralOf, type Ways } from './delegation.ts';

/** A name server of a zone. */
export interface ZoneServer {
  /** `ns1.example.net (192.0.2.53)`; the address alone where nobody names it, the name alone where it has none. */
  readonly by: string;
  /** Absent: it has no address that this machine can ask. */
  readonly server?: ServerAddress;
}

/** Who has the records of a name. */
export interface ZoneServers {
  readonly zone: string;
  readonly servers: readonly ZoneServer[];
  /** Where there is none: whether the zone above says so, and why. */
  readonly none?: { readonly is: 'absent' | 'unknown'; readonly why: string };
}

/** Addresses of name servers that are asked; what a zone above names is not ours to trust. */
const mostServers = 20;
/** Zones below the registered domain that lead on to each other. */
const deepest = 4;

/** The servers of a registered domain, as the zone above and the domain itself name them. Never throws. */
export async function serversOfDomain(ways: Ways, apex: string): Promise<ZoneServers> {
  const { delegation, servers } = await findDelegation(ways, apex);
  if (delegation.is === 'delegated') {
    const above = await serversNamed(ways, apex, delegation.names);
    const known = delegation.names.map(({ name }) => name);
    const names = (await ownNames(ways, above)).filter((name) => !known.includes(name));
    const own = await serversNamed(
      ways,
      apex,
      names.map((name) => ({ name, glue: [] })),
    );
    return { ...above, servers: [...above.servers, ...own.servers].slice(0, mostServers) };
  }
  if (delegation.is === 'missing')
    return { zone: apex, servers: [], none: { is: 'absent', why: `${apex} is not registered, or has no name servers yet` } };
  // The servers of the zone above have its records as well.
  if (servers.length > 0) return { zone: apex, servers: servers.slice(0, mostServers).map((server) => ({ by: nameOf(server), server })) };
  return { zone: apex, servers: [], none: { is: 'unknown', why: delegation.why ?? `nobody could tell who serves ${apex}` } };
}

/** The servers of the zone that a name lies in, going down from those of the registered domain. `type`: what they will be asked for anyway. Never throws. */
export async function serversBelow(ways: Ways, domain: ZoneServers, name: string, type: RecordType): Promise<ZoneServers> {
  let found = domain;
  for (let depth = 0; depth < deepest; depth += 1) {
    const [cut, message] = (await askAll(ways, found, name, type)).flatMap(({ message: said }) => {
      const led = said && referralOf(said, name, found.zone);
      return led ? [[led, said] as const] : [];
    })[0] ?? [undefined];
    if (!cut) return found;
    found = await serversNamed(
      ways,
      cut.zone,
      cut.names.map((one) => ({ name: one, glue: glueOf(message, one) })),
    );
  }
  return found;
}

/** Who serves a zone by its own words: resolvers that have asked it once go on with these (RFC 2181 §5.4.1). */
async function ownNames(ways: Ways, found: ZoneServers): Promise<string[]> {
  const answers = await askAll(ways, found, found.zone, 'NS');
  return [
    ...new Set(
      answers.flatMap((one) =>
        one.is === 'records' && one.message.authoritative ? one.records.map(({ data }) => data.toLowerCase()) : [],
      ),
    ),
  ];
}

const askAll = <Type extends RecordType>({ dns }: Ways, { servers }: ZoneServers, name: string, type: Type): Promise<DnsAnswer<Type>[]> =>
  Promise.all(servers.flatMap(({ server }) => (server ? [dns.ask(name, type, { server, recursion: false })] : [])));

async function serversNamed(
  ways: Ways,
  zone: string,
  names: readonly { readonly name: string; readonly glue: readonly string[] }[],
): Promise<ZoneServers> {
  const found = await Promise.all(
    names.slice(0, mostServers).map(async ({ name, glue }): Promise<ZoneServer[]> => {
      const addresses = (glue.length > 0 ? glue : (await addressesOf(ways, name)).own).filter((one) => askable(ways, one));
      // Many machines have no way to IPv6, and what the server says is the same.
      const v4 = addresses.filter((one) => !one.includes(':'));
      const all = v4.length > 0 ? v4 : addresses;
      if (all.length === 0) return [{ by: name }];
      return all.map((address) => ({ by: `${name} (${address})`, server: { address, port: ways.port } }));
    }),
  );
  return { zone, servers: found.flat().slice(0, mostServers) };
}
