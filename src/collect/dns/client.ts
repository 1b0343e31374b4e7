import { setMaxListeners } from 'node:events';
import { getServers } from 'node:dns';
import { isIPv6 } from 'node:net';
import { createPace } from '../http/pace.ts';
import { askByTcp, askByUdp, ExchangeFault, type NoAnswer, type ServerAddress } from './exchange.ts';
import { openHttps } from './exchange-https.ts';
import type { DnsMessage, DnsRecord, Question, RecordType } from './message.ts';
import { askable } from './name.ts';

/**
 * What is known after asking. A server that fails says nothing about the name: `failed` is never read as "there is none".
 * `none`: the name has no record of the type (`nodata`), or is not there at all (`nxdomain`, RFC 8020).
 */
export type DnsAnswer<Type extends RecordType = RecordType> =
  | { readonly is: 'records'; readonly records: readonly DnsRecord<Type>[]; readonly message: DnsMessage; readonly server: ServerAddress }
  | { readonly is: 'none'; readonly why: 'nodata' | 'nxdomain'; readonly message: DnsMessage; readonly server: ServerAddress }
  | {
      readonly is: 'failed';
      readonly why: NoAnswer | 'refused' | 'servfail' | 'error' | 'name';
      readonly text: string;
      readonly message?: DnsMessage;
    };

export interface AskOptions {
  /** Which server to ask; the client's own where absent. */
  readonly server?: ServerAddress;
  /** RD; `false` to hear what a server of the zone knows itself. */
  readonly recursion?: boolean;
  /** DO: signatures come along; set for resolvers where nothing is said, so that who wants them and who does not share one question. */
  readonly dnssec?: boolean;
  /** CD: hear also what does not validate. */
  readonly checkingDisabled?: boolean;
}

export interface DnsClient {
  /** Asks for records of a name; the same question is sent once in a run. Never throws. */
  ask<Type extends RecordType>(name: string, type: Type, options?: AskOptions): Promise<DnsAnswer<Type>>;
  /** Messages sent so far, those sent again included. */
  sent(): number;
}

export interface DnsSettings {
  /** Resolvers, in order; those of the system where absent. */
  readonly servers?: readonly ServerAddress[];
  /** Milliseconds to wait for one answer. */
  readonly waitMs?: number;
  /** Messages in all for one question, over all servers. */
  readonly tries?: number;
  readonly signal?: AbortSignal;
  /** Certificates to trust besides those of Node where resolvers are asked by HTTPS, PEM. */
  readonly authorities?: readonly string[];
}

const usual = { waitMs: 2_000, tries: 3 };
/** Questions that are under way at one server. */
const atOnce = 32;
/** Names that a chain of CNAMEs may lead through. */
const longestChain = 8;

/** The resolvers that the system is set to. */
export const systemServers = (): ServerAddress[] => getServers().map(addressOf);

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`, `https://dns.example/dns-query`. */
export function addressOf(text: string): ServerAddress {
  const url = /^https:/i.test(text) ? URL.parse(text) : null;
  if (url) return { address: url.hostname, port: Number(url.port || 443), url: url.href };
  const [, bracketed, port] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return { address: bracketed, port: Number(port ?? 53) };
  if (isIPv6(text)) return { address: text, port: 53 };
  const [address = '', at] = text.split(':');
  return { address, port: Number(at ?? 53) };
}

/** A client whose answers are kept for as long as it lives: one for each run. */
export function openDns({
  servers = systemServers(),
  waitMs = usual.waitMs,
  tries = usual.tries,
  signal,
  authorities = [],
}: DnsSettings = {}): DnsClient {
  // Questions are asked side by side, and each can be stopped.
  if (signal) setMaxListeners(0, signal);
  const byHttps = openHttps(authorities);
  const kept = new Map<string, Promise<DnsAnswer>>();
  const pace = createPace(atOnce, 0);
  let sent = 0;

  const ask = (name: string, type: RecordType, options: AskOptions = {}): Promise<DnsAnswer> => {
    const plain = askable(name);
    if (plain === undefined) return Promise.resolve({ is: 'failed', why: 'name', text: `${name} is no name that can be asked for` });
    const { server, recursion = true, dnssec = recursion, checkingDisabled = false } = options;
    const question = { name: plain, type, recursion, dnssec, checkingDisabled };
    const answer = asked(question, server);
    return recursion ? answer.then((first) => followed(question, first)) : answer;
  };

  /** What servers said to a question, as they said it. */
  function asked(question: Question, server?: ServerAddress): Promise<DnsAnswer> {
    const { name, type, recursion, dnssec, checkingDisabled } = question;
    const key = [name, type, server?.address, server?.port, server?.url, recursion, dnssec, checkingDisabled].join(' ');
    const known = kept.get(key);
    if (known) return known;
    const answer = tried(question, server ? [server] : servers);
    kept.set(key, answer);
    return answer;
  }

  async function tried(question: Question, all: readonly ServerAddress[]): Promise<DnsAnswer> {
    let last: DnsAnswer = { is: 'failed', why: 'unreachable', text: 'no name server is known to this machine' };
    for (let nth = 0; nth < tries && all.length > 0; nth += 1) {
      const server = all[nth % all.length]!;
      last = await once(question, server);
      if (last.is !== 'failed') return last;
      if (signal?.aborted) break;
    }
    return last;
  }

  /** Resolvers lead along CNAMEs themselves; what one leaves open is asked for. What is waited for is never itself led along, so that no two wait for each other. */
  async function followed(question: Question, first: DnsAnswer): Promise<DnsAnswer> {
    let answer = first;
    let at = question.name;
    for (let depth = 0; answer.is === 'none' && answer.why === 'nodata'; depth += 1) {
      const { message, server } = answer;
      const end = endOfChain(question.name, message);
      if (end === at || message.authorities.some(({ type }) => type === 'SOA')) return answer;
      if (end === undefined || depth >= longestChain)
        return { is: 'failed', why: 'error', text: `${question.name} leads through CNAMEs that do not end`, message };
      at = end;
      const next = await asked({ ...question, name: end }, server);
      if (next.is === 'failed') return next;
      answer = { ...next, message: { ...next.message, answers: [...message.answers, ...next.message.answers] } };
    }
    return answer;
  }

  async function once(question: Question, server: ServerAddress): Promise<DnsAnswer> {
    return pace.run(nameOf(server), async () => {
      try {
        return judged(question, await exchanged(question, server), server);
      } catch (error) {
        if (error instanceof ExchangeFault) return { is: 'failed', why: error.why, text: `${nameOf(server)}: ${error.message}` };
        throw error;
      }
    });
  }

  async function exchanged(question: Question, server: ServerAddress): Promise<DnsMessage> {
    const limits = { waitMs, ...(signal && { signal }) };
    sent += 1;
    if (server.url !== undefined) return byHttps(server.url, question, limits);
    const message = await askByUdp(server, question, limits);
    if (message.truncated) {
      sent += 1;
      return askByTcp(server, question, limits);
    }
    // Servers of before 1999 do not understand EDNS, and say so in one of these ways.
    if (!question.plain && (message.rcode === 'FORMERR' || message.rcode === 'NOTIMP'))
      return exchanged({ ...question, plain: true }, server);
    return message;
  }

  return { ask: ask as DnsClient['ask'], sent: () => sent };
}

export const nameOf = ({ address, port, url }: ServerAddress): string =>
  url ?? (port === 53 ? address : isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`);

function judged(question: Question, message: DnsMessage, server: ServerAddress): DnsAnswer {
  const { rcode, answers } = message;
  const end = endOfChain(question.name, message);
  if (rcode === 'NOERROR') {
    const records = answers.filter(({ name, type }) => name === end && type === question.type);
    // Who asks for a CNAME wants the one that is there, not where it leads.
    const own = question.type === 'CNAME' ? answers.filter(({ name, type }) => name === question.name && type === 'CNAME') : records;
    if (own.length > 0) return { is: 'records', records: own, message, server };
    if (question.recursion && isReferral(message))
      return { is: 'failed', why: 'error', text: `${nameOf(server)} leads to other servers instead of answering`, message };
    return { is: 'none', why: 'nodata', message, server };
  }
  if (rcode === 'NXDOMAIN') return { is: 'none', why: 'nxdomain', message, server };
  const why = rcode === 'SERVFAIL' ? 'servfail' : rcode === 'REFUSED' ? 'refused' : 'error';
  return { is: 'failed', why, text: `${nameOf(server)} answered ${rcode}`, message };
}

/** Name servers and no SOA record: it says who may know, not that there is nothing (RFC 2308 §2.2). */
const isReferral = ({ answers, authorities, authoritative }: DnsMessage): boolean =>
  !authoritative &&
  answers.length === 0 &&
  authorities.some(({ type }) => type === 'NS') &&
  !authorities.some(({ type }) => type === 'SOA');

/** The name at which the CNAMEs of an answer end; `undefined` where they lead round in a circle. */
function endOfChain(name: string, { answers }: DnsMessage): string | undefined {
  const met = new Set<string>();
  let at = name;
  for (;;) {
    const next = answers.find((one): one is DnsRecord<'CNAME'> => one.type === 'CNAME' && one.name === at);
    if (!next) return at;
    met.add(at);
    at = next.data.toLowerCase();
    if (met.has(at)) return undefined;
  }
}
