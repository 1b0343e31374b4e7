import type { Place } from '../../../../core/finding.ts';
import type { CellVerb, ProvedObject, TriedFix } from '../../../../evidence/isolation.ts';
import type { Verb } from '../../../../evidence/database.ts';
import type { AppUses } from '../../app-uses.ts';
import type { LiveCatalog, Queryable, Relation } from '../../live/catalog.ts';
import { wordIn } from '../../world/literal.ts';
import type { Worlds } from '../../world/world.ts';
import type { Tried } from '../attempt.ts';
import { overLanes } from '../lanes.ts';
import type { Gained } from '../power/attack.ts';
import type { LiveBucket } from '../storage.ts';
import { bucketFixes, closingBucket } from './buckets.ts';
import type { Ground } from './ground.ts';
import { guardedFunctions } from './guards.ts';
import { definitionOf, functionFixes, functionForServer, narrowedViews, viewFixes, viewForServer } from './objects.ts';
import { fixOfPower } from './power.ts';
import { type Judged, meantIn, questionOf, type Tries } from './questions.ts';
import { staffTests } from './staff.ts';
import { closing, referenceFixes, tableFixes, wantedOf, withoutGrants } from './tables.ts';
import { each, firstThatHolds, type Question, type Trial } from './trial.ts';

/** What a correction is looked for in. */
export interface Leaky extends Tries {
  /** Connections to databases of the same content. */
  readonly lanes: readonly Queryable[];
  readonly catalog: LiveCatalog;
  readonly worlds: Worlds;
  readonly buckets: readonly LiveBucket[];
  /** What the app's own code uses. */
  readonly uses: AppUses;
  readonly reconstructed: ReadonlySet<string>;
  /** Ways to more power that worked. */
  readonly gained: readonly Gained[];
  /** When to stop looking, as `performance.now()` counts. */
  readonly until?: number | undefined;
}

/** Corrections that were tried and hold. */
export interface Fixes {
  /** By id of the object. */
  readonly objects: ReadonlyMap<string, TriedFix>;
  readonly power: ReadonlyMap<Gained, TriedFix>;
}

interface Asked {
  readonly id: string;
  readonly object: ProvedObject;
  readonly question: Question;
}

/** What all searches share. */
interface Search extends Ground {
  readonly uses: AppUses;
  readonly staff: readonly string[];
  readonly relations: ReadonlyMap<string, Relation>;
}

/** Corrections of whatever leaks or gives power, each tried. Views and functions stand on tables: where those leak as well, theirs are applied first. */
export async function fixesFor(leaky: Leaky, objects: Judged): Promise<Fixes> {
  const { lanes, catalog, worlds, uses, buckets, gained } = leaky;
  const meant = meantIn(leaky, objects);
  const own = { tried: byObject(leaky.tried), all: byObject(leaky.all), meant: byObject(meant) };
  const asked = [...objects].flatMap(([id, object]): Asked[] => {
    const tries = { ...leaky, tried: own.tried.get(id) ?? [], all: own.all.get(id) ?? [] };
    const question = questionOf(id, object, tries, own.meant.get(id) ?? []);
    return question ? [{ id, object, question: { ...question, usedAt: usesOf(id, object, leaky) } }] : [];
  });
  const [first] = lanes;
  if (!first || (asked.length === 0 && gained.length === 0)) return { objects: new Map(), power: new Map() };
  const staff = await staffTests(first, catalog, worlds);
  const search: Search = {
    catalog,
    worlds,
    reconstructed: leaky.reconstructed,
    uses,
    staff,
    relations: new Map(catalog.relations.map((one) => [one.id, one])),
  };
  const ofTables = await shared(
    lanes,
    asked.filter(({ object }) => object.kind === 'table'),
    async (db, { id, question }) => {
      const relation = search.relations.get(id);
      return relation && fixOfTable(db, relation, question, search);
    },
    leaky.until,
  );
  const ofOthers = await shared(
    lanes,
    asked.filter(({ object }) => object.kind !== 'table'),
    async (db, one) => {
      const others = standsOn(one, objects, catalog);
      const question = { ...one.question, elsewhere: meant.filter(({ attempt }) => others.has(attempt.object)) };
      const bucket = one.object.kind === 'bucket' ? buckets.find(({ id }) => `storage.${id}` === one.id) : undefined;
      if (bucket) return fixOfBucket(db, bucket, question, search);
      const found = await (one.object.kind === 'view' ? fixesOfView : fixesOfFunction)(db, one, search);
      if (!found) return undefined;
      // With the rights of the caller, the policies of the tables say who gets in; what others had by the hole alone is no loss.
      const must = (tried: Tried): boolean => tried.attempt.object !== one.id;
      const given = [...new Set([...ofTables].flatMap(([{ id }, { statements }]) => (isNamed(id, found.text, search) ? statements : [])))];
      const trials: Trial[] = [{}, { must }];
      const alongside = given.length > 0 ? trials.map((trial) => ({ ...trial, given })) : [];
      return (
        (await firstThatHolds(db, each(found.plain), question, trials)) ??
        (found.used ? undefined : await firstThatHolds(db, each([found.forServer]), question, [{ server: 'may' }])) ??
        (await firstThatHolds(db, each([...found.plain, ...found.narrowed]), question, [...trials, ...alongside])) ??
        // Whatever the app does with it stops; where that is, is told with it.
        (await firstThatHolds(db, each([found.forServer]), question, [{ server: 'may' }]))
      );
    },
    leaky.until,
  );
  const power = await shared(lanes, gained, (db, one) => fixOfPower(db, one, { ...search, meant, gained }), leaky.until);
  return { objects: byId([...ofTables, ...ofOthers]), power };
}

/** Tries of each object: to look through all of them for each of hundreds takes its time. */
function byObject(tried: readonly Tried[]): ReadonlyMap<string, readonly Tried[]> {
  const found = new Map<string, Tried[]>();
  for (const one of tried) {
    const own = found.get(one.attempt.object);
    if (own) own.push(one);
    else found.set(one.attempt.object, [one]);
  }
  return found;
}

const isNamed = (id: string, text: string, { relations }: Search): boolean => wordIn(relations.get(id)?.name ?? id).test(text);

async function fixOfTable(db: Queryable, relation: Relation, question: Question, search: Search): Promise<TriedFix | undefined> {
  const owned = search.worlds.ownership.belonging(relation);
  const candidates = owned ? tableFixes(relation, question, search, search.staff) : each(referenceFixes(relation, question, search.staff));
  const trials: Trial[] = [
    {},
    { must: owned ? isOwners : reads },
    // Whose rows they are cannot be told, so nobody but who runs the app is known to be meant.
    ...(!owned && question.kept.some(isAdmins) ? [{ must: isAdmins }] : []),
  ];
  // A row of one's own among those of somebody else is a question once nobody can put it there in the other's name.
  const closes = ({ attempt: { variant } }: Tried): boolean => variant !== 'into' && variant !== 'move';
  const some = question.leaks.filter(closes).length;
  const partly = some > 0 && some < question.leaks.length ? trials.map((trial) => ({ ...trial, closes })) : [];
  const found = await firstThatHolds(db, candidates, question, [...trials, ...partly]);
  if (found) return found;
  const shut = closing(relation, question).slice(-1);
  const used = wantedOf(relation, question).some((verb) => search.uses.touches(relation.name, verb));
  if (isServers(question) || !used) {
    const left = await firstThatHolds(db, each(shut), question, [{ server: 'must' }]);
    if (left) return left;
  }
  // The app works by the hole itself: closing it stops what it does, and where that is, is told with it.
  const last = each([...shut, withoutGrants(relation, question)].filter((one) => one.length > 0));
  return firstThatHolds(db, last, question, [
    ...(owned && question.kept.some(isAdmins) ? [{ must: isAdmins }] : []),
    { server: 'must' },
    { server: 'may' },
  ]);
}

async function fixOfBucket(db: Queryable, bucket: LiveBucket, question: Question, search: Search): Promise<TriedFix | undefined> {
  const verbs = [...new Set(question.leaks.map(({ attempt }) => attempt.verb))];
  if (isServers(question) && search.uses.filesAt(bucket.id, verbs).length === 0) {
    const closed = await firstThatHolds(db, each(closingBucket(bucket, question)), question, [{ server: 'must' }]);
    if (closed) return closed;
  }
  const candidates = each(bucketFixes(bucket, question, search, search.staff, search.uses.uploads(bucket.id)));
  return (
    (await firstThatHolds(db, candidates, question, [{}, { must: isOwners }])) ??
    (await firstThatHolds(db, candidates, question, [{ server: 'may' }]))
  );
}

/** Where the app's own code does what somebody did with it. */
const usesOf =
  (id: string, { kind, name }: ProvedObject, { uses, catalog }: Leaky) =>
  (ended: readonly Tried[]): readonly Place[] => {
    if (ended.length === 0) return [];
    if (kind === 'bucket') return uses.filesAt(name, [...new Set(ended.map(({ attempt }) => attempt.verb))]);
    if (kind === 'function') return uses.callsAt(catalog.routines.find((one) => one.id === id)?.name ?? name);
    return uses.touchesAt(name, [...new Set(ended.map(({ attempt }) => attempt.verb))].filter(isVerb));
  };

const isVerb = (verb: CellVerb): verb is Verb => verb === 'select' || verb === 'insert' || verb === 'update' || verb === 'delete';

/** What let them through was meant for the server, which needs no policy: so says its name. */
const isServers = ({ culprits }: Question): boolean =>
  culprits.length > 0 &&
  culprits.every(({ name }) =>
    /\b(?:service|system|sistema|servi[cç]o|servidor|server|backend|edge|webhook|trigger|internal)/i.test(name.replaceAll('_', ' ')),
  );

const reads = ({ attempt }: Tried): boolean => attempt.verb === 'select';
const isOwners = ({ attempt }: Tried): boolean => attempt.who === 'owner';
const isAdmins = ({ attempt }: Tried): boolean => attempt.who === 'admin';

interface Found {
  /** Settings and grants. */
  readonly plain: readonly (readonly string[])[];
  /** Its text changed. */
  readonly narrowed: readonly (readonly string[])[];
  /** Where the tables are named that it stands on. */
  readonly text: string;
  /** Takes it from the browser. */
  readonly forServer: readonly string[];
  /** Whether the app uses it from there. */
  readonly used: boolean;
}

async function fixesOfView(db: Queryable, { id, question }: Asked, search: Search): Promise<Found | undefined> {
  const view = search.relations.get(id);
  if (!view) return undefined;
  const definition = await definitionOf(db, view);
  const used = (['select', 'insert', 'update', 'delete'] as const satisfies readonly Verb[]).some((verb) =>
    search.uses.touches(view.name, verb),
  );
  return {
    plain: viewFixes(view, question),
    narrowed: narrowedViews(view, definition, search, search.staff),
    text: definition.text,
    forServer: viewForServer(view),
    used,
  };
}

async function fixesOfFunction(db: Queryable, { id, question }: Asked, search: Search): Promise<Found | undefined> {
  const routine = search.catalog.routines.find((one) => one.id === id);
  if (!routine) return undefined;
  return {
    plain: functionFixes(routine, question),
    narrowed: await guardedFunctions(db, routine, search, search.staff),
    text: routine.reaches,
    forServer: functionForServer(routine),
    used: search.uses.calls(routine.name),
  };
}

/** Looks for each correction in the next database that is free; in the order in which they were asked for. */
async function shared<T>(
  lanes: readonly Queryable[],
  asked: readonly T[],
  search: (db: Queryable, one: T) => Promise<TriedFix | undefined>,
  until = Infinity,
): Promise<Map<T, TriedFix>> {
  const found = await overLanes(lanes, asked, async (db, one) => (performance.now() < until ? search(db, one) : undefined));
  return new Map(asked.flatMap((one, index) => (found[index] ? [[one, found[index]] as const] : [])));
}

const byId = (found: readonly (readonly [Asked, TriedFix])[]): Map<string, TriedFix> => new Map(found.map(([{ id }, fix]) => [id, fix]));

/** What else must go on working: tables whose policies ask the function, functions that call it, and other buckets that share a policy. */
function standsOn({ id, object }: Asked, objects: Judged, { relations, routines }: LiveCatalog): ReadonlySet<string> {
  if (object.kind === 'bucket') return new Set([...objects.keys()].filter((other) => other !== id && other.startsWith('storage.')));
  const name = object.kind === 'function' ? routines.find((routine) => routine.id === id)?.name : undefined;
  if (name === undefined) return new Set();
  const asks = ({ policies }: Relation): boolean => policies.some(({ using = '', check = '' }) => `${using} ${check}`.includes(`${name}(`));
  const calls = routines.filter((one) => one.id !== id && wordIn(name).test(one.reaches));
  return new Set([...relations.filter(asks), ...calls].map((one) => one.id));
}
