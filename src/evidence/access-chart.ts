import type { Place } from '../core/finding.ts';
import { compareText, spotText } from '../core/wording.ts';
import { type AccessLock, answerOf } from './access-lock.ts';
import type { ChartAttempt, ChartObject, ChartSource } from './chart-source.ts';
import { firebaseSources } from './firebase-chart.ts';
import { type LiveAccess, liveAccess } from './live-access.ts';
import { liveSources } from './live-chart.ts';
import { type FirebaseProof, firebaseProof } from './firebase-proof.ts';
import { type IsolationProof, isolationProof, type PersonaName, personaNames } from './isolation.ts';
import { deedOf, type Judged, judgeAttempt, objectName, thingOf } from './isolation-questions.ts';

/** Who can do one thing to one object; the rows of the access matrix and the lines of its lock file. */
export interface ChartRow {
  readonly source: string;
  /** Kind and name, e.g. `table invoices`. */
  readonly thing: string;
  readonly name: string;
  readonly kind: string;
  readonly verb: ChartVerb;
  /** Where the object is made. */
  readonly place?: Place;
  /** True when its rows are somebody's, so that it matters who reaches them. */
  readonly isPrivate: boolean;
  readonly holds: readonly string[];
  readonly cells: Readonly<Partial<Record<PersonaName, ChartCell>>>;
  /** Set where nothing could be tried, with the reason; then all cells are unknown. */
  readonly untried?: string;
}

/** `replace`: a change by PUT. `add-inside`: a row in one's own name, in the owner's tenant. `hand-over`: a row of one's own given to the owner. `add-own`: a row of one's own. */
export type ChartVerb =
  | 'read'
  | 'list'
  | 'add'
  | 'add-own'
  | 'add-inside'
  | 'change'
  | 'replace'
  | 'hand-over'
  | 'delete'
  | 'call'
  | 'download'
  | 'upload';

/** In the order of the matrix. */
export const chartVerbs: readonly ChartVerb[] = [
  'read',
  'list',
  'download',
  'call',
  'add',
  'add-own',
  'add-inside',
  'upload',
  'change',
  'replace',
  'hand-over',
  'delete',
];

export interface ChartCell {
  readonly judged: Judged;
  /** Whether it works, whatever it means; `unknown` where that is not sure. */
  readonly can: 'yes' | 'no' | 'unknown';
  /** What was tried, to be pasted into an editor or a terminal. */
  readonly tried: string;
  /** Who sent what and what came of it, of the try that decides; of routes. */
  readonly seen?: string;
  /** How many tries came to the same, this one included. */
  readonly tries: number;
  /** What lets it through, where it is written. */
  readonly place?: Place;
  /** Where the statements stand on which it hangs (`file:line`). */
  readonly unless: readonly string[];
  /** Set when it only holds where tables are exposed by default. */
  readonly onlyByDefault?: true;
}

/** The rebuilt databases as sources; on one that only a server reaches nothing can be tried. */
export const databaseSources = (proof: IsolationProof | undefined): ChartSource[] =>
  (proof?.databases ?? [])
    .filter(({ exposure }) => exposure === 'supabase')
    .map(({ folder, objects, rebuild }) => ({ name: folder, objects, failures: rebuild.failures }));

/** Everything that was tried: a further origin is added here, and the matrix, its lock and its checks have it. */
export const allSources = (
  proof: IsolationProof | undefined,
  rules: FirebaseProof | undefined,
  live: LiveAccess | undefined,
): ChartSource[] => [...databaseSources(proof), ...firebaseSources(rules), ...liveSources(live)];

/** The same from the facts that were collected. */
export const collectedSources = (collected: Readonly<Record<string, unknown>>): ChartSource[] =>
  allSources(
    collected[isolationProof.id] as IsolationProof | undefined,
    collected[firebaseProof.id] as FirebaseProof | undefined,
    collected[liveAccess.id] as LiveAccess | undefined,
  );

/** All rows of these sources, sorted by source, thing and verb: the same from run to run. */
export function chart(sources: readonly ChartSource[], lock: Pick<AccessLock, 'answers'>): ChartRow[] {
  return sources
    .flatMap((source) => source.objects.flatMap((object) => rowsOf(source, object, lock)))
    .toSorted(
      (a, b) => compareText(a.source, b.source) || compareText(a.thing, b.thing) || chartVerbs.indexOf(a.verb) - chartVerbs.indexOf(b.verb),
    );
}

function rowsOf(source: ChartSource, object: ChartObject, lock: Pick<AccessLock, 'answers'>): ChartRow[] {
  const thing = thingOf(object);
  const shared = answerOf(lock, source.name, thing)?.with;
  const answered = shared === undefined ? object : { ...object, shared };
  const byVerb = new Map<ChartVerb, Partial<Record<PersonaName, ChartCell>>>();
  for (const attempt of object.cells) {
    const verb = verbOf(object.kind, attempt);
    const cells = byVerb.get(verb) ?? {};
    byVerb.set(verb, cells);
    const cell = cellOf(source, object, attempt, judgeAttempt(answered, attempt));
    const known = Object.hasOwn(cells, attempt.who) ? cells[attempt.who] : undefined;
    if (!known || weight(cell) > weight(known)) cells[attempt.who] = cell;
    else if (weight(cell) === weight(known)) cells[attempt.who] = { ...known, tries: known.tries + 1 };
  }
  const about = {
    source: source.name,
    thing,
    name: objectName(object),
    kind: object.kind,
    ...(object.place && { place: object.place }),
    isPrivate: object.nature === 'private' || object.nature === 'log' || object.nature === 'intake',
    holds: object.holds,
  };
  return byVerb.size > 0 ? [...byVerb].map(([verb, cells]) => ({ ...about, verb, cells })) : [untriedRow(about, object)];
}

const methodVerbs: Readonly<Record<string, ChartVerb>> = { POST: 'add', PUT: 'replace', PATCH: 'change', DELETE: 'delete' };

/** What a route that was not tried would do, as far as its method tells. */
const verbOfRoute = (route: string): ChartVerb => methodVerbs[/^[A-Z]+/.exec(route)?.[0] ?? ''] ?? (route.endsWith('}') ? 'read' : 'list');

/** Without the routes that were not tried: they are listed by name elsewhere. A table that could not be filled stays. */
export const triedRows = (rows: readonly ChartRow[]): ChartRow[] =>
  rows.filter(({ kind, untried }) => kind !== 'route' || untried === undefined);

function untriedRow(about: Omit<ChartRow, 'verb' | 'cells'>, { kind, unseeded = 'nothing was tried on it' }: ChartObject): ChartRow {
  const cell: ChartCell = {
    judged: { is: 'unknown', why: unseeded, toKnow: 'Try it in the running app, with an account of each kind.' },
    can: 'unknown',
    tried: '',
    tries: 0,
    unless: [],
  };
  return {
    ...about,
    verb: kind === 'route' ? verbOfRoute(about.name) : kind === 'function' ? 'call' : kind === 'bucket' ? 'download' : 'read',
    cells: Object.fromEntries(personaNames.map((name) => [name, cell])),
    untried: unseeded,
  };
}

/** Where two attempts are one cell, the one that says more about a danger counts. */
const weight = ({ judged }: ChartCell): number => ['blocked', 'allowed', 'broken', 'unknown', 'question', 'leak'].indexOf(judged.is);

function cellOf(source: ChartSource, object: ChartObject, attempt: ChartAttempt, judged: Judged): ChartCell {
  const place = attempt.through?.place ?? attempt.through?.policies?.find((policy) => policy.place)?.place;
  const can =
    attempt.outcome === 'got'
      ? object.reconstructed || judged.is === 'unknown'
        ? 'unknown'
        : 'yes'
      : judged.is === 'blocked'
        ? 'no'
        : 'unknown';
  return {
    judged,
    can,
    tried: attempt.sql ?? attempt.request ?? '',
    ...(attempt.seen !== undefined && { seen: attempt.seen }),
    tries: 1,
    ...(place && { place }),
    unless: [...new Set((judged.unless ?? []).flatMap((index) => source.failures?.[index]?.place ?? []).map(spotText))],
    ...(attempt.outcome === 'got' &&
      attempt.profiles?.length === 1 &&
      attempt.profiles[0] === 'default' && { onlyByDefault: true as const }),
  };
}

const plainVerbs: Readonly<Record<string, ChartVerb>> = {
  list: 'list',
  download: 'download',
  upload: 'upload',
  execute: 'call',
  delete: 'delete',
};

function verbOf(kind: string, { verb, variant, request = '' }: ChartAttempt): ChartVerb {
  if (kind === 'route' && verb === 'update' && request.startsWith('PUT ')) return 'replace';
  const plain = Object.hasOwn(plainVerbs, verb) ? plainVerbs[verb] : undefined;
  if (plain !== undefined) return plain;
  const deed = deedOf(verb);
  if (deed === 'add') return variant === 'own' ? 'add-own' : variant === 'into' ? 'add-inside' : 'add';
  if (deed === 'change') return variant === 'move' && kind !== 'function' ? 'hand-over' : 'change';
  return deed;
}

/** How many cells were tried, and of how many it is known what they mean. */
export function decided(rows: readonly ChartRow[]): { readonly tried: number; readonly decided: number; readonly leaks: number } {
  const cells = rows.flatMap((row) => Object.values(row.cells));
  const is = (...meanings: readonly Judged['is'][]): number => cells.filter(({ judged }) => meanings.includes(judged.is)).length;
  return { tried: cells.length, decided: is('leak', 'allowed', 'blocked', 'question'), leaks: is('leak') };
}
