import type { DatabaseModel, Table } from '../../evidence/database.ts';
import type { Broken, Cell, Escalation, ObjectKind, Person, ProvedObject } from '../../evidence/isolation.ts';
import type { LiveCatalog, LivePolicy, Relation, Routine } from './live/catalog.ts';
import type { Tried } from './tries/attempt.ts';
import type { Grader } from './tries/grade.ts';
import type { Gained } from './tries/power/attack.ts';
import type { LiveBucket } from './tries/storage.ts';
import { type Purpose, purposeOf, type Rows, withMeant } from './purpose.ts';
import { wordIn } from './world/literal.ts';
import { isShown } from '../source/database/facts/nature.ts';
import { withoutMarks } from './world/without-marks.ts';
import type { Worlds } from './world/world.ts';

/** The parts of the database as read from the source that say what things are and where they stand. */
export type SourceModel = Pick<DatabaseModel, 'tables' | 'views' | 'functions' | 'buckets' | 'storagePolicies' | 'signupTriggers'>;

/** Files of one bucket lie at several paths: what worked at one of them counts. */
export function best(tried: readonly Tried[]): Tried[] {
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

/** Finds a policy of a table in the repo. */
export const placeOf =
  (model: SourceModel, relation: Relation) =>
  (policy: LivePolicy): Table['place'] | undefined => {
    const table = model.tables.find(({ schema, name }) => schema === relation.schema && name === relation.name);
    return (relation.id === 'storage.objects' ? model.storagePolicies : table?.policies)?.find(({ name }) => name === policy.name)?.place;
  };

/** Columns that say who of the staff took care of it. */
const handles =
  /^(?:reviewed|approved|rejected|processed|handled|resolved|verified|closed|assigned|answered|contacted)_(?:by|to)(?:_id)?$/i;

/** A table or view as evidence. */
export function objectOf(
  relation: Relation,
  worlds: Worlds,
  hints: ReadonlyMap<string, Table>,
  input: { readonly model: SourceModel; readonly reconstructed: readonly string[] },
  cells: readonly Cell[],
  { catalog, rows }: { readonly catalog: LiveCatalog; readonly rows: Rows },
): ProvedObject {
  const hint = hints.get(relation.id);
  const view = input.model.views.find(({ schema, name }) => schema === relation.schema && name === relation.name);
  const belongs = worlds.ownership.belonging(relation);
  const kind: ObjectKind = relation.kind === 'table' ? 'table' : 'view';
  const failed = worlds.planner.rows.find(
    (row) => row.relation.id === relation.id && row.holder.name === 'owner' && row.state === 'failed',
  );
  const place = hint?.place ?? view?.place;
  const told: Purpose = {
    nature: hint?.nature.kind ?? (belongs ? 'private' : 'reference'),
    natureWhy:
      hint?.nature.why ?? (belongs ? `it leads to a ${belongs.to} by ${belongs.path.join(' and ')}` : 'nothing in it belongs to anybody'),
    holds: hint?.holds ?? view?.holds ?? [],
  };
  const purpose = purposeOf(relation, told, belongs, rows, cells);
  const namesSomebody = relation.columns.some(
    ({ name }) =>
      (worlds.ownership.accountColumn(relation, name) !== undefined && !handles.test(name)) ||
      /(?:^|_)(?:user|profile|employee)_(?:id|uuid)$/i.test(name),
  );
  return {
    kind,
    schema: relation.schema,
    name: relation.name,
    ...(place && { place }),
    ...(belongs && { belongs }),
    ...purpose,
    ...(catalog.published.has(relation.id) && { realtime: true as const }),
    ...(kind === 'table' && cells.length === 0 && { unseeded: withoutMarks(failed?.why ?? 'no row could be made', worlds.people) }),
    ...(input.reconstructed.includes(relation.id) && { reconstructed: true as const }),
    cells: withMeant(cells, purpose, namesSomebody),
  };
}

/** Who took part. */
export const peopleOf = ({ people, planner, ownership }: Worlds): Person[] => [
  { name: 'anon', holds: [] },
  ...people.accounts.flatMap(({ name }): Person[] => {
    if (name === 'founder') return [];
    const rows = planner.rows.filter(
      ({ relation, holder, state }) => holder.name === name && state !== 'failed' && ownership.persons.has(relation.id),
    );
    return [{ name, holds: rows.map(({ relation }) => relation.name) }];
  }),
];

/** A gain of power as evidence. */
export function escalationOf(gained: Gained, grader: Grader, model: SourceModel): Escalation {
  const { relation, routine, again: _again, decides: _decides, ...rest } = gained;
  const object = relation?.id ?? routine?.id ?? 'auth.users';
  const place = relation
    ? model.tables.find(({ schema, name }) => `${schema}.${name}` === object)?.place
    : model.functions.find(({ schema, name }) => `${schema}.${name}` === object)?.place;
  return { ...rest, object, ...(place && { place }), ...grader.grade(object, true), profiles: ['default'] };
}

/** Signing up that fails. */
export function brokenSignUp({ signUp }: Worlds, grader: Grader, model: SourceModel, catalog: LiveCatalog): Broken[] {
  if (!signUp) return [];
  const objects = catalog.signUpTriggers.map(({ routine }) => routine);
  const object = objects[0] ?? 'auth.users';
  const trigger = model.signupTriggers[0];
  const unless = [...new Set(objects.flatMap((one) => grader.gradeError(one, signUp.message).unless ?? []))];
  return [
    {
      kind: 'sign-up',
      object,
      message: signUp.message,
      code: signUp.code,
      sql: signUp.sql,
      ...(trigger && { place: trigger.place }),
      ...(unless.length > 0 ? { grade: 'conditional' as const, unless } : { grade: 'proved' as const }),
    },
  ];
}

/** Policies that end in an error for people who should get through. */
export function brokenPolicies(objects: readonly ProvedObject[], grader: Grader): Broken[] {
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
        ...grader.gradeError(`${object.schema}.${object.name}`, cell.answer),
      },
    ];
  });
}

/** Takes away what has had its time, or works out anew what follows from the rest; whatever else empties a table does harm. */
const housekeeping =
  /^(?:(?:clean_?up|purge|delete|remove|prune)_(?:\w+_)?(?:expired|old|stale|outdated|orphan(?:ed|s)?)(?:_|$)|(?:refresh|recalculate|recompute)_)/i;

/** It gives back the names of shops, categories and the like, and nothing else. */
function listsNames({ returns, volatile }: Routine): boolean {
  const columns =
    /^TABLE\((.*)\)$/i
      .exec(returns)?.[1]
      ?.split(',')
      .map((column) => column.trim().split(/\s+/)[0] ?? '') ?? [];
  const thing = /^(?:nome|name|nombre)_(\w+)$|^(\w+)_(?:nome|name|nombre)$/i;
  return (
    !volatile &&
    columns.length > 0 &&
    columns.every((column) => {
      const [, after, before] = thing.exec(column) ?? [];
      return isShown(after ?? before ?? '');
    })
  );
}

/** Why whoever may call a function is meant to get what it gives; `undefined` where nothing says so. */
function meantBy(routine: Routine, { routines }: LiveCatalog): string | undefined {
  if (routine.arguments.length === 0 && housekeeping.test(routine.name))
    return 'it keeps things in order, and does the same whoever calls it';
  if (listsNames(routine)) return 'it lists nothing but names of what is there to be shown';
  const others = routines.filter(({ definer, id }) => definer && id !== routine.id);
  return routine.definer || others.some(({ name }) => wordIn(name).test(routine.reaches))
    ? undefined
    : 'it runs with the rights of its caller, so the tables say who gets in';
}

/** A function as evidence. */
export function functionOf(routine: Routine, catalog: LiveCatalog, model: SourceModel, cells: readonly Cell[]): ProvedObject {
  const meant = meantBy(routine, catalog);
  const source = model.functions.find(({ schema, name }) => schema === routine.schema && name === routine.name);
  return {
    kind: 'function',
    schema: routine.schema,
    name: routine.label ?? routine.name,
    ...(source && { place: source.place }),
    nature: 'private',
    natureWhy: 'rows of the owner were asked for',
    holds: source?.shows ?? [],
    cells: meant === undefined ? cells : cells.map((cell) => ({ ...cell, meant })),
  };
}

/** Pictures that stand around what an app shows, whoever looks at it. */
const decoration = /(?:^|[-_])(?:hero|banners?|landing|splash|backgrounds?|carousel|slides?|wallpapers?)(?:[-_]|$)/i;

/** Pictures people show of themselves: in a public bucket they are meant to be seen, though nobody needs to list them. */
const portraits = /(?:^|[-_])avatars?(?:[-_]|$)/i;

function purposeOfBucket({ id, public: open }: LiveBucket, guarded: boolean): Pick<ProvedObject, 'nature' | 'natureWhy'> {
  if (decoration.test(id) || (open && portraits.test(id))) return { nature: 'content', natureWhy: 'its name' };
  if (!open) return { nature: 'private', natureWhy: 'the bucket is private' };
  return { nature: guarded ? 'private' : 'content', natureWhy: guarded ? 'its policies keep visitors out' : 'the bucket is public' };
}

/**
 * A bucket as evidence. A public bucket serves every file to whoever has its address, whatever the policies say; where they keep visitors out all
 * the same, somebody meant it to be private.
 */
export function bucketOf(bucket: LiveBucket, model: SourceModel, cells: readonly Cell[]): ProvedObject {
  const source = model.buckets.find(({ name }) => name === bucket.id);
  const guarded =
    cells.some(({ verb, who, outcome }) => verb === 'download' && who === 'anon' && outcome !== 'got') &&
    cells.some(({ verb, outcome }) => verb === 'download' && outcome === 'got');
  const served = (cell: Cell): Cell => ({
    ...cell,
    outcome: 'got',
    sql: `GET /storage/v1/object/public/${bucket.id}/PATH`,
    answer: 'the bucket is public: Supabase Storage asks no policy',
    through: { kind: 'public-bucket', policies: [] },
  });
  return {
    kind: 'bucket',
    schema: 'storage',
    name: bucket.id,
    ...(source && { place: source.place }),
    ...purposeOfBucket(bucket, guarded),
    holds: [],
    cells: bucket.public ? cells.map((cell) => (cell.verb === 'download' ? served(cell) : cell)) : cells,
  };
}
