import type { GivenDomains } from '../../core/target.ts';
import { addressOf, type DnsAnswer, nameOf, openDns, systemServers } from './client.ts';
import type { ServerAddress } from './exchange.ts';
import { addressesOf, askable, findDelegation, waysOf } from './zone/delegation.ts';

/** What one server says of one host just now. */
export interface Sight {
  readonly host: string;
  /** `ns1.example.net (192.0.2.53)`, or the address of a resolver. */
  readonly by: string;
  /** `A 192.0.2.7`, `CNAME app.example.net`, `no such name`; why not, where it did not answer. */
  readonly said: string;
  readonly answered: boolean;
  /** Seconds for which it may go on saying so. */
  readonly ttl: number;
}

/** Asks every name server of the domain and every resolver for the addresses of every host, once. Nothing of an earlier round is remembered. */
export async function lookRound({ apex, hosts, resolvers, roots }: GivenDomains, signal: AbortSignal): Promise<Sight[]> {
  const asked = resolvers?.map(addressOf) ?? systemServers();
  const dns = openDns({ servers: asked, waitMs: 2_000, tries: 2, signal });
  const ways = waysOf(dns, roots);
  const { delegation } = await findDelegation(ways, apex);
  const named = await Promise.all(
    delegation.names.map(async ({ name, glue }) => {
      const addresses = glue.length > 0 ? glue : (await addressesOf(ways, name)).own;
      return addresses
        .filter((address) => !address.includes(':') && askable(ways, address))
        .map((address) => ({ by: `${name} (${address})`, server: { address, port: ways.port }, recursion: false }));
    }),
  );
  const all = [...named.flat(), ...asked.map((server) => ({ by: nameOf(server), server, recursion: true }))];
  const ask = async (host: string, by: string, server: ServerAddress, recursion: boolean): Promise<Sight> => {
    const answers = await Promise.all((['A', 'AAAA'] as const).map((type) => dns.ask(host, type, { server, recursion })));
    return { host, by, ...saidOf(host, answers) };
  };
  return Promise.all(hosts.flatMap(({ name }) => all.map(({ by, server, recursion }) => ask(name, by, server, recursion))));
}

/** Resolvers lead along an alias and name servers do not: where there is one, it alone is compared. */
function saidOf(host: string, answers: readonly DnsAnswer[]): Pick<Sight, 'said' | 'answered' | 'ttl'> {
  const failed = answers.find((one) => one.is === 'failed');
  if (failed) return { said: failed.text, answered: false, ttl: 0 };
  const records = answers.flatMap(({ message }) => message?.answers ?? []).filter(({ name }) => name === host);
  const alias = records.find(({ type }) => type === 'CNAME');
  const own = alias ? [alias] : records.filter(({ type }) => type === 'A' || type === 'AAAA');
  const texts = [...new Set(own.map(({ type, data }) => `${type} ${String(data).toLowerCase()}`))].toSorted();
  const isMissing = answers.some((one) => one.is === 'none' && one.why === 'nxdomain');
  return {
    said: texts.join(', ') || (isMissing ? 'no such name' : 'no address'),
    answered: true,
    ttl: Math.max(0, ...own.map(({ ttl }) => ttl)),
  };
}

/** What is said of a host, and by whom; one entry where all agree. */
export interface Opinion {
  readonly said: string;
  readonly answered: boolean;
  readonly by: readonly Sight[];
}

export function opinions(sights: readonly Sight[], host: string): Opinion[] {
  const said = new Map<string, Sight[]>();
  for (const one of sights) if (one.host === host) said.set(one.said, [...(said.get(one.said) ?? []), one]);
  return [...said]
    .map(([text, by]) => ({ said: text, answered: by.every(({ answered }) => answered), by }))
    .toSorted((a, b) => b.by.length - a.by.length);
}
