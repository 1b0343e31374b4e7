import { readRows } from './purpose.ts';
import { seenInTables } from './seen-in-tables.ts';
import { anyUse, type AppUses } from './app-uses.ts';
import type { Cell, TriedFix, Failure, ProvedDatabase, ProvedObject } from '../../evidence/isolation.ts';
import {
  brokenPolicies,
  brokenSignUp,
  best,
  bucketOf,
  escalationOf,
  functionOf,
  objectOf,
  peopleOf,
  placeOf,
  type SourceModel,
} from './describe.ts';
import { type LiveCatalog, type LivePolicy, type Queryable, readCatalog, type Relation } from './live/catalog.ts';
import { type Restarting, wasLost } from './sandbox/restarting.ts';
import { type Attempt, timeIsUp, type Tried, tryAll } from './tries/attempt.ts';
import { positiveControls } from './tries/controls.ts';
import { grantOf, rowsItHangsOn } from './tries/due-to.ts';
import { fixesFor } from './tries/fix/fixes.ts';
import { attemptsOnFunction, isWorthCalling, outsiders } from './tries/functions.ts';
import { type Grader, graderOf } from './tries/grade.ts';
import type { Gained } from './tries/power/attack.ts';
import { escalations } from './tries/power/escalate.ts';
import { openedIn } from './tries/opened.ts';
import { attemptsOnChannels, channels } from './tries/realtime.ts';
import { attemptsOnBucket, type LiveBucket, readBuckets } from './tries/storage.ts';
import { attemptsOn } from './tries/tables.ts';
import { throughOf, whatLetThrough } from './tries/through.ts';
import { attemptsOnView } from './tries/views.ts';
import { machinerySql } from './world/keep.ts';
import { withoutMarks } from './world/without-marks.ts';
import { makeWorlds, type Worlds } from './world/world.ts';

/** What the proof starts from: a rebuilt database, and what the source says of it. */
export interface ProofInput {
  /** The owner's connection to it. */
  readonly db: Restarting;
  /** Ends that connection and makes a copy of the database as it is then: connections to one or both, to share the work. Left out: there is one only. */
  readonly share?: () => Promise<readonly Queryable[]>;
  /** Schemas the browser can address. */
  readonly schemas: readonly string[];
  /** The database as read from the source; only what belongs to this one. */
  readonly model: SourceModel;
  readonly failures: readonly Failure[];
  /** `schema.name` of tables that were made from generated types. */
  readonly reconstructed: readonly string[];
  /** What the app's own code uses; left out: not known. */
  readonly uses?: AppUses;
  /** Takes secrets out of a text before it is cut. */
  readonly scrub?: (text: string) => string;
  readonly signal?: AbortSignal;
  /** When to leave undecided what was not tried yet, as `performance.now()` counts. */
  readonly until?: number;
  readonly progress?: (message: string, done?: number, total?: number) => void;
}

export type Proof = Pick<ProvedDatabase, 'people' | 'objects' | 'escalations' | 'broken' | 'cutShort'>;

/** Makes two tenants in the database and tries everything, as everybody. Leaves its rows behind: the database is thrown away. */
export async function prove(input: ProofInput): Promise<Proof> {
  const { db, model, signal, progress = () => undefined } = input;
  await db.exec(machinerySql);
  await db.query(setSearchPath);
  const hints = new Map(model.tables.map((table) => [`${table.schema}.${table.name}`, table]));
  const catalog = await readCatalog(db, input.schemas);
  const rows = await readRows(db, catalog, hints);
  progress('making two tenants and their people');
  const worlds = await populated(db, catalog, hints, signal);
  const buckets = await readBuckets(db);
  const attempts = await attemptsOf(db, catalog, worlds, buckets, input.uses ?? anyUse);
  await db.checkpoint?.();
  const shared = (await input.share?.()) ?? [];
  const lanes = shared.length > 0 ? shared : [db];
  for (const lane of lanes) await lane.query(setSearchPath);
  progress(`trying ${attempts.length} ways to reach another customer's rows`);
  const all = await tryAll(lanes, attempts, { signal, until: input.until });
  const tried = best(all);
  const known = new Map(catalog.relations.map((relation) => [relation.id, relation]));
  const openedBy = openedIn(catalog, worlds, buckets);
  const opened = ({ object, verb }: Attempt): boolean => openedBy.get(object)?.opens.includes(verb) ?? false;
  const got = tried.filter(({ attempt, outcome }) => outcome === 'got' && outsiders.includes(attempt.who));
  const files = known.get('storage.objects');
  if (files) for (const { id } of buckets) known.set(`storage.${id}`, files);
  const scene = { catalog, worlds, hints };
  progress('finding out what let them through');
  const led = await whatLetThrough(lanes, known, got, signal);
  const hangs = await rowsItHangsOn(lanes, got, worlds, signal);
  progress('giving the owner one role after the other');
  const controls = await positiveControls(lanes, tried, opened, scene, signal);
  progress('looking for ways to more power');
  const gains = await escalations({ db: lanes, ...scene, tried, ...(signal && { signal }) });
  const gained = onReal(gains, new Set(input.reconstructed));
  const grader = graderOf(catalog, input.failures);
  const say = (text: string): string => withoutMarks(text, worlds.people);
  const cellsOf = cellsBy(tried, { known, led, hangs, grader, model, say, scrub: input.scrub ?? ((text) => text) });
  const aside = (id: string): Pick<ProvedObject, 'controls' | 'opens' | 'withheld'> => {
    const own = controls
      .filter(({ object }) => object === id)
      .map(({ verb, role, gatekeeper, aside: withoutPolicies }) => ({
        verb,
        ...(role !== undefined && { role }),
        ...(gatekeeper !== undefined && { gatekeeper }),
        ...(withoutPolicies && { aside: true as const }),
      }));
    return { ...openedBy.get(id), ...(own.length > 0 && { controls: own }) };
  };
  const described = new Map<string, ProvedObject>([
    ...browserRelations(catalog).map(
      (relation) =>
        [
          relation.id,
          { ...objectOf(relation, worlds, hints, input, cellsOf(relation.id), { catalog, rows }), ...aside(relation.id) },
        ] as const,
    ),
    ...catalog.routines
      .filter(isWorthCalling)
      .map((routine) => [routine.id, { ...functionOf(routine, catalog, model, cellsOf(routine.id)), ...aside(routine.id) }] as const),
    ...buckets.map((bucket): [string, ProvedObject] => {
      const id = `storage.${bucket.id}`;
      return [id, { ...bucketOf(bucket, model, cellsOf(id)), ...aside(id) }];
    }),
    ...channelsOf(cellsOf(channels)).map((channel) => [channels, channel] as const),
  ]);
  const judged = seenInTables(described, catalog, model);
  progress('trying corrections');
  const tenancies = catalog.relations.some(
    (relation) =>
      worlds.ownership.persons.has(relation.id) && relation.columns.some(({ name }) => worlds.ownership.isTenantColumn(relation, name)),
  );
  const fixes = await fixesFor(
    {
      lanes,
      catalog,
      worlds,
      buckets,
      tried,
      all,
      led,
      tenancies,
      gained,
      until: input.until,
      reconstructed: new Set(input.reconstructed),
      uses: input.uses ?? anyUse,
    },
    judged,
  );
  // The text of a function may hold a secret, which is not shown; and with something else in its place the correction would be another one.
  const shown = (fix: TriedFix | undefined): { readonly fix: TriedFix } | undefined =>
    fix?.statements.every((sql) => (input.scrub ?? ((text) => text))(say(sql)) === sql) ? { fix } : undefined;
  const objects = [...judged].map(([id, object]): ProvedObject => ({ ...object, ...shown(fixes.objects.get(id)) }));
  const late = tried.filter(({ answer }) => answer === timeIsUp).length;
  return {
    ...(late > 0 && { cutShort: `the time was up before ${late} of ${tried.length} accesses were tried` }),
    people: peopleOf(worlds),
    objects,
    escalations: gained.map((one) => ({
      ...escalationOf({ ...one, what: say(one.what) }, grader, model),
      ...shown(fixes.power.get(one)),
    })),
    broken: [...brokenSignUp(worlds, grader, model, catalog), ...brokenPolicies(objects, grader)].map((one) => ({
      ...one,
      message: say(one.message),
    })),
  };
}

/** As PostgREST sets it. */
const setSearchPath = 'SET search_path = public, extensions';

/** Keeping every step costs time, so it is done only where a trigger or default of the repo took the database along. */
async function populated(
  db: Restarting,
  catalog: LiveCatalog,
  hints: Parameters<typeof makeWorlds>[2],
  signal: AbortSignal | undefined,
): Promise<Worlds> {
  await db.checkpoint?.();
  try {
    return await makeWorlds({ query: db.query }, catalog, hints, signal);
  } catch (error) {
    if (!wasLost(error)) throw error;
    return makeWorlds(db, catalog, hints, signal);
  }
}

/** Of tables that were made from generated types nothing is claimed: neither that power is gained there nor that it opens them. */
const onReal = (gained: readonly Gained[], reconstructed: ReadonlySet<string>): Gained[] =>
  gained.flatMap((one) => {
    if (one.relation && reconstructed.has(one.relation.id)) return [];
    const unlocks = one.unlocks.filter(({ object }) => !reconstructed.has(object));
    return unlocks.length === 0 && one.unlocks.length > 0 && one.kind === 'function' ? [] : [{ ...one, unlocks }];
  });

/** Tables and views of the app itself. */
const browserRelations = (catalog: LiveCatalog): Relation[] =>
  catalog.relations.filter(({ schema }) => schema !== 'storage' && schema !== 'realtime');

async function attemptsOf(
  db: ProofInput['db'],
  catalog: LiveCatalog,
  worlds: Worlds,
  buckets: readonly LiveBucket[],
  uses: AppUses,
): Promise<Attempt[]> {
  const tables = browserRelations(catalog).filter(({ kind }) => kind === 'table');
  const attempts: Attempt[] = [
    ...tables.flatMap((relation) => attemptsOn(relation, worlds)),
    ...browserRelations(catalog)
      .filter(({ kind }) => kind !== 'table')
      .flatMap((view) => attemptsOnView(view, worlds)),
    ...catalog.routines.filter(isWorthCalling).flatMap((routine) => attemptsOnFunction(routine, tables, worlds)),
    ...attemptsOnChannels(catalog, worlds),
  ];
  for (const bucket of buckets) attempts.push(...(await attemptsOnBucket(db, bucket, catalog, worlds, uses.uploads(bucket.id))));
  return attempts;
}

interface Findings {
  readonly known: ReadonlyMap<string, Relation>;
  readonly led: ReadonlyMap<Tried, readonly LivePolicy[]>;
  readonly hangs: Awaited<ReturnType<typeof rowsItHangsOn>>;
  readonly grader: Grader;
  readonly model: SourceModel;
  /** Without what differs from run to run. */
  readonly say: (text: string) => string;
  readonly scrub: (text: string) => string;
}

/** The cells of an object, in the order in which they were tried. */
function cellsBy(tried: readonly Tried[], { known, led, hangs, grader, model, say, scrub }: Findings): (object: string) => Cell[] {
  const byObject = new Map<string, Cell[]>();
  for (const one of tried) {
    const { object, verb, variant, who } = one.attempt;
    const relation = known.get(object);
    const row = hangs.get(one);
    const leaked = one.outcome === 'got' && outsiders.includes(who);
    const cell: Cell = {
      verb,
      ...(variant && { variant }),
      who,
      outcome: one.outcome,
      ...grader.grade(object, one.outcome === 'got'),
      sql: one.way.step.sql,
      answer: scrub(one.outcome === 'got' ? one.answer : say(one.answer)).slice(0, 300),
      ...(relation && leaked && { through: throughOf(relation, led.get(one) ?? [], placeOf(model, relation)) }),
      ...(row && { dueTo: grantOf(row) }),
      profiles: ['default'],
      ...(one.columns ? { columns: one.columns } : one.way.column !== undefined && { columns: [one.way.column] }),
    };
    byObject.set(object, [...(byObject.get(object) ?? []), cell]);
  }
  return (object) => byObject.get(object) ?? [];
}

const channelsOf = (cells: readonly Cell[]): ProvedObject[] =>
  cells.length === 0
    ? []
    : [
        {
          kind: 'channel',
          schema: 'realtime',
          name: 'messages',
          nature: 'private',
          natureWhy: 'policies say who may listen',
          holds: [],
          cells,
        },
      ];
