import { getDomain } from 'tldts';
import type { GivenDomains } from '../../core/target.ts';
import { addressOf, type DnsAnswer, type DnsClient, nameOf, openDns, systemServers } from './client.ts';
import type { DnsMessage, RecordType } from './message.ts';
import type { ServerAddress } from './exchange.ts';
import { isBelow } from './name.ts';
import { type Ways, waysOf } from './zone/delegation.ts';
import { serversBelow, serversOfDomain, type ZoneServers } from './zone/servers.ts';

/** Who is asked: a name server of the zone, or a resolver that asks those. */
export type Asked = 'server' | 'resolver';
/** `wrong`: something is there, and not what is wanted. */
export type Judged = { readonly is: 'there' | 'wrong' | 'absent'; readonly said: string };

/** Something that is to be in the DNS. */
export interface Wanted {
  readonly name: string;
  /** What it is called: `SPF of example.com`. */
  readonly label: string;
  /** What is to be there, in words. */
  readonly wanted: string;
  /** Types that are asked for. */
  readonly types: readonly RecordType[];
  /** All have to say the very same, besides each having it. */
  readonly alike?: true;
  /** Nobody has to have it; once somebody does, it has to be right. */
  readonly optional?: true;
  /** Of what is optional: where nobody has it that is told as well. */
  readonly usual?: true;
  /** What it means that this was answered, to each of the types; none of the answers has failed. */
  judge(answers: readonly DnsAnswer[], asked: Asked): Judged;
}

/** What one server says of one of them just now. */
export interface Sight {
  /** `ns1.example.net (192.0.2.53)`, or the address of a resolver. */
  readonly by: string;
  readonly asked: Asked;
  /** `unknown`: it did not answer, which says nothing of the name. */
  readonly is: Judged['is'] | 'unknown';
  /** `A 192.0.2.7`, `no such name`; why not, where it did not answer. */
  readonly said: string;
  /** Seconds for which resolvers may go on saying so (RFC 2308 §5 of what is not there). */
  readonly ttl: number;
}

/** One thing that is wanted, and what all say of it. */
export interface Looked {
  readonly wanted: Wanted;
  /** `differs`: each has it, and they do not say the same. `not-needed`: nobody has it, and nobody has to. */
  readonly is: 'there' | 'not-there' | 'not-needed' | 'differs' | 'unknown';
  readonly sights: readonly Sight[];
}

/** Asks every name server of the zone and every resolver for all that is wanted, once. Nothing of an earlier round is remembered. Never throws. */
export async function lookRound(
  { apex, resolvers, roots, authorities }: GivenDomains,
  all: readonly Wanted[],
  signal: AbortSignal,
): Promise<Looked[]> {
  const asked = resolvers?.map(addressOf) ?? systemServers();
  const dns = openDns({ servers: asked, waitMs: 2_000, tries: 2, signal, ...(authorities && { authorities }) });
  const ways = waysOf(dns, roots);
  const domains = new Map<string, Promise<ZoneServers>>();
  const looked = await Promise.all(
    all.map(async (wanted): Promise<Looked> => {
      const domain = isBelow(wanted.name, apex) ? apex : (getDomain(wanted.name, { validateHostname: false }) ?? wanted.name);
      const known = domains.get(domain) ?? serversOfDomain(ways, domain);
      domains.set(domain, known);
      const sights = await Promise.all([
        askServers(ways, await known, wanted),
        ...asked.map((server) => askOne(dns, wanted, { by: nameOf(server), server, asked: 'resolver' })),
      ]);
      return judged(wanted, sights.flat());
    }),
  );
  // What nobody has and nobody wants is not told.
  return looked.filter(({ wanted, is }) => is !== 'not-needed' || wanted.usual === true);
}

async function askServers(ways: Ways, domain: ZoneServers, wanted: Wanted): Promise<Sight[]> {
  const { zone, servers, none } = await serversBelow(ways, domain, wanted.name, wanted.types[0]!);
  if (none) return [{ by: `the name servers of ${zone}`, asked: 'server', is: none.is, said: none.why, ttl: 0 }];
  const nowhere = { asked: 'server', is: 'unknown', said: 'it has no address that this machine can ask', ttl: 0 } as const;
  return Promise.all(
    servers.map(async ({ by, server }) => (server ? askOne(ways.dns, wanted, { by, server, asked: 'server' }) : { by, ...nowhere })),
  );
}

async function askOne(
  dns: DnsClient,
  wanted: Wanted,
  { by, server, asked }: { readonly by: string; readonly server: ServerAddress; readonly asked: Asked },
): Promise<Sight> {
  const answers = await Promise.all(wanted.types.map((type) => dns.ask(wanted.name, type, { server, recursion: asked === 'resolver' })));
  const failed = answers.find((one) => one.is === 'failed');
  if (failed) return { by, asked, is: 'unknown', said: failed.text, ttl: 0 };
  const messages = answers.flatMap(({ message }) => message ?? []);
  if (asked === 'server' && !messages.every(({ authoritative }) => authoritative))
    return {
      by,
      asked,
      is: 'unknown',
      said: 'it answers without authority: it does not serve the zone, or something answers in its place',
      ttl: 0,
    };
  const { is, said } = wanted.judge(answers, asked);
  return { by, asked, is, said, ttl: Math.max(0, ...messages.map(is === 'absent' ? absentFor : presentFor)) };
}

const presentFor = ({ answers }: DnsMessage): number => Math.max(0, ...answers.map(({ ttl }) => ttl));

/** For how long it is remembered that there is nothing (RFC 2308 §5). */
const absentFor = ({ authorities }: DnsMessage): number =>
  Math.max(0, ...authorities.map(({ type, ttl, data }) => (type === 'SOA' ? Math.min(ttl, (data as { minimum: number }).minimum) : 0)));

function judged(wanted: Wanted, sights: readonly Sight[]): Looked {
  if (wanted.optional && !sights.some(({ is }) => is === 'there' || is === 'wrong')) return { wanted, sights, is: 'not-needed' };
  const isNot = sights.some(({ is }) => is === 'absent' || is === 'wrong');
  const isUnknown = sights.length === 0 || sights.some(({ is }) => is === 'unknown');
  const differs = wanted.alike === true && new Set(sights.map(({ said }) => said)).size > 1;
  return { wanted, sights, is: isNot ? 'not-there' : isUnknown ? 'unknown' : differs ? 'differs' : 'there' };
}

/** What is said, and by whom; one entry where all agree, the most said first. */
export interface Opinion {
  readonly is: Sight['is'];
  readonly said: string;
  readonly by: readonly Sight[];
}

export function opinions(sights: readonly Sight[]): Opinion[] {
  const said = new Map<string, Sight[]>();
  for (const one of sights) {
    const key = `${one.is} ${one.said}`;
    said.set(key, [...(said.get(key) ?? []), one]);
  }
  return [...said.values()].map((by) => ({ is: by[0]!.is, said: by[0]!.said, by })).toSorted((a, b) => b.by.length - a.by.length);
}
