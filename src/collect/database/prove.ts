import type { DatabaseModel, Table } from '../../evidence/database.ts';
import type { Broken, Cell, Escalation, Failure, ObjectKind, Person, ProvedDatabase, ProvedObject } from '../../evidence/isolation.ts';
import { type LiveCatalog, type LivePolicy, type Queryable, readCatalog, type Relation } from './live/catalog.ts';
import { type Attempt, type Tried, tryAll } from './tries/attempt.ts';
import { rowsItHangsOn } from './tries/due-to.ts';
import type { Gained } from './tries/power/attack.ts';
import { escalations } from './tries/power/escalate.ts';
import { attemptsOnFunction, isWorthCalling, outsiders, watchOwnerRows } from './tries/functions.ts';
import { type Grader, graderOf } from './tries/grade.ts';
import { runnerSql } from './tries/run.ts';
import { attemptsOnBucket, readBuckets } from './tries/storage.ts';
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
  readonly model: Pick<DatabaseModel, 'tables' | 'views' | 'functions' | 'buckets' | 'storagePolicies' | 'signupTriggers'>;
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
  const tables = catalog.relations.filter(({ kind, schema }) => kind === 'table' && schema !== 'storage');
  await watchOwnerRows(db, tables, worlds);
  const attempts: Attempt[] = [
    ...tables.flatMap((relation) => attemptsOn(relation, worlds)),
    ...catalog.relations.filter(({ kind }) => kind !== 'table').flatMap((view) => attemptsOnView(view, worlds)),
    ...catalog.routines.filter(isWorthCalling).flatMap((routine) => attemptsOnFunction(routine, tables, worlds)),
  ];
  const buckets = await readBuckets(db);
  for (const bucket of buckets) attempts.push(...(await attemptsOnBucket(db, bucket, catalog, worlds)));
  progress(`trying ${attempts.length} ways to reach another customer's rows`);
  const tried = best(await tryAll(db, attempts, signal));
  const got = tried.filter(({ attempt, outcome }) => outcome === 'got' && outsiders.includes(attempt.who));
  const known = new Map(catalog.relations.map((relation) => [relation.id, relation]));
  const let_ = await whatLetThrough(db, known, got, signal);
  const hangs = await rowsItHangsOn(db, got, worlds, signal);
  progress('looking for ways to more power');
  const gained = await escalations({ db, catalog, worlds, hints, tried, ...(signal && { signal }) });
  const grader = graderOf(catalog, input.failures);
  const cellOf = (one: Tried): Cell => {
    const relation = known.get(one.attempt.object);
    const row = hangs.get(one);
    return {
      verb: one.attempt.verb,
      ...(one.attempt.variant && { variant: one.attempt.variant }),
      who: one.attempt.who,
      outcome: one.outcome,
      ...grader.grade(one.attempt.object, one.outcome === 'got'),
      sql: one.way.step.sql,
      answer: one.answer.slice(0, 300),
      ...(let_.has(one) || (relation && one.outcome === 'got' && outsiders.includes(one.attempt.who))
        ? { through: throughOf(relation!, let_.get(one) ?? [], placeOf(model, relation!)) }
        : {}),
      ...(row && { dueTo: `${row.relation.name} (${row.holder.name})` }),
      profiles: ['default'],
      ...(one.way.column !== undefined && { columns: [one.way.column] }),
    };
  };
  const of = (object: string): Cell[] => tried.filter(({ attempt }) => attempt.object === object).map(cellOf);
  const objects: ProvedObject[] = [
    ...catalog.relations
      .filter(({ schema }) => schema !== 'storage')
      .map((relation) => objectOf(relation, worlds, hints, input, of(relation.id), catalog)),
    ...catalog.routines.filter(isWorthCalling).map((routine) => {
      const source = model.functions.find(({ schema, name }) => schema === routine.schema && name === routine.name);
      return {
        kind: 'function' as const,
        schema: routine.schema,
        name: routine.name,
        ...(source && { place: source.place }),
        nature: 'private' as const,
        natureWhy: '',
        holds: source?.shows ?? [],
        cells: of(routine.id),
      };
    }),
    ...buckets.map((bucket) => {
      const source = model.buckets.find(({ name }) => name === bucket.id);
      return {
        kind: 'bucket' as const,
        schema: 'storage',
        name: bucket.id,
        ...(source && { place: source.place }),
        nature: bucket.public ? ('content' as const) : ('private' as const),
        natureWhy: bucket.public ? 'the bucket is public' : 'the bucket is private',
        holds: [],
        cells: of(`storage.${bucket.id}`),
      };
    }),
  ];
  return {
    people: peopleOf(worlds),
    objects,
    escalations: gained.map((one) => escalationOf(one, grader, model)),
    broken: [...brokenSignUp(worlds, grader, model), ...brokenPolicies(objects)],
  };
}

/** Files of one bucket lie at several paths: what worked at one of them counts. */
function best(tried: readonly Tried[]): Tried[] {
  const rank: Record<Cell['outcome'], number> = { undecided: 0, broken: 1, refused: 2, nothing: 2, got: 3 };
  const found = new Map<string, Tried>();
  for (const one of tried) {
    const { object, verb, variant, who } = one.attempt;
    const name = [object, verb, variant, who].join('\u0000');
    const known = found.get(name);
    if (!known || rank[one.outcome] > rank[known.outcome]) found.set(name, one);
  }
  return [...found.values()];
}

const placeOf =
  (model: ProofInput['model'], relation: Relation) =>
  (policy: LivePolicy): Table['place'] | undefined => {
    const table = model.tables.find(({ schema, name }) => schema === relation.schema && name === relation.name);
    return (relation.id === 'storage.objects' ? model.storagePolicies : table?.policies)?.find(({ name }) => name === policy.name)?.place;
  };

function objectOf(
  relation: Relation,
  worlds: Worlds,
  hints: ReadonlyMap<string, Table>,
  input: ProofInput,
  cells: readonly Cell[],
  catalog: LiveCatalog,
): ProvedObject {
  const hint = hints.get(relation.id);
  const view = input.model.views.find(({ schema, name }) => schema === relation.schema && name === relation.name);
  const belongs = worlds.ownership.belonging(relation);
  const kind: ObjectKind = relation.kind === 'table' ? 'table' : 'view';
  const failed = worlds.planner.rows.find(
    (row) => row.relation.id === relation.id && row.holder.name === 'owner' && row.state === 'failed',
  );
  const place = hint?.place ?? view?.place;
  return {
    kind,
    schema: relation.schema,
    name: relation.name,
    ...(place && { place }),
    ...(belongs && { belongs }),
    nature: hint?.nature.kind ?? (belongs ? 'private' : 'reference'),
    natureWhy:
      hint?.nature.why ?? (belongs ? `it leads to a ${belongs.to} by ${belongs.path.join(' and ')}` : 'nothing in it belongs to anybody'),
    holds: hint?.holds ?? view?.holds ?? [],
    ...(catalog.published.has(relation.id) && { realtime: true as const }),
    ...(kind === 'table' && cells.length === 0 && { unseeded: failed?.why ?? 'no row could be made' }),
    ...(input.reconstructed.includes(relation.id) && { reconstructed: true as const }),
    cells,
  };
}

const peopleOf = ({ people, planner, ownership }: Worlds): Person[] => [
  { name: 'anon', holds: [] },
  ...people.accounts.flatMap(({ name }): Person[] => {
    if (name === 'founder') return [];
    const rows = planner.rows.filter(
      ({ relation, holder, state }) => holder.name === name && state !== 'failed' && ownership.persons.has(relation.id),
    );
    return [{ name, holds: rows.map(({ relation }) => relation.name) }];
  }),
];

function escalationOf(gained: Gained, grader: Grader, model: ProofInput['model']): Escalation {
  const { relation, routine, ...rest } = gained;
  const object = relation?.id ?? routine?.id ?? 'auth.users';
  const place = relation
    ? model.tables.find(({ schema, name }) => `${schema}.${name}` === object)?.place
    : model.functions.find(({ schema, name }) => `${schema}.${name}` === object)?.place;
  return { ...rest, object, ...(place && { place }), ...grader.grade(object, true), profiles: ['default'] };
}

function brokenSignUp({ signUp }: Worlds, grader: Grader, model: ProofInput['model']): Broken[] {
  if (!signUp) return [];
  const trigger = model.signupTriggers[0];
  const object = trigger?.function ?? 'auth.users';
  return [
    {
      kind: 'sign-up',
      object,
      message: signUp.message,
      code: signUp.code,
      sql: signUp.sql,
      ...(trigger && { place: trigger.place }),
      ...grader.grade(object, true),
    },
  ];
}

/** Policies that end in an error for people who should get through. */
function brokenPolicies(objects: readonly ProvedObject[]): Broken[] {
  return objects.flatMap((object) => {
    const cell =
      object.kind === 'table'
        ? object.cells.find(({ outcome, who }) => outcome === 'broken' && (who === 'owner' || who === 'tenant-admin'))
        : undefined;
    if (!cell) return [];
    const code = /\((\w{5})\)$/.exec(cell.answer)?.[1] ?? '';
    return [
      {
        kind: code === '42P17' || code === '54001' ? ('recursion' as const) : ('missing-in-policy' as const),
        object: `${object.schema}.${object.name}`,
        message: cell.answer,
        code,
        ...(object.place && { place: object.place }),
        sql: cell.sql,
        grade: cell.grade,
        ...(cell.unless && { unless: cell.unless }),
      },
    ];
  });
}
