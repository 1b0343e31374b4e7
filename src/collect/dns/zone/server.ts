import { networkInterfaces } from 'node:os';
import { isIPv6 } from 'node:net';
import type { HostAnswer, NameServer, ServerLook } from '../../../evidence/zone.ts';
import type { DnsAnswer } from '../client.ts';
import type { ServerAddress } from '../exchange.ts';
import { isBelow } from '../name.ts';
import { askable, type Ways } from './delegation.ts';

/** Asks one name server, at one address, for the zone and for hosts in it; without recursion, so that it says what it knows itself. */
export async function lookAt(ways: Ways, zone: string, address: string, hosts: readonly string[]): Promise<ServerLook> {
  if (!askable(ways, address)) return { address, said: 'lame', why: 'its address is none that the internet can reach' };
  if (isIPv6(address) && !speaksIPv6()) return { address, said: 'not-asked', why: 'this machine has no IPv6' };
  const server = { address, port: ways.port };
  // With its signature, which is looked at elsewhere.
  const start = await ways.dns.ask(zone, 'SOA', { server, recursion: false, dnssec: true });
  if (start.is !== 'records' || !start.message.authoritative) return { address, ...refusal(start, zone) };
  const [names, ...answers] = await Promise.all([
    ways.dns.ask(zone, 'NS', { server, recursion: false }),
    ...hosts.flatMap((name) => (['A', 'AAAA'] as const).map((type) => answerOf(ways, zone, server, name, type))),
  ]);
  return {
    address,
    said: 'answers',
    soa: start.records[0]!.data,
    ...(names.is === 'records' && { names: names.records.map(({ data }) => data.toLowerCase()).toSorted() }),
    hosts: answers,
  };
}

function refusal(answer: DnsAnswer, zone: string): { readonly said: 'lame' | 'silent'; readonly why: string } {
  if (answer.is !== 'failed')
    return {
      said: 'lame',
      why: answer.is === 'records' ? 'it answers from hearsay, not as a server of the zone' : `it says nothing of ${zone}`,
    };
  const isSilent = answer.why === 'timeout' || answer.why === 'unreachable' || answer.why === 'malformed';
  return { said: isSilent ? 'silent' : 'lame', why: answer.text };
}

async function answerOf(ways: Ways, zone: string, server: ServerAddress, name: string, type: 'A' | 'AAAA'): Promise<HostAnswer> {
  // With signatures, which are looked at elsewhere.
  const answer = await ways.dns.ask(name, type, { server, recursion: false, dnssec: true });
  return { name, type, ...kindOf(answer, zone, name) };
}

/** Bits that make a question another one, so that it is sent again. */
const variants = [{}, { checkingDisabled: true }, { dnssec: true, checkingDisabled: true }] as const;

/** Whether a server that is asked again says the same each time: one that picks an answer out of two by chance does so half the time. */
export async function asksAgain(ways: Ways, zone: string, address: string, before: HostAnswer): Promise<HostAnswer> {
  const server = { address, port: ways.port };
  for (const variant of variants) {
    const again = kindOf(await ways.dns.ask(before.name, before.type, { server, recursion: false, ...variant }), zone, before.name);
    if (again.is !== 'failed' && (again.is !== before.is || again.records.join() !== before.records.join()))
      return { ...before, rotates: true };
  }
  return before;
}

function kindOf(answer: DnsAnswer, zone: string, name: string): Pick<HostAnswer, 'is' | 'records'> {
  if (answer.is === 'failed') return { is: 'failed', records: [] };
  const { message } = answer;
  const leadsOn = message.authorities.some((one) => one.type === 'NS' && one.name !== zone && isBelow(name, one.name));
  if (!message.authoritative && leadsOn) return { is: 'referred', records: [] };
  const shown = ['A', 'AAAA', 'CNAME'];
  const records = message.answers
    .filter(({ type }) => shown.includes(type))
    .map(({ type, data }) => `${type} ${String(data).toLowerCase()}`);
  if (records.length > 0) return { is: 'records', records: records.toSorted() };
  return { is: answer.is === 'none' ? answer.why : 'nodata', records: [] };
}

/** Whether packets to the internet can leave by IPv6 at all: an address of this machine, of its network (RFC 4193) or of its wire alone leads nowhere. */
export const speaksIPv6 = (interfaces = networkInterfaces()): boolean =>
  Object.values(interfaces).some((all) =>
    (all ?? []).some(({ family, internal, address }) => family === 'IPv6' && !internal && !/^(?:fe[89ab]|f[cd])/i.test(address)),
  );

/**
 * Where no server answered by IPv6, the silence may be that of this machine's own network. `reaches`: whether another server that is known to be there answers
 * by IPv6; asked only then.
 */
export async function heardByIPv6(servers: readonly NameServer[], reaches: () => Promise<boolean>): Promise<readonly NameServer[]> {
  const looks = servers.flatMap((one) => one.looks).filter(({ address }) => isIPv6(address));
  const isInDoubt = looks.some(({ said }) => said === 'silent') && !looks.some(({ said }) => said === 'answers' || said === 'lame');
  if (!isInDoubt || (await reaches())) return servers;
  const doubted = (look: ServerLook): ServerLook =>
    isIPv6(look.address) && look.said === 'silent'
      ? { address: look.address, said: 'not-asked', why: 'nothing shows that this machine reaches the internet by IPv6' }
      : look;
  return servers.map((one) => ({ ...one, looks: one.looks.map(doubted) }));
}
