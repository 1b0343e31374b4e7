import { setTimeout as pause } from 'node:timers/promises';
import { addressOf, type DnsAnswer, type DnsClient } from '../../../dns/client.ts';
import type { ServerAddress } from '../../../dns/exchange.ts';
import type { RecordType } from '../../../dns/message.ts';
import type { RecordBody } from '../api.ts';
import { type Change, unquoted } from '../plan/change.ts';

/** What one name server of the zone says of one record that was changed. */
export interface Seen {
  readonly server: string;
  /** `A app.example.com`. */
  readonly record: string;
  readonly outcome: 'seen' | 'not-yet' | 'could-not-tell';
  readonly why: string;
}

export interface VerifyOptions {
  /** A client that has asked nothing yet: answers are kept for as long as one lives. */
  open(): DnsClient;
  readonly nameServers: readonly string[];
  /** Where name servers are reached instead of where DNS says: name to `address:port`. */
  readonly connect?: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
  /** How often it is looked, and milliseconds in between. */
  readonly tries?: number;
  readonly pauseMs?: number;
}

/** Asks every name server of the zone, from outside, whether it answers as was applied. */
export async function verifyOutside({
  open,
  nameServers,
  connect = {},
  changes,
  tries = 4,
  pauseMs = 3000,
}: VerifyOptions): Promise<Seen[]> {
  const expected = changes.flatMap((one) => (one.kind === 'record' ? expectedOf(one.before, one.after) : []));
  const all = await Promise.all(
    nameServers.map(async (server): Promise<Seen[]> => {
      const address = await addressFor(open(), server, connect[server]);
      if (!address) return expected.map(({ record }) => ({ server, record, outcome: 'could-not-tell', why: `${server} has no address` }));
      return Promise.all(
        expected.map(async (one) => {
          for (let nth = 1; ; nth += 1) {
            const seen = judged(one, await open().ask(one.name, one.type, { server: address, recursion: false }));
            if (seen.outcome === 'seen' || nth >= tries) return { server, record: one.record, ...seen };
            await pause(pauseMs);
          }
        }),
      );
    }),
  );
  return all.flat();
}

async function addressFor(dns: DnsClient, server: string, pinned: string | undefined): Promise<ServerAddress | undefined> {
  if (pinned !== undefined) return addressOf(pinned);
  const answer = await dns.ask(server, 'A');
  return answer.is === 'records' ? { address: answer.records[0]!.data, port: 53 } : undefined;
}

interface Expected {
  readonly record: string;
  readonly name: string;
  readonly type: RecordType;
  /** The data in a text; absent: any, because Cloudflare answers with its own. */
  readonly has?: string;
  readonly lacks?: string;
}

const shownTypes = new Set(['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS']);

function expectedOf(before: RecordBody | undefined, after: RecordBody | undefined): Expected[] {
  const one = after ?? before;
  if (!one || !shownTypes.has(one.type ?? '')) return [];
  const base = { record: `${one.type} ${one.name}`, name: one.name ?? '' };
  // Behind the proxy names have addresses of the edge, whatever the record is.
  if (after?.proxied) return [{ ...base, type: 'A', ...(after.type !== 'CNAME' && { lacks: dataOf(after) }) }];
  if (after) return [{ ...base, type: after.type as RecordType, has: dataOf(after) }];
  return before?.proxied ? [] : [{ ...base, type: one.type as RecordType, lacks: dataOf(one) }];
}

const dataOf = ({ type, content = '', priority }: RecordBody): string =>
  type === 'MX'
    ? `${priority ?? 0} ${plain(content)}`
    : type === 'TXT'
      ? // A character for each byte, as the client reads them.
        Buffer.from(unquoted(content)).toString('latin1')
      : plain(content);

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function judged({ type, has, lacks }: Expected, answer: DnsAnswer): Pick<Seen, 'outcome' | 'why'> {
  if (answer.is === 'failed') return { outcome: 'could-not-tell', why: answer.text };
  const all = answer.is === 'records' ? answer.records.map(({ data }) => textOf(type, data)) : [];
  const why = all.length > 0 ? `it answers ${all.join(', ')}` : 'it has no such record';
  if (has !== undefined) return { outcome: all.includes(has) ? 'seen' : 'not-yet', why };
  if (lacks !== undefined && all.includes(lacks)) return { outcome: 'not-yet', why };
  // Nothing is right for what was deleted, and not for what was made.
  return { outcome: lacks !== undefined || all.length > 0 ? 'seen' : 'not-yet', why };
}

function textOf(type: RecordType, data: unknown): string {
  if (type !== 'MX') return type === 'TXT' ? String(data) : plain(String(data));
  const { preference, exchange } = data as { preference: number; exchange: string };
  return `${preference} ${plain(exchange)}`;
}
