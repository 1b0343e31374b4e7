import type { Cell, ProvedObject, TriedFix } from '../../../../evidence/isolation.ts';
import { isOutsider, judgeAttempt } from '../../../../evidence/isolation-questions.ts';
import type { LiveCatalog, LivePolicy, Queryable, Relation } from '../../live/catalog.ts';
import type { Worlds } from '../../world/world.ts';
import type { Tried } from '../attempt.ts';
import type { LiveBucket } from '../storage.ts';
import { bucketFixes, functionFixes, viewFixes } from './objects.ts';
import { referenceFixes, tableFixes } from './tables.ts';
import { accessOf, firstThatHolds, type Question, type Trial } from './trial.ts';

/** What a correction is looked for in. */
export interface Leaky {
  /** Connections to databases of the same content. */
  readonly lanes: readonly Queryable[];
  readonly catalog: LiveCatalog;
  readonly worlds: Worlds;
  readonly buckets: readonly LiveBucket[];
  /** The tries that the cells of objects are made of, in their order. */
  readonly tried: readonly Tried[];
  /** All there were, also those of which the cells show only the best. */
  readonly all: readonly Tried[];
  /** Policies that let an attempt through. */
  readonly led: ReadonlyMap<Tried, readonly LivePolicy[]>;
  /** Whether the app's own code calls a function; true where that is not known. */
  readonly called: (name: string) => boolean;
}

/** By id: the objects, with a cell for each try. */
export type Judged = ReadonlyMap<string, ProvedObject>;

interface Asked {
  readonly id: string;
  readonly object: ProvedObject;
  readonly question: Question;
}

/** Corrections of whatever leaks, each tried. Views and functions stand on tables: where those leak as well, theirs are applied first. */
export async function fixesFor(leaky: Leaky, objects: Judged): Promise<Map<string, TriedFix>> {
  const { lanes, catalog, worlds } = leaky;
  const relations = new Map(catalog.relations.map((relation) => [relation.id, relation]));
  const meant = meantIn(leaky, objects);
  const asked = [...objects].flatMap(([id, object]): Asked[] => {
    const question = questionOf(id, object, leaky, meant);
    return question ? [{ id, object, question }] : [];
  });
  const ofTables = await shared(
    lanes,
    asked.filter(({ object }) => object.kind === 'table'),
    async (db, { id, question }) => {
      const relation = relations.get(id);
      if (!relation) return undefined;
      const owned = worlds.ownership.belonging(relation);
      const candidates = owned ? tableFixes(relation, question, catalog, worlds) : referenceFixes(relation, question, catalog);
      const trials: Trial[] = [{}, { must: owned ? isOwners : reads }];
      // A row of one's own among those of somebody else is a question once nobody can put it there in the other's name.
      const plain = question.leaks.filter(({ attempt: { variant } }) => variant !== 'into' && variant !== 'move');
      return (
        (await firstThatHolds(db, candidates, question, trials)) ??
        (plain.length > 0 && plain.length < question.leaks.length
          ? await firstThatHolds(db, candidates, { ...question, leaks: plain }, trials)
          : undefined)
      );
    },
  );
  const given = [...new Set([...ofTables.values()].flatMap(({ sql }) => sql.replace(/;$/, '').split(';\n')))];
  const ofOthers = await shared(
    lanes,
    asked.filter(({ object }) => object.kind !== 'table'),
    async (db, one) => {
      const others = standsOn(one, objects, catalog);
      const question = { ...one.question, elsewhere: meant.filter(({ attempt }) => others.has(attempt.object)) };
      // With the rights of the caller, the policies of the tables say who gets in; what others had by the hole alone is no loss.
      const must = one.object.kind === 'bucket' ? isOwners : (tried: Tried): boolean => tried.attempt.object !== one.id;
      const trials: Trial[] = [{}, { must }];
      const alongside = given.length > 0 && one.object.kind !== 'bucket' ? trials.map((trial) => ({ ...trial, given })) : [];
      return firstThatHolds(db, candidatesFor(one, leaky, relations), question, [...trials, ...alongside]);
    },
  );
  return new Map([...ofTables, ...ofOthers]);
}

/** Looks for each correction in the next database that is free; in the order in which they were asked for. */
async function shared(
  lanes: readonly Queryable[],
  asked: readonly Asked[],
  search: (db: Queryable, one: Asked) => Promise<TriedFix | undefined>,
): Promise<Map<string, TriedFix>> {
  const found = new Map<Asked, TriedFix | undefined>();
  const open = [...asked];
  await Promise.all(
    lanes.map(async (db) => {
      for (let one = open.shift(); one; one = open.shift()) found.set(one, await search(db, one));
    }),
  );
  return new Map(
    asked.flatMap((one) => {
      const fix = found.get(one);
      return fix ? [[one.id, fix] as const] : [];
    }),
  );
}

const reads = ({ attempt }: Tried): boolean => attempt.verb === 'select';
const isOwners = ({ attempt }: Tried): boolean => attempt.who === 'owner';

function candidatesFor(
  { id, object, question }: Asked,
  { catalog, worlds, buckets, called }: Leaky,
  relations: ReadonlyMap<string, Relation>,
): string[][] {
  const relation = relations.get(id);
  if (object.kind === 'view' && relation) return viewFixes(relation, question);
  const routine = object.kind === 'function' ? catalog.routines.find((one) => one.id === id) : undefined;
  if (routine) return functionFixes(routine, question, called(routine.name));
  const bucket = object.kind === 'bucket' ? buckets.find((one) => `storage.${one.id}` === id) : undefined;
  return bucket ? bucketFixes(bucket, question, catalog, worlds) : [];
}

const meaningOf = (object: ProvedObject, cell: Cell) => judgeAttempt(object, { ...cell, grade: 'proved' });

/** Whoever belongs to it: of those from outside, who is meant to; of colleagues, who shares it by its organisation or by an answer. */
function isMeant(object: ProvedObject, cell: Cell): boolean {
  if (cell.outcome !== 'got') return false;
  const { is, likely } = meaningOf(object, cell);
  return is === 'allowed' || (is === 'question' && likely === true && !isOutsider(cell.who));
}

/** Every try that worked and is meant to. */
function meantIn({ tried }: Leaky, objects: Judged): Tried[] {
  const seen = new Map<string, number>();
  return tried.filter((one) => {
    const at = seen.get(one.attempt.object) ?? 0;
    seen.set(one.attempt.object, at + 1);
    const object = objects.get(one.attempt.object);
    const cell = object?.cells[at];
    return object !== undefined && cell !== undefined && one.outcome === 'got' && isMeant(object, cell);
  });
}

function questionOf(id: string, object: ProvedObject, { tried, all, led }: Leaky, meant: readonly Tried[]): Question | undefined {
  if (object.reconstructed) return undefined;
  const own = tried.filter(({ attempt }) => attempt.object === id);
  const leaks = own.filter((_, index) => {
    const cell = object.cells[index];
    return cell?.outcome === 'got' && meaningOf(object, cell).is === 'leak';
  });
  if (leaks.length === 0) return undefined;
  const kept = meant.filter(({ attempt }) => attempt.object === id);
  const culprits = [...new Map(leaks.flatMap((leak) => led.get(leak) ?? []).map((policy) => [policy.name, policy])).values()];
  const among = (chosen: readonly Tried[]): Tried[] => {
    const names = new Set(chosen.map(accessOf));
    return object.kind === 'bucket' ? all.filter((one) => names.has(accessOf(one))) : [...chosen];
  };
  return { leaks: among(leaks), kept: among(kept), culprits };
}

/** What else must go on working: tables whose policies ask the function, and other buckets that share a policy. */
function standsOn({ id, object }: Asked, objects: Judged, { relations, routines }: LiveCatalog): ReadonlySet<string> {
  if (object.kind === 'bucket') return new Set([...objects.keys()].filter((other) => other !== id && other.startsWith('storage.')));
  const name = object.kind === 'function' ? routines.find((routine) => routine.id === id)?.name : undefined;
  if (name === undefined) return new Set();
  const asks = ({ policies }: Relation): boolean => policies.some(({ using = '', check = '' }) => `${using} ${check}`.includes(`${name}(`));
  return new Set(relations.filter(asks).map((relation) => relation.id));
}
