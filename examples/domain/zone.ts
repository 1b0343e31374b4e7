import packet, { type Answer } from 'dns-packet';
import type { Reply, ZoneRecord } from '../../src/collect/dns/fixture.ts';

/** Records by name, in lower case and without the dot at the end; the root is ''. */
export type Records = Record<string, ZoneRecord[]>;

/** A zone as a server has it. Other zones that it hands on stand in it with their NS records, and with the addresses of servers below them. */
export interface ServedZone {
  readonly origin: string;
  readonly records: Readonly<Records>;
}

type Answering = (name: string, type: string) => Reply;

/** Answers like a server of the zone: what it has, what is not there, or who knows more (RFC 1034 §4.3.2, wildcards of RFC 4592). */
export const authority =
  (zone: ServedZone): Answering =>
  (asked, type) => {
    const answers: Answer[] = [];
    for (let name = plain(asked), depth = 0; depth < 8; depth += 1) {
      if (!isWithin(name, zone.origin)) return answers.length > 0 ? own({ answers }) : { rcode: 'REFUSED', flags: 0 };
      const cut = cutAbove(zone, name);
      if (cut !== undefined && !(cut === name && type === 'DS')) return answers.length > 0 ? own({ answers }) : referral(zone, cut);
      const found = recordsAt(zone, name);
      const alias = found?.find((one) => one.type === 'CNAME');
      const right = found?.filter((one) => one.type === (alias ? 'CNAME' : type)) ?? [];
      answers.push(...right.map((one) => answer(name, one)));
      if (alias && type !== 'CNAME') {
        name = plain(String(alias.data));
        continue;
      }
      if (right.length > 0) return own({ answers });
      return own({ answers, authorities: soaOf(zone), rcode: found ? 'NOERROR' : 'NXDOMAIN' });
    }
    return { rcode: 'SERVFAIL' };
  };

/** Answers like a resolver that found everything out: of the deepest zone a name lies in, along CNAMEs into others. */
export const resolver =
  (zones: readonly ServedZone[]): Answering =>
  (asked, type) => {
    const answers: Answer[] = [];
    for (let name = plain(asked), depth = 0; depth < 8; depth += 1) {
      const [zone] = zones
        .filter(({ origin }) => isWithin(name, origin) && !(type === 'DS' && origin === name && origin !== ''))
        .toSorted((one, two) => two.origin.length - one.origin.length);
      const reply = zone ? authority(zone)(name, type) : { rcode: 'SERVFAIL' as const };
      answers.push(...(reply.answers ?? []));
      const last = answers.at(-1);
      if (last?.type !== 'CNAME' || type === 'CNAME' || reply.authorities?.length)
        return { ...reply, answers, flags: packet.RECURSION_AVAILABLE };
      name = plain(String(last.data));
    }
    return { rcode: 'SERVFAIL' };
  };

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');
/** Whether a name is that of the zone, or lies below it. */
export const isWithin = (name: string, zone: string): boolean => zone === '' || name === zone || name.endsWith(`.${zone}`);
const parent = (name: string): string => name.split('.').slice(1).join('.');
const own = (reply: Reply): Reply => ({ flags: packet.AUTHORITATIVE_ANSWER, ...reply });
const answer = (name: string, record: ZoneRecord): Answer => ({ ttl: 300, ...record, name: name === '' ? '.' : name }) as Answer;

/** Names from just below the zone down to this one. */
function downTo(name: string, origin: string): string[] {
  const names: string[] = [];
  for (let at = name; at !== origin && at !== ''; at = parent(at)) names.unshift(at);
  return names;
}

const cutAbove = ({ origin, records }: ServedZone, name: string): string | undefined =>
  downTo(name, origin).find((at) => records[at]?.some(({ type }) => type === 'NS'));

const soaOf = ({ origin, records }: ServedZone): Answer[] =>
  (records[origin] ?? []).filter(({ type }) => type === 'SOA').map((one) => answer(origin, one));

function referral({ records }: ServedZone, cut: string): Reply {
  const names = (records[cut] ?? []).filter(({ type }) => type === 'NS');
  const glue = names.flatMap(({ data }) =>
    (records[plain(String(data))] ?? []).filter(({ type }) => type === 'A').map((one) => answer(plain(String(data)), one)),
  );
  return { flags: 0, authorities: names.map((one) => answer(cut, one)), additionals: glue };
}

/** What a name has, a wildcard included; `undefined`: there is no such name, nor one below it. */
function recordsAt({ origin, records }: ServedZone, name: string): ZoneRecord[] | undefined {
  if (records[name]) return records[name];
  const isThere = (one: string): boolean => Object.keys(records).some((known) => isWithin(known, one));
  if (isThere(name)) return [];
  let above = parent(name);
  while (above !== origin && above !== '' && !isThere(above)) above = parent(above);
  return records[above === '' ? '*' : `*.${above}`];
}
