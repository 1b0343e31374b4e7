import { setImmediate as letOthers } from 'node:timers/promises';
import type { ComputedSet, DnssecFacts } from '../../../evidence/dnssec.ts';
import type { AskOptions, DnsAnswer, DnsClient } from '../client.ts';
import type { RecordData, RecordType } from '../message.ts';
import { isBelow, parentOf } from '../name.ts';
import { answersOf, isWithin, mostAnswers, textOf, wireName, type WireRecord } from './canonical.ts';
import { isDigestKnown, names } from './key.ts';
import { isComputed, keyOf, type ZoneKey } from './public-key.ts';
import { judgeSet, type Patience, type Signature, signatureOf, type Verdict } from './signature.ts';

/** One who is asked about the zone. */
export interface Place {
  /** `ns1.example.net (192.0.2.53)`. */
  readonly name: string;
  /** How it is asked for keys and the SOA record, and how for hosts: as others of this run ask, so that no question is sent twice. */
  readonly options: AskOptions;
  readonly hostOptions: AskOptions;
  /** The resolver, which stands in where no server of the zone can be asked: what it leaves out says nothing of them. */
  readonly hearsay: boolean;
}

type Ds = RecordData['DS'];
type Proof = Pick<DnssecFacts, 'computed' | 'uncomputed'>;

const types: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [28, 'AAAA'],
  [39, 'DNAME'],
  [48, 'DNSKEY'],
]);
const cnameType = 5;
const soaType = 6;
const dnameType = 39;
const dnskeyType = 48;
const signatureType = 46;
/** More than any zone needs: who has more has them to keep us busy. */
const most = { ds: 32, keys: 64, setsOfAnswer: 16, soaOfAnswer: 4, verifications: 4_000 } as const;
const tooMany = 'it answers with more records than are looked at here';

/**
 * Computes the signatures of the zone at each place: those over its keys by a key that a DS record names, and by these keys those over its SOA record and the
 * addresses of hosts. Asks what was asked already, and where a host comes without a signature, for the zone it is in. Where it is stopped it tells what it has.
 * Never throws.
 */
export async function proofOf(
  dns: DnsClient,
  zone: string,
  ds: readonly Ds[],
  {
    hosts,
    places,
    now,
    signal,
  }: { readonly hosts: readonly string[]; readonly places: readonly Place[]; readonly now: number; readonly signal: AbortSignal },
): Promise<Proof> {
  if (ds.length === 0) return { computed: [], uncomputed: [] };
  const patience: Patience = { left: most.verifications };
  const told: Told[] = [];
  const open = new Set<string>();
  const answers = await Promise.all(places.map(({ options }) => dns.ask(zone, 'DNSKEY', options)));
  const proven: (readonly ZoneKey[])[] = [];
  for (const [nth, answer] of answers.entries()) {
    await letOthers();
    if (signal.aborted) break;
    const { verdict, keys } = keysOf(zone, ds, answer, now, patience);
    told.push({ place: places[nth]!, name: zone, type: 'DNSKEY', verdict });
    proven.push(verdict.is === 'holds' ? keys : []);
  }
  const asked = hosts.filter((name) => isBelow(name, zone));
  const questions: readonly (readonly [string, RecordType])[] = [
    [zone, 'SOA'],
    ...asked.flatMap((name) => [[name, 'A'] as const, [name, 'AAAA'] as const]),
  ];
  // Where no server's keys are proven, nothing signed with them can be.
  const believed = differing(proven);
  if (believed.length > 0 && !signal.aborted)
    await Promise.all(
      places.map(async (place, nth) => {
        const own = proven[nth]!.length > 0 ? [proven[nth]!, ...believed.filter((one) => !alike(one, proven[nth]!))] : believed;
        for (const [name, type] of questions) {
          const answer = await dns.ask(name, type, type === 'SOA' ? place.options : place.hostOptions);
          await letOthers();
          if (signal.aborted) return;
          told.push(...(await setsOf({ dns, zone, place, keys: own, now, patience, open }, name, type, answer)));
        }
      }),
    );
  return { computed: worst(told), uncomputed: [...open].toSorted() };
}

interface Told {
  readonly place: Place;
  readonly name: string;
  readonly type: string;
  readonly verdict: Verdict;
}

/** Each set of each place once, in order; what came twice counts as the worse of both. */
function worst(told: readonly Told[]): ComputedSet[] {
  const found = new Map<string, ComputedSet>();
  for (const { place, name, type, verdict } of told) {
    const key = [place.name, name, type].join(' ');
    const known = found.get(key);
    // What a resolver hands on may be changed on its way here: it shows no fault of the servers.
    const is = place.hearsay && verdict.is === 'broken' ? 'unknown' : verdict.is;
    const rank = { holds: 0, unknown: 1, broken: 2 } as const;
    if (!known || rank[is] > rank[known.is])
      found.set(key, { server: place.name, name, type, is, why: verdict.why, ...(verdict.wildcard && { wildcard: true as const }) });
  }
  return [...found.values()];
}

const alike = (one: readonly ZoneKey[], two: readonly ZoneKey[]): boolean => identity(one) === identity(two);
const identity = (keys: readonly ZoneKey[]): string =>
  keys
    .map(({ rdata }) => rdata.toString('hex'))
    .toSorted()
    .join();

/** Sets of keys that are not the same; those that are empty are left out. */
const differing = (all: readonly (readonly ZoneKey[])[]): (readonly ZoneKey[])[] => [
  ...new Map(all.filter(({ length }) => length > 0).map((keys) => [identity(keys), keys])).values(),
];

/** The keys that a server gives, and whether one of them that a DS record names has signed them all (RFC 4035 §5.2). */
function keysOf(
  zone: string,
  all: readonly Ds[],
  answer: DnsAnswer,
  now: number,
  patience: Patience,
): { readonly verdict: Verdict; readonly keys: readonly ZoneKey[] } {
  const verdict = (is: 'broken' | 'unknown', why: string) => ({ verdict: { is, why } as const, keys: [] });
  if (answer.is === 'failed') return verdict('unknown', answer.text);
  const sets = read(answer);
  if (typeof sets === 'string') return verdict('unknown', sets);
  const set = sets.records.filter(({ owner, type }) => type === dnskeyType && owner.equals(wireName(zone)));
  if (set.length === 0) return verdict('broken', 'it gives no keys of the zone');
  if (set.length > most.keys || all.length > most.ds) return verdict('unknown', 'there are more keys than are tried here');
  const keys = set.flatMap(({ rdata }) => keyOf(rdata) ?? []);
  const known = all.filter((ds) => isDigestKnown(ds) && isComputed(ds.algorithm));
  // Beside a better digest, SHA-1 does not count (RFC 4509 §3).
  const counting = known.some(({ digestType }) => digestType !== 1) ? known.filter(({ digestType }) => digestType !== 1) : known;
  const named = keys.filter(({ rdata }) => counting.some((ds) => names(zone, ds, rdata)));
  if (named.length === 0)
    return known.length < all.length
      ? verdict('unknown', 'the zone above names a key in a way that is not computed here')
      : verdict('broken', 'none of its keys is the one that the zone above names');
  const signatures = signaturesOver(sets, wireName(zone), dnskeyType).filter(({ signer }) => signer.equals(wireName(zone)));
  return { verdict: judgeSet(set, signatures, named, now, patience), keys };
}

interface Context {
  readonly dns: DnsClient;
  readonly zone: string;
  readonly place: Place;
  /** Keys of the zone, those of this server first; what it signs must hold with those that others give, too. */
  readonly keys: readonly (readonly ZoneKey[])[];
  readonly now: number;
  readonly patience: Patience;
  /** What is left open. */
  readonly open: Set<string>;
}

/** What an answer of a server of the zone has of the zone, set by set. */
async function setsOf(context: Context, name: string, type: RecordType, answer: DnsAnswer): Promise<Told[]> {
  const { zone, place, open } = context;
  const untold = (why: string): Told[] => [{ place, name, type, verdict: { is: 'unknown', why } }];
  if (answer.is === 'failed') return untold(answer.text);
  const { authoritative, authorities } = answer.message;
  if (!authoritative && authorities.some((one) => one.type === 'NS' && one.name !== zone && isBelow(one.name, zone))) {
    open.add(`${name}, which belongs to a zone of its own`);
    return [];
  }
  const all = read(answer);
  if (typeof all === 'string') return untold(all);
  const sets = groupsOf(all.records.filter(({ owner, type: one }) => isCounted(one, type) && isWithin(owner, wireName(zone))));
  if (sets.length > most.setsOfAnswer) return untold(tooMany);
  // Who leads elsewhere has said all that is its to say.
  const leadsAway = sets.some(([first]) => first!.type === cnameType && !isWithin(first!.rdata, wireName(zone)));
  if (answer.is === 'none' && !leadsAway) open.add(`that there is no ${type} record of ${name}`);
  const told: Told[] = [];
  const questions: Patience = { left: most.soaOfAnswer };
  for (const set of sets) {
    const { owner, type: number } = set[0]!;
    const about = { place, name: textOf(owner), type: types.get(number)! };
    const verdict = await verdictOf(context, set, all, questions);
    if (verdict === undefined) continue;
    if (verdict.wildcard) open.add(`that there is no ${about.name}, so that the wildcard counts`);
    told.push({ ...about, verdict });
  }
  return told;
}

/** An SOA record is looked at where it was asked for; what leads to addresses, in every answer about a host. */
const isCounted = (type: number, asked: RecordType): boolean =>
  asked === 'SOA' ? type === soaType : type !== soaType && type !== dnskeyType && types.has(type);

/** `questions`: how many more may be asked for this answer. `undefined`: the zone need not sign it. */
async function verdictOf(context: Context, set: readonly WireRecord[], all: Sets, questions: Patience): Promise<Verdict | undefined> {
  const { zone, place, keys, now, patience, open } = context;
  const { owner, type } = set[0]!;
  const found = signaturesOver(all, owner, type);
  const own = found.filter(({ signer }) => signer.equals(wireName(zone)));
  if (own.length === 0) {
    // A CNAME that a DNAME makes has no signature of its own (RFC 6672 §5.3.1).
    const isMade = all.records.some((one) => one.type === dnameType && !one.owner.equals(owner) && isWithin(owner, one.owner));
    if (type === cnameType && isMade) return undefined;
    const name = textOf(owner);
    // Where a zone begins there is no CNAME, and who asks for the SOA record of one is led along it.
    const at = found.some(({ signer }) => isWithin(signer, wireName(zone)))
      ? 'below'
      : await zoneOf(context, type === cnameType ? (parentOf(name) ?? name) : name, questions);
    if (at === 'below') open.add(`${name}, which belongs to a zone of its own`);
    if (at === 'below') return undefined;
    return at === 'unknown' || place.hearsay
      ? { is: 'unknown', why: 'it comes without a signature, and may belong to a zone of its own' }
      : { is: 'broken', why: 'it comes without a signature of the zone' };
  }
  const [first, ...others] = keys;
  const verdict = judgeSet(set, own, first!, now, patience);
  if (verdict.is !== 'holds') return verdict;
  const other = others.map((one) => judgeSet(set, own, one, now, patience)).find(({ is }) => is !== 'holds');
  return other ? { ...other, why: `with the keys that another server of the zone gives, ${other.why}` } : verdict;
}

/** Whether a name is in the zone itself or, at the same server, in one further down. */
async function zoneOf({ dns, zone, place }: Context, name: string, questions: Patience): Promise<'own' | 'below' | 'unknown'> {
  if (name === zone) return 'own';
  if (questions.left <= 0) return 'unknown';
  questions.left -= 1;
  const answer = await dns.ask(name, 'SOA', place.options);
  if (answer.is === 'failed') return 'unknown';
  const soa = [...answer.message.answers, ...answer.message.authorities].find((one) => one.type === 'SOA' && isBelow(name, one.name));
  if (!soa) return 'unknown';
  return soa.name === zone ? 'own' : isBelow(soa.name, zone) ? 'below' : 'unknown';
}

interface Sets {
  readonly records: readonly WireRecord[];
  readonly signatures: readonly { readonly owner: Buffer; readonly signature: Signature }[];
}

/** A text: why it is not read. */
function read({ message }: Exclude<DnsAnswer, { is: 'failed' }>): Sets | string {
  if (message.bytes.length >= 12 && message.bytes.readUInt16BE(6) > mostAnswers) return tooMany;
  try {
    const all = answersOf(message.bytes);
    const signatures = all
      .filter(({ type }) => type === signatureType)
      .flatMap((one) => {
        const signature = signatureOf(one);
        return signature ? [{ owner: one.owner, signature }] : [];
      });
    return { records: all.filter(({ type }) => type !== signatureType), signatures };
  } catch {
    return 'what came cannot be read';
  }
}

const signaturesOver = ({ signatures }: Sets, owner: Buffer, type: number): Signature[] =>
  signatures.filter((one) => one.owner.equals(owner) && one.signature.covers === type).map(({ signature }) => signature);

function groupsOf(records: readonly WireRecord[]): WireRecord[][] {
  const groups = new Map<string, WireRecord[]>();
  for (const one of records) {
    const key = `${one.type} ${one.owner.toString('hex')}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}
