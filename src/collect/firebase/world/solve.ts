import { applicable, decide } from '../evaluate/decide.ts';
import { Evaluation } from '../evaluate/expression.ts';
import { rootOf } from '../evaluate/scene.ts';
import { Exhausted, shown, type Value } from '../evaluate/value.ts';
import type { Allow, Ruleset } from '../language/syntax.ts';
import { demand, provide } from './demand.ts';
import type { Edit, Step } from './edits.ts';
import { type Candidate, explore } from './explore.ts';
import { at, keyFor, keyOfWorld, sceneOf, withAt, type World } from './world.ts';

/** A world in which the request is allowed, and what had to be made so. */
export interface Solution {
  readonly world: World;
  readonly edits: readonly Edit[];
  readonly by: Allow;
}

export interface Search {
  /** What an edit costs; nothing when it is not to be made. */
  cost(edit: Edit, world: World): number | undefined;
  /** Worlds looked at before giving up. */
  readonly limit: number;
  /** True when what is allowed is what is looked for. */
  accepts?(world: World): boolean;
}

type Reached = Candidate<World, Edit>;

/** Looks for the cheapest way to make the rules allow a request: by what is stored, what is sent, or what is asked for. */
export function solve(ruleset: Ruleset, start: World, now: number, search: Search): Solution | undefined {
  // A rule that takes too long takes as long in the next world.
  let hopeless = false;
  const reached = explore<World, Edit, Allow>(start, {
    limit: search.limit,
    look(world) {
      const { outcome, by, because } = decide(ruleset, sceneOf(world, now));
      hopeless ||= outcome === 'unsure' && /too (?:many|large|deep)/.test(because ?? '');
      return outcome === 'allowed' && (search.accepts?.(world) ?? true) ? by : undefined;
    },
    next: (here) => (hopeless ? [] : stepsFrom(ruleset, here.world, now).flatMap((step) => applied(here, step, search) ?? [])),
    name: ({ edits }) => JSON.stringify(edits.map(nameOf).toSorted()),
  });
  return reached && { world: reached.world, edits: reached.edits, by: reached.found };
}

/** The same place in two edits means that the later one counts. */
const placeOf = ({ location }: Edit): string =>
  location.base === 'path'
    ? `path ${location.part}`
    : `${location.base} ${location.base === 'doc' ? location.key : ''} ${location.keys.join('\u0000')}`;
const nameOf = (edit: Edit): string => `${placeOf(edit)} ${edit.value ? shown(edit.value) : '-'}`;

function applied({ world, edits, cost }: Reached, step: Step, search: Search): Reached | undefined {
  let next = world;
  let sum = cost;
  for (const edit of step) {
    const price = search.cost(edit, next);
    const changed = price === undefined ? undefined : withEdit(next, edit);
    if (price === undefined || !changed) return undefined;
    next = changed;
    sum += price;
  }
  const places = new Set(step.map(placeOf));
  return { world: next, edits: [...edits.filter((edit) => !places.has(placeOf(edit))), ...step], cost: sum };
}

/** What could be tried next: what each allow that speaks about the request asks for. */
function stepsFrom(ruleset: Ruleset, world: World, now: number): Step[] {
  const scene = sceneOf(world, now);
  const run = new Evaluation(scene);
  const asking = {
    run,
    own: keyOfWorld(world),
    mark: world.caller.mark,
    sent: world.sent,
    before: world.docs.get(keyOfWorld(world)),
    depth: 0,
    budget: { left: 4000 },
    demand,
    provide,
  };
  try {
    return applicable(ruleset, scene).flatMap(({ allow, frame }) => {
      if (!allow.condition) return [];
      return demand(allow.condition, true, frame, { ...asking, depth: 0 });
    });
  } catch (error) {
    if (error instanceof Exhausted) return [];
    throw error;
  }
}

/** The world with an edit made; nothing when it cannot be. */
export function withEdit(world: World, { location, value, creates }: Edit): World | undefined {
  switch (location.base) {
    case 'sent':
      return location.keys.length === 0 ? undefined : { ...world, sent: withAt(world.sent, location.keys, value) };
    case 'token':
      return {
        ...world,
        caller: { ...world.caller, claims: withAt({ is: 'map', fields: world.caller.claims }, location.keys, value).fields },
      };
    case 'where':
      return withCondition(world, location.keys, value);
    case 'query':
      return withQuery(world, location.keys[0] ?? '', value);
    case 'path':
      return value?.is === 'string' ? moved(world, location.part, value.value) : undefined;
    case 'doc':
      return withDocument(world, location.key, location.keys, value, creates === true);
  }
}

function withDocument(world: World, key: string, keys: readonly string[], value: Value | undefined, creates: boolean): World | undefined {
  const docs = new Map(world.docs);
  if (keys.length > 0) docs.set(key, withAt(docs.get(key), keys, value));
  else if (!value) docs.delete(key);
  else if (value.is === 'map') docs.set(key, creates ? (docs.get(key) ?? value) : value);
  else return undefined;
  return { ...world, docs };
}

function withCondition(world: World, keys: readonly string[], value: Value | undefined): World | undefined {
  if (!value || keys.length === 0 || world.where.size > 6) return undefined;
  const isMember = value.is === 'list' && value.items.length === 1;
  const condition = isMember
    ? ({ operator: 'array-contains', value: value.items[0] as Value } as const)
    : ({ operator: '==', value } as const);
  return { ...world, where: new Map([...world.where, [keys.join('.'), condition]]) };
}

function withQuery(world: World, name: string, value: Value | undefined): World | undefined {
  if (name === 'limit' && value?.is === 'int' && value.value > 0) return { ...world, query: { ...world.query, limit: value.value } };
  if (name === 'offset' && value?.is === 'int') return { ...world, query: { ...world.query, offset: value.value } };
  return name === 'orderBy' && value?.is === 'string' ? { ...world, query: { ...world.query, orderBy: value.value } } : undefined;
}

/** Another name for one part of the path: the document moves, and so does what lies below. */
function moved(world: World, part: number, name: string): World | undefined {
  const index = part === -1 ? world.path.length - 1 : part - rootOf(world.product).length;
  if (name === '' || name.includes('/') || world.path[index] === undefined) return undefined;
  if (world.method === 'list' && index === world.path.length - 1) return { ...world, documentId: name };
  const from = keyFor(world.product, world.path.slice(0, index + 1));
  const path = world.path.map((old, each) => (each === index ? name : old));
  const to = keyFor(world.product, path.slice(0, index + 1));
  const docs = new Map(
    [...world.docs].map(([key, doc]) => [key === from || key.startsWith(`${from}/`) ? to + key.slice(from.length) : key, doc] as const),
  );
  return { ...world, path, docs };
}

/** True when a query with these conditions brings this document. */
export function brings(world: World, key: string): boolean {
  const doc = world.docs.get(key);
  const [folder, id] = [key.slice(0, key.lastIndexOf('/')), key.slice(key.lastIndexOf('/') + 1)];
  if (!doc || folder !== keyFor(world.product, world.path.slice(0, -1)) || (world.documentId !== undefined && world.documentId !== id))
    return false;
  return [...world.where].every(([field, { operator, value }]) => {
    const stored = at(doc, field.split('.'));
    if (!stored) return false;
    return operator === '=='
      ? shown(stored) === shown(value)
      : stored.is === 'list' && stored.items.some((item) => shown(item) === shown(value));
  });
}
