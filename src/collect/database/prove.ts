import type { Cell, Failure, ProvedDatabase, ProvedObject, TriedFix } from '../../evidence/isolation.ts';
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
import { rowsItHangsOn } from './tries/due-to.ts';
import { findFix } from './tries/fix.ts';
import { attemptsOnFunction, isWorthCalling, outsiders } from './tries/functions.ts';
import { type Grader, graderOf } from './tries/grade.ts';
import { escalations } from './tries/power/escalate.ts';
import { attemptsOnChannels, channels } from './tries/realtime.ts';
import { attemptsOnBucket, type LiveBucket, readBuckets } from './tries/storage.ts';
import { attemptsOn } from './tries/tables.ts';
import { throughOf, whatLetThrough } from './tries/through.ts';
import { attemptsOnView } from './tries/views.ts';
import { machinerySql } from './world/keep.ts';
import { makeWorlds, type Worlds } from './world/world.ts';

/** What the proof starts from: a rebuilt database, and what the source says of it. */
export interface ProofInput {
  /** The owner's connection to it. */
  readonly db: Restarting;
  /** Further connections of the same owner, to share the work. */
  readonly helpers?: readonly Queryable[];
  /** Schemas the browser can address. */
  readonly schemas: readonly string[];
  /** The database as read from the source; only what belongs to this one. */
  readonly model: SourceModel;
  readonly failures: readonly Failure[];
  /** `schema.name` of tables that were made from generated types. */
  readonly reconstructed: readonly string[];
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
  const lanes = [db, ...(input.helpers ?? [])];
  for (const lane of lanes) await lane.query(`SET search_path = public, extensions`);
  const hints = new Map(model.tables.map((table) => [`${table.schema}.${table.name}`, table]));
  const catalog = await readCatalog(db, input.schemas);
  progress('making two tenants and their people');
  const worlds = await populated(db, catalog, hints, signal);
  const buckets = await readBuckets(db);
  const attempts = await attemptsOf(db, catalog, worlds, buckets);
  await db.checkpoint?.();
  progress(`trying ${attempts.length} ways to reach another customer's rows`);
  const tried = best(await tryAll(lanes, attempts, { signal, until: input.until }));
  const got = tried.filter(({ attempt, outcome }) => outcome === 'got' && outsiders.includes(attempt.who));
  const known = new Map(catalog.relations.map((relation) => [relation.id, relation]));
  const files = known.get('storage.objects');
  if (files) for (const { id } of buckets) known.set(`storage.${id}`, files);
  const led = await whatLetThrough(db, known, got, signal);
  const hangs = await rowsItHangsOn(db, got, worlds, signal);
  progress('looking for ways to more power');
  const gained = await escalations({ db: lanes, catalog, worlds, hints, tried, ...(signal && { signal }) });
  progress('trying corrections');
  const fixes = await fixesFor(db, known, got, tried, led, catalog, worlds);
  const grader = graderOf(catalog, input.failures);
  const cellsOf = cellsBy(tried, { known, led, hangs, grader, model });
  const objects: ProvedObject[] = [
    ...browserRelations(catalog).map((relation) => {
      const fix = fixes.get(relation.id);
      return { ...objectOf(relation, worlds, hints, input, cellsOf(relation.id), catalog), ...(fix && { fix }) };
    }),
    ...catalog.routines.filter(isWorthCalling).map((routine) => functionOf(routine, model, cellsOf(routine.id))),
    ...buckets.map((bucket) => bucketOf(bucket, model, cellsOf(`storage.${bucket.id}`))),
    ...channelsOf(cellsOf(channels)),
  ];
  const late = tried.filter(({ answer }) => answer === timeIsUp).length;
  return {
    ...(late > 0 && { cutShort: `the time was up before ${late} of ${tried.length} accesses were tried` }),
    people: peopleOf(worlds),
    objects,
    escalations: gained.map((one) => escalationOf(one, grader, model)),
    broken: [...brokenSignUp(worlds, grader, model, catalog), ...brokenPolicies(objects, grader)],
  };
}

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

/** Tables and views of the app itself. */
const browserRelations = (catalog: LiveCatalog): Relation[] =>
  catalog.relations.filter(({ schema }) => schema !== 'storage' && schema !== 'realtime');

async function attemptsOf(db: ProofInput['db'], catalog: LiveCatalog, worlds: Worlds, buckets: readonly LiveBucket[]): Promise<Attempt[]> {
  const tables = browserRelations(catalog).filter(({ kind }) => kind === 'table');
  const attempts: Attempt[] = [
    ...tables.flatMap((relation) => attemptsOn(relation, worlds)),
    ...browserRelations(catalog)
      .filter(({ kind }) => kind !== 'table')
      .flatMap((view) => attemptsOnView(view, worlds)),
    ...catalog.routines.filter(isWorthCalling).flatMap((routine) => attemptsOnFunction(routine, tables, worlds)),
    ...attemptsOnChannels(catalog, worlds),
  ];
  for (const bucket of buckets) attempts.push(...(await attemptsOnBucket(db, bucket, catalog, worlds)));
  return attempts;
}

/** Corrections for tables whose rows belong to somebody. */
async function fixesFor(
  db: Queryable,
  known: ReadonlyMap<string, Relation>,
  got: readonly Tried[],
  tried: readonly Tried[],
  led: ReadonlyMap<Tried, readonly LivePolicy[]>,
  catalog: LiveCatalog,
  worlds: Worlds,
): Promise<Map<string, TriedFix>> {
  const fixes = new Map<string, TriedFix>();
  for (const id of new Set(got.map(({ attempt }) => attempt.object))) {
    const relation = known.get(id);
    if (
      !relation ||
      relation.kind !== 'table' ||
      relation.schema === 'storage' ||
      relation.schema === 'realtime' ||
      !worlds.ownership.belonging(relation)
    )
      continue;
    const leaks = got.filter(({ attempt }) => attempt.object === id);
    const culprits = [...new Map(leaks.flatMap((leak) => led.get(leak) ?? []).map((policy) => [policy.name, policy])).values()];
    const fix = await findFix(db, relation, leaks, tried, culprits, catalog, worlds);
    if (fix) fixes.set(id, fix);
  }
  return fixes;
}

interface Findings {
  readonly known: ReadonlyMap<string, Relation>;
  readonly led: ReadonlyMap<Tried, readonly LivePolicy[]>;
  readonly hangs: Awaited<ReturnType<typeof rowsItHangsOn>>;
  readonly grader: Grader;
  readonly model: SourceModel;
}

/** The cells of an object, in the order in which they were tried. */
function cellsBy(tried: readonly Tried[], { known, led, hangs, grader, model }: Findings): (object: string) => Cell[] {
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
      answer: one.answer.slice(0, 300),
      ...(relation && leaked && { through: throughOf(relation, led.get(one) ?? [], placeOf(model, relation)) }),
      ...(row && { dueTo: row.relation.name }),
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
