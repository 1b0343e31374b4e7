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
import { type Attempt, type Tried, tryAll } from './tries/attempt.ts';
import { grantOf, rowsItHangsOn } from './tries/due-to.ts';
import { findFix } from './tries/fix.ts';
import { attemptsOnFunction, isWorthCalling, outsiders } from './tries/functions.ts';
import { type Grader, graderOf } from './tries/grade.ts';
import type { Gained } from './tries/power/attack.ts';
import { escalations } from './tries/power/escalate.ts';
import { attemptsOnChannels, channels } from './tries/realtime.ts';
import { runnerSql } from './tries/runner-sql.ts';
import { attemptsOnBucket, type LiveBucket, readBuckets } from './tries/storage.ts';
import { attemptsOn } from './tries/tables.ts';
import { throughOf, whatLetThrough } from './tries/through.ts';
import { attemptsOnView } from './tries/views.ts';
import { seederSql } from './world/seed.ts';
import { makeWorlds, type Worlds } from './world/world.ts';

/** What the proof starts from: a rebuilt database, and what the source says of it. */
export interface ProofInput {
  /** Superuser's connection to it. */
  readonly db: Queryable & { exec(sql: string): Promise<void> };
  /** Schemas the browser can address. */
  readonly schemas: readonly string[];
  /** The database as read from the source; only what belongs to this one. */
  readonly model: SourceModel;
  readonly failures: readonly Failure[];
  /** `schema.name` of tables that were made from generated types. */
  readonly reconstructed: readonly string[];
  readonly signal?: AbortSignal;
  readonly progress?: (message: string, done?: number, total?: number) => void;
}

export type Proof = Pick<ProvedDatabase, 'people' | 'objects' | 'escalations' | 'broken'>;

/** Makes two tenants in the database and tries everything, as everybody. Leaves its rows behind: the database is thrown away. */
export async function prove(input: ProofInput): Promise<Proof> {
  const { db, model, signal, progress = () => undefined } = input;
  await db.exec(runnerSql + seederSql);
  await db.exec(`SET search_path = public, extensions`);
  const hints = new Map(model.tables.map((table) => [`${table.schema}.${table.name}`, table]));
  const catalog = await readCatalog(db, input.schemas);
  progress('making two tenants and their people');
  const worlds = await makeWorlds(db, catalog, hints, signal);
  const buckets = await readBuckets(db);
  const attempts = await attemptsOf(db, catalog, worlds, buckets);
  progress(`trying ${attempts.length} ways to reach another customer's rows`);
  const tried = best(await tryAll(db, attempts, signal));
  const got = tried.filter(({ attempt, outcome }) => outcome === 'got' && outsiders.includes(attempt.who));
  const known = new Map(catalog.relations.map((relation) => [relation.id, relation]));
  const files = known.get('storage.objects');
  if (files) for (const { id } of buckets) known.set(`storage.${id}`, files);
  const led = await whatLetThrough(db, known, got, signal);
  const hangs = await rowsItHangsOn(db, got, worlds, signal);
  progress('looking for ways to more power');
  const all = await escalations({ db, catalog, worlds, hints, tried, ...(signal && { signal }) });
  const gained = onReal(all, new Set(input.reconstructed));
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
  return {
    people: peopleOf(worlds),
    objects,
    escalations: gained.map((one) => escalationOf(one, grader, model)),
    broken: [...brokenSignUp(worlds, grader, model, catalog), ...brokenPolicies(objects, grader)],
  };
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
