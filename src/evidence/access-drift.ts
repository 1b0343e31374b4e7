import type { Place } from '../core/finding.ts';
import { andList, compareText, plural } from '../core/wording.ts';
import type { ChartCell, ChartRow, ChartVerb } from './access-chart.ts';
import type { AccessLock, LockLine } from './access-lock.ts';
import { type PersonaName, personaNames } from './isolation.ts';
import { isOutsider, personWords } from './isolation-questions.ts';
import { liveSource, pathOf } from './live-chart.ts';

/**
 * A difference between the reviewed matrix and today's. `more`: somebody gained. `less`: somebody lost. `unclear`: it can no longer be told.
 * `new`: nobody has reviewed the thing. `gone`: it is not there any more.
 */
export interface Drift {
  readonly kind: 'more' | 'less' | 'unclear' | 'new' | 'gone';
  readonly source: string;
  readonly thing: string;
  /** Absent where it is about the whole thing. */
  readonly verb?: ChartVerb;
  readonly who: readonly PersonaName[];
  /** One sentence. */
  readonly text: string;
  /** What lets it through now, else where the thing is made. */
  readonly place?: Place;
  /** The line of the lock file. */
  readonly reviewed?: LockLine;
  /** What was tried, for `more`. */
  readonly tried?: string;
}

/** What has changed since the lock was written, sorted; nothing where there is no lock. The running app is compared only where it was looked at. */
export function driftOf(rows: readonly ChartRow[], whole: AccessLock): Drift[] {
  if (!whole.found) return [];
  const lock = isAppLeftOut(rows, whole) ? { ...whole, lines: whole.lines.filter(({ source }) => source !== liveSource) } : whole;
  const lines = new Map(lock.lines.map((line) => [keyOf(line), line]));
  const knownThings = new Set(lock.lines.map(thingKey));
  const things = new Map(rows.map((row) => [thingKey(row), row]));
  const fresh = [...things]
    .filter(([key, { source }]) => !knownThings.has(key) && !(source === liveSource && isAppUnreviewed(lock)))
    .map(([key, row]) =>
      isNew(
        rows.filter((other) => thingKey(other) === key),
        row,
      ),
    );
  const firstOfApp = isAppUnreviewed(lock) ? rows.find(({ source }) => source === liveSource) : undefined;
  const known = rows.filter((row) => knownThings.has(thingKey(row)) && !(row.kind === 'route' && row.untried !== undefined));
  const changed = known.flatMap((row) =>
    row.untried === undefined
      ? changes(row, lines.get(keyOf(row)))
      : untried(
          row,
          lock.lines.filter((line) => thingKey(line) === thingKey(row)),
        ),
  );
  const lost = [...new Map(lock.lines.map((line) => [thingKey(line), line]))].filter(([key]) => !things.has(key)).map(([, line]) => line);
  const gone = [
    ...lost
      .filter(({ thing }) => !isRoute(thing))
      .map((line): Drift => ({
        kind: 'gone',
        source: line.source,
        thing: line.thing,
        who: [],
        text: `${capital(line.thing)} is not there any more.`,
        reviewed: line,
      })),
    ...routesGone(lost.filter(({ thing }) => isRoute(thing))),
  ];
  const order: readonly Drift['kind'][] = ['more', 'new', 'unclear', 'less', 'gone'];
  return [...changed, ...routesUntried(rows, lock), ...fresh, ...(firstOfApp ? [appIsNew(rows)] : []), ...gone].toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || compareText(a.source, b.source) || compareText(a.thing, b.thing),
  );
}

/** The lock knows routes of the running app, and this run did not try any. */
export const isAppLeftOut = (rows: readonly ChartRow[], { lines }: AccessLock): boolean =>
  lines.some(({ source }) => source === liveSource) && !rows.some(({ source }) => source === liveSource);

/** The lock was written before the running app was looked at for the first time. */
const isAppUnreviewed = ({ lines }: AccessLock): boolean => !lines.some(({ source }) => source === liveSource);

/** One word about all routes: a list of them would say nothing that the matrix does not say. */
function appIsNew(rows: readonly ChartRow[]): Drift {
  const routes = new Set(rows.flatMap(({ source, thing }) => (source === liveSource ? [thing] : [])));
  const text = `The running app is not in the reviewed matrix yet: nobody has reviewed who gets what by its ${plural(routes.size, 'route')}.`;
  return { kind: 'new', source: liveSource, thing: 'routes of the running app', who: [], text };
}

const isRoute = (thing: string): boolean => thing.startsWith('route ');

/** Routes that nothing led to this time. Nobody can see that a route is gone: it may be that the folder was not given, whose code names it. */
function routesGone(lines: readonly LockLine[]): Drift[] {
  const [first] = lines;
  if (!first) return [];
  const names = lines.map(({ thing }) => thing.replace(/^route /, ''));
  const shown = names.length > 4 ? [...names.slice(0, 3), plural(names.length - 3, 'more route')] : names;
  return [
    {
      kind: 'gone',
      source: first.source,
      thing: names.length === 1 ? first.thing : 'routes that are gone',
      who: [],
      text: `${andList(shown)} ${names.length === 1 ? 'is' : 'are'} not there any more, or nothing led there this time.`,
      reviewed: first,
    },
  ];
}

const keyOf = ({ source, thing, verb }: { readonly source: string; readonly thing: string; readonly verb: string }): string =>
  `${source}\u0000${thing}\u0000${verb}`;
const thingKey = ({ source, thing }: { readonly source: string; readonly thing: string }): string => `${source}\u0000${thing}`;

function isNew(rows: readonly ChartRow[], row: ChartRow): Drift {
  if (row.kind === 'route') return newRoute(rows, row);
  const who = personaNames.filter((name) => rows.some(({ cells }) => cells[name]?.can === 'yes'));
  const outside = who.filter(isOutsider);
  return {
    kind: 'new',
    source: row.source,
    thing: row.thing,
    who,
    text: `${capital(row.thing)} is new: nobody has reviewed who may do what with it.${outside.length > 0 ? ` ${capital(peopleText(outside))} can already get at it.` : ''}`,
    ...(row.place && { place: row.place }),
  };
}

function newRoute(rows: readonly ChartRow[], { source, thing, name, place, untried: why }: ChartRow): Drift {
  const who = personaNames.filter((one) => rows.some(({ cells }) => cells[one]?.can === 'yes'));
  const outside = who.filter(isOutsider);
  const more =
    why !== undefined
      ? `; nothing could be tried on it: ${why}`
      : outside.length > 0
        ? `: nobody has reviewed it, and it already works for ${peopleText(outside)}`
        : ': nobody has reviewed whom it works for';
  return { kind: 'new', source, thing, who, text: `New route: ${name}${more}.`, ...(place && { place }) };
}

/** Routes that were tried when the matrix was reviewed and not this time: told together, as one reason keeps many from being tried. */
function routesUntried(rows: readonly ChartRow[], lock: AccessLock): Drift[] {
  const reviewed = new Map(lock.lines.filter(({ unknown }) => unknown.length < personaNames.length).map((line) => [thingKey(line), line]));
  const byReason = new Map<string, ChartRow[]>();
  for (const row of rows)
    if (row.kind === 'route' && row.untried !== undefined && reviewed.has(thingKey(row)))
      byReason.set(row.untried, [...(byReason.get(row.untried) ?? []), row]);
  return [...byReason].flatMap(([why, of]): Drift[] => {
    const [first] = of;
    const line = first && reviewed.get(thingKey(first));
    if (!first || !line) return [];
    const names = of.map(({ name }) => name);
    const which = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${plural(names.length - 3, 'more route')}` : andList(names);
    return [
      {
        kind: 'unclear',
        source: first.source,
        thing: names.length === 1 ? first.thing : `routes that were not tried: ${why}`,
        who: [],
        text: `${which} ${names.length === 1 ? 'was' : 'were'} tried when the matrix was reviewed, and not this time: ${why}.`,
        ...(first.place && { place: first.place }),
        reviewed: line,
      },
    ];
  });
}

/** A thing that could not be tried this time, though something was known of it. */
function untried(row: ChartRow, lines: readonly LockLine[]): Drift[] {
  const told = lines.filter(({ unknown }) => unknown.length < personaNames.length);
  const [reviewed] = told;
  return reviewed
    ? [
        {
          kind: 'unclear',
          source: row.source,
          thing: row.thing,
          who: [],
          text: `It can no longer be told who can do what with ${row.name}: ${row.untried ?? ''}.`,
          ...(row.place && { place: row.place }),
          reviewed,
        },
      ]
    : [];
}

function changes(row: ChartRow, line: LockLine | undefined): Drift[] {
  const cells = personaNames.flatMap((name): [PersonaName, ChartCell][] => {
    const cell = row.cells[name];
    return cell ? [[name, cell]] : [];
  });
  const was = (name: PersonaName): 'yes' | 'no' | 'unknown' =>
    line?.can.includes(name) ? 'yes' : line?.unknown.includes(name) ? 'unknown' : 'no';
  const those = (test: (before: string, now: string) => boolean): PersonaName[] =>
    cells.filter(([name, cell]) => test(was(name), cell.can)).map(([name]) => name);
  const about = { source: row.source, thing: row.thing, verb: row.verb, ...(line && { reviewed: line }) };
  const more = those((before, now) => now === 'yes' && before !== 'yes');
  const less = those((before, now) => now === 'no' && before === 'yes');
  const unclear = those((before, now) => now === 'unknown' && before !== 'unknown');
  const first = row.cells[more[0] ?? 'anon'];
  const place = first?.place ?? row.place;
  return [
    ...(more.length > 0
      ? [
          {
            ...about,
            kind: 'more' as const,
            who: more,
            text:
              row.kind === 'route'
                ? `${answers(row, 'now')} ${peopleText(more)}.`
                : `${capital(peopleText(more))} can now ${deedText(row)}.`,
            ...(place && { place }),
            tried: first?.tried ?? '',
          },
        ]
      : []),
    ...(less.length > 0
      ? [
          {
            ...about,
            kind: 'less' as const,
            who: less,
            text:
              row.kind === 'route'
                ? `${answers(row, 'no longer')} ${peopleText(less, 'or')}.`
                : `${capital(peopleText(less))} can no longer ${deedText(row)}.`,
            ...(row.place && { place: row.place }),
          },
        ]
      : []),
    ...(unclear.length > 0
      ? [
          {
            ...about,
            kind: 'unclear' as const,
            who: unclear,
            text: `It can no longer be told whether ${row.kind === 'route' ? `${answers(row)} ${peopleText(unclear, 'or')}` : `${peopleText(unclear, 'or')} can ${deedText(row)}`}.`,
            ...(row.place && { place: row.place }),
          },
        ]
      : []),
  ];
}

/** `GET /api/invoices/{id} now works for`, before the people. A list works for everybody: it is about what stands in it. */
const answers = ({ name, verb }: Pick<ChartRow, 'name' | 'verb'>, since = ''): string =>
  `${name} ${since === '' ? '' : `${since} `}${verb === 'list' ? 'shows what is not theirs to' : 'works for'}`;

/** `what`: rows of a table, documents of a collection. */
const deeds: Readonly<Record<ChartVerb, (name: string, what: string) => string>> = {
  read: (name) => `read ${name}`,
  list: (name) => `list ${name}`,
  download: (name) => `download files of ${name}`,
  call: (name) => `call ${name}`,
  add: (name) => `add to ${name}`,
  'add-own': (name, what) => `add ${what} of their own to ${name}`,
  'add-inside': (name, what) => `add ${what} of their own to ${name} in an organisation that is not theirs`,
  upload: (name) => `upload files to ${name}`,
  change: (name) => `change ${name}`,
  replace: (name) => `replace ${name}`,
  'hand-over': (name, what) => `hand ${what} of ${name} over to somebody else`,
  delete: (name) => `delete ${name}`,
};

const contents: Readonly<Record<string, string>> = { collection: 'documents', folder: 'files', node: 'values', bucket: 'files' };

/** `read invoices`, `read the owner's data by calling export_all`. */
export function deedText({ verb, name, kind }: Pick<ChartRow, 'verb' | 'name' | 'kind'>): string {
  if (kind === 'function')
    return verb === 'read' || verb === 'call' ? `get somebody's data by calling ${name}` : `change somebody's data by calling ${name}`;
  if (kind === 'bucket' && verb === 'delete') return `delete files of ${name}`;
  return deeds[verb](kind === 'route' ? pathOf(name) : name, contents[kind] ?? 'rows');
}

const simple: readonly ChartVerb[] = ['read', 'list', 'change', 'delete'];

/** What can be done with one thing: `read and change invoices`, and what takes more words. */
export function deedsText(rows: readonly Pick<ChartRow, 'verb' | 'name' | 'kind'>[]): string {
  const [first] = rows;
  const short = first?.kind === 'function' || first?.kind === 'bucket' ? [] : rows.filter(({ verb }) => simple.includes(verb));
  const name = first?.kind === 'route' ? pathOf(first.name) : (first?.name ?? '');
  const long = rows.filter((row) => !short.includes(row)).map(deedText);
  return andList([...new Set([...(short.length > 0 ? [`${andList(short.map(({ verb }) => verb))} ${name}`] : []), ...long])]);
}

/** People in as few words as say the same. */
export function peopleText(who: readonly PersonaName[], word: 'and' | 'or' = 'and'): string {
  const has = (...names: readonly PersonaName[]): boolean => names.every((name) => who.includes(name));
  const strangers: readonly PersonaName[] = ['newcomer', 'stranger', 'foreign-admin'];
  const all = has('anon', ...strangers) ? 'everybody on the internet' : has(...strangers) ? 'everybody with an account' : undefined;
  const rest = all === undefined ? who : who.filter((name) => !isOutsider(name) || (name === 'anon' && !has('anon', ...strangers)));
  // Whoever lets everybody in lets colleagues and administrators in, too.
  const shown =
    all === undefined
      ? rest.map((name) => personWords[name])
      : [...rest.filter((name) => name === 'anon').map((name) => personWords[name]), all];
  return word === 'and' ? andList(shown) : andList(shown).replace(/ and (?=[^,]*$)/, ' or ');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
