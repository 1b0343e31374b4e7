import ipaddr from 'ipaddr.js';
import type { Delegation } from '../../../evidence/zone.ts';
import { addressOf, type DnsAnswer, type DnsClient, nameOf } from '../client.ts';
import type { ServerAddress } from '../exchange.ts';
import type { DnsMessage, DnsRecord } from '../message.ts';
import { isBelow, parentOf } from '../name.ts';

/** How to reach the servers of zones. */
export interface Ways {
  readonly dns: DnsClient;
  /** Root of a network of its own; the resolver names the zone above where absent. */
  readonly roots?: readonly ServerAddress[];
  /** Port of name servers. */
  readonly port: number;
}

/** The ways of a target: `roots` as in `GivenDomains`. */
export const waysOf = (dns: DnsClient, roots: readonly string[] | undefined): Ways => {
  const servers = roots?.map(addressOf);
  return { dns, ...(servers && servers.length > 0 && { roots: servers }), port: servers?.[0]?.port ?? 53 };
};

/** Zones from the root to the longest name there can be, and some of them in a circle. */
const deepest = 16;
/** Servers of a zone above that are asked before it counts as silent. */
const patience = 4;

/** Where the delegation was asked for; the servers know the DS records too. */
export interface Above {
  readonly delegation: Delegation;
  /** Servers of the zone above. */
  readonly servers: readonly ServerAddress[];
}

/** Asks the servers of the zone above, without recursion, who serves `zone`. Never throws. */
export async function findDelegation(ways: Ways, zone: string): Promise<Above> {
  const start = await startOf(ways, zone);
  if ('why' in start) return unknown(start.why);
  let { at, servers } = start;
  for (let depth = 0; depth < deepest; depth += 1) {
    const [answer, server] = await firstAnswer(ways.dns, servers, zone);
    if (!answer.message || answer.is === 'failed' || !server)
      return unknown(`no server of the zone above (${shown(at)}) answered: ${answer.is === 'failed' ? answer.text : 'it has none'}`);
    const by = nameOf(server);
    const { message } = answer;
    const cut = referralOf(message, zone, at);
    if (cut === undefined) return { delegation: unreferred(answer, zone, at, by), servers };
    const names = cut.names.map((name) => ({ name, glue: glueOf(message, name) }));
    if (cut.zone === zone) return { delegation: { is: 'delegated', parent: at, by, names }, servers };
    at = cut.zone;
    const further = await Promise.all(names.map(async ({ name, glue }) => (glue.length > 0 ? glue : (await addressesOf(ways, name)).own)));
    servers = further.flatMap((addresses) =>
      addresses.filter((one) => askable(ways, one)).map((address) => ({ address, port: ways.port })),
    );
  }
  return unknown('the zones above lead to each other without an end');
}

const unknown = (why: string): Above => ({ delegation: untold(why), servers: [] });
const untold = (why: string): Delegation => ({ is: 'unknown', parent: '', by: '', names: [], why });
const shown = (zone: string): string => (zone === '.' ? 'the root' : zone);

/** Where to begin: the root of the network, else the servers that the resolver names of the nearest zone above. */
async function startOf(ways: Ways, zone: string): Promise<{ at: string; servers: readonly ServerAddress[] } | { readonly why: string }> {
  if (ways.roots) return { at: '.', servers: ways.roots };
  for (let at = parentOf(zone); at !== undefined; at = parentOf(at)) {
    const answer = await ways.dns.ask(at, 'NS', { checkingDisabled: true });
    if (answer.is === 'failed') return { why: `nobody could tell who serves ${shown(at)}: ${answer.text}` };
    if (answer.is !== 'records') continue;
    const names = answer.records.map(({ data }) => data.toLowerCase()).slice(0, patience);
    const addresses = (await Promise.all(names.map((name) => addressesOf(ways, name)))).flatMap(({ own }) => own);
    const servers = addresses.filter((one) => askable(ways, one)).map((address) => ({ address, port: ways.port }));
    return servers.length > 0 ? { at, servers } : { why: `no server of ${shown(at)} has an address that this machine can ask` };
  }
  return { why: 'the DNS names no zone above it' };
}

async function firstAnswer(
  dns: DnsClient,
  servers: readonly ServerAddress[],
  zone: string,
): Promise<readonly [DnsAnswer, ServerAddress | undefined]> {
  let last: DnsAnswer = { is: 'failed', why: 'unreachable', text: 'it has no address that this machine can ask' };
  for (const server of servers.slice(0, patience)) {
    last = await dns.ask(zone, 'NS', { server, recursion: false });
    if (last.is !== 'failed') return [last, server];
  }
  return [last, undefined];
}

/** The cut between `at` and `zone` that a server leads to, if it does. */
export function referralOf(
  { authorities, authoritative }: DnsMessage,
  zone: string,
  at: string,
): { zone: string; names: string[] } | undefined {
  if (authoritative) return undefined;
  const cuts = authorities.filter(
    (one): one is DnsRecord<'NS'> => one.type === 'NS' && one.name !== at && isBelow(one.name, at) && isBelow(zone, one.name),
  );
  const [first] = cuts;
  return first && { zone: first.name, names: cuts.filter(({ name }) => name === first.name).map(({ data }) => data.toLowerCase()) };
}

/** Addresses of a name server that come along with a referral. */
export const glueOf = ({ additionals }: DnsMessage, server: string): string[] =>
  additionals.flatMap(({ name, type, data }) => ((type === 'A' || type === 'AAAA') && name === server ? [String(data)] : []));

/** What it means that no server was named. */
function unreferred(answer: DnsAnswer, zone: string, at: string, by: string): Delegation {
  const { message } = answer;
  if (message?.authoritative) {
    if (answer.is === 'records') return untold(`the servers of ${shown(at)} serve ${zone} as well`);
    return { is: answer.is === 'none' && answer.why === 'nxdomain' ? 'missing' : 'no-cut', parent: at, by, names: [] };
  }
  // A server of a zone speaks with authority, or leads on; resolvers do neither.
  return untold(`something in this network answers in place of the server ${by}`);
}

/** Addresses of a name server as the resolver has them, and what it is an alias of. What does not validate is heard too: it is judged elsewhere. */
export async function addressesOf(
  { dns }: Ways,
  name: string,
): Promise<{ readonly own: readonly string[]; readonly found: 'found' | 'none' | 'failed'; readonly alias?: string }> {
  const answers = await Promise.all(
    (['A', 'AAAA'] as const).map(async (type) => {
      // Others ask the same, and an answer that validates is none the worse.
      const checked = await dns.ask(name, type);
      return checked.is === 'failed' && checked.why === 'servfail' ? dns.ask(name, type, { checkingDisabled: true }) : checked;
    }),
  );
  const own = answers.flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => data) : []));
  const alias = answers.flatMap(({ message }) => message?.answers ?? []).find((one) => one.type === 'CNAME' && one.name === name);
  return {
    own,
    found: own.length > 0 ? 'found' : answers.some(({ is }) => is === 'failed') ? 'failed' : 'none',
    ...(alias && { alias: String(alias.data).toLowerCase() }),
  };
}

/** Whether a name server at this address may be asked: outside a network with a root of its own, only what the whole internet can reach. */
export const askable = ({ roots }: Ways, address: string): boolean => roots !== undefined || isPublic(address);

const isPublic = (address: string): boolean => ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
