import type { Method } from '../evaluate/scene.ts';
import { shown, text, type MapValue, type Value } from '../evaluate/value.ts';
import type { Ruleset } from '../language/syntax.ts';
import { changedValue, type Edit } from './edits.ts';
import type { Spot } from './places.ts';
import { pathFor } from './places.ts';
import { isPublicMark, powerOf, snake } from './power.ts';
import { brings, solve, type Search, type Solution } from './solve.ts';
import { at, callerOf, keyOfWorld, mentions, type World } from './world.ts';

export const marks = { owner: 'ann7f', stranger: 'ben3c', newcomer: 'new9d', peer: 'pam5e', admin: 'adm2b' } as const;
const verbs = ['get', 'list', 'update', 'delete'] as const;
type Later = (typeof verbs)[number];

/** How the owner came to have the document, and how he does with it what he may. */
export interface Owned {
  /** The database with the owner's document in it, and the path of that document. */
  readonly start: World;
  readonly creates?: Solution;
  readonly can: ReadonlyMap<Later, Solution>;
  /** A field that makes the document public, without which even the owner does not read it. */
  readonly publishedBy?: string;
}

const own = (edit: Edit, world: World): boolean => edit.location.base === 'doc' && edit.location.key === keyOfWorld(world);

/** What it costs to make the owner the one the rules ask for: to tie the document to him is cheap, power is not for sale. */
export const ownerSearch = (limit: number, power: boolean): Search => ({
  limit,
  cost(edit, world) {
    const { location, value } = edit;
    const { mark } = world.caller;
    if (location.base === 'sent') return 1 + vague(edit, mark);
    if (location.base === 'where' || location.base === 'query') return 1;
    if (location.base === 'path') return value?.is === 'string' && value.value === world.caller.uid ? 1 : mentions(value, mark) ? 2 : 12;
    if (own(edit, world)) return ofOwn(edit, world, power);
    const gained = powerOf(edit, mark, mark);
    if (gained === 'own' || gained === 'member') return 3 + vague(edit, mark);
    return gained === 'tenant' ? 6 : power ? 30 : undefined;
  },
});

/** His own document may be the one that rules take his power from. */
function ofOwn(edit: Edit, world: World, power: boolean): number | undefined {
  const his = world.path.some((part) => part === world.caller.uid);
  const gained = his ? powerOf(edit, world.caller.mark, world.caller.mark) : 'own';
  return gained === 'global' || gained === 'tenant' ? (power ? 30 : undefined) : ofField(edit, world);
}

function ofField({ location, value }: Edit, world: World): number | undefined {
  if (location.base !== 'doc' || location.keys.length === 0) return undefined;
  if (!value) return 6;
  const stored = at(world.docs.get(location.key), location.keys);
  const again = stored ? 6 : 0;
  if (mentions(value, world.caller.mark)) return 1 + again;
  return (isPublicMark(location.keys.at(-1) ?? '', value) ? 20 : 4) + again + vague({ location, value }, world.caller.mark);
}

/** An id that is nobody's, or everybody's, ties a document to nobody. */
const vague = ({ location, value }: Edit, mark: string): number =>
  'keys' in location && /(?:^|_)(?:id|uid|uuid)s?$/.test(snake(location.keys.at(-1) ?? '')) && !mentions(value, mark) ? 20 : 0;

/** Lets the owner make his document, as the rules allow it, and read, change and delete it. */
export function ownedAt(ruleset: Ruleset, spot: Spot, known: Known, now: number): Owned {
  const { owner } = marks;
  const first: World = {
    product: ruleset.product,
    docs: new Map(),
    caller: callerOf(owner),
    path: pathFor(spot, ruleset.product, owner),
    method: 'create',
    sent: known.fields(owner),
    where: new Map(),
    query: {},
  };
  const creates = solve(ruleset, first, now, ownerSearch(120, false));
  // Where only an administrator makes such documents, what he would send is what the owner's looks like.
  const byAdmin = creates ? undefined : solve(ruleset, { ...first, caller: callerOf(marks.admin) }, now, ownerSearch(120, true));
  const made = creates?.world ?? { ...first, sent: byAdmin?.world.sent ?? first.sent };
  let start: World = { ...made, docs: new Map([...made.docs, [keyOfWorld(made), withSomething(made.sent, owner)]]), sent: made.sent };
  const reads = solve(ruleset, { ...start, method: 'get' }, now, ownerSearch(120, false));
  const publishedBy = reads && publicEdit(reads);
  if (reads) start = { ...reads.world, method: 'create' };
  const can = new Map<Later, Solution>();
  for (const verb of verbs) {
    const found = verb === 'get' ? reads : doAs(ruleset, start, verb, now, (limit) => ownerSearch(limit, false));
    if (found) can.set(verb, found);
  }
  return { start, ...(creates && { creates }), can, ...(publishedBy !== undefined && { publishedBy }) };
}

/** What is known of the fields of a document, from the code. */
export interface Known {
  fields(mark: string): MapValue;
}

/** A document has to hold something that could be lost. */
const withSomething = (doc: MapValue, mark: string): MapValue =>
  doc.fields.size > 0 ? doc : { is: 'map', fields: new Map([['note', text(`${mark}-note`)]]) };

const publicEdit = ({ edits, world }: Solution): string | undefined => {
  const found = edits.find(
    (edit) => own(edit, world) && 'keys' in edit.location && isPublicMark(edit.location.keys.at(-1) ?? '', edit.value),
  );
  return found && 'keys' in found.location && found.value && !mentions(found.value, world.caller.mark)
    ? `${found.location.keys.join('.')} == ${shown(found.value)}`
    : undefined;
};

/** Lets somebody do one thing with the document that is there; nothing when no way was found. */
export function doAs(ruleset: Ruleset, start: World, method: Method, now: number, search: (limit: number) => Search): Solution | undefined {
  if (method === 'list') return listAs(ruleset, { ...start, method }, now, search(60));
  if (method !== 'update') return solve(ruleset, { ...start, method }, now, search(80));
  for (const sent of changesOf(start)) {
    const found = solve(ruleset, { ...start, method, sent }, now, { ...search(40), accepts: changes });
    if (found) return found;
  }
  return undefined;
}

/** Asks for the documents of the collection, and for the one by its name: only a query that brings it counts. */
export function listAs(ruleset: Ruleset, world: World, now: number, search: Search): Solution | undefined {
  const accepting: Search = { ...search, accepts: (at) => brings(at, keyOfWorld(at)) };
  return solve(ruleset, world, now, accepting) ?? solve(ruleset, { ...world, documentId: world.path.at(-1) ?? '' }, now, accepting);
}

/** True when what is sent is not what is stored. */
export const changes = (world: World): boolean => changedFields(world).length > 0;

export function changedFields(world: World): string[] {
  const [before, after] = [world.docs.get(keyOfWorld(world))?.fields ?? new Map<string, Value>(), world.sent.fields];
  const same = (a: Value | undefined, b: Value | undefined): boolean => (a && shown(a)) === (b && shown(b));
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => !same(before.get(key), after.get(key)));
}

/** The document with one field changed, each in turn, and with one that nobody knows. */
export function changesOf(world: World): MapValue[] {
  const doc = world.docs.get(keyOfWorld(world)) ?? { is: 'map', fields: new Map<string, Value>() };
  const { mark } = world.caller;
  const free = [...doc.fields].filter(([, value]) => !mentions(value, 'uid-'));
  const names = [...free, ...[...doc.fields].filter(([, value]) => mentions(value, 'uid-'))].slice(0, 8);
  return [
    ...names.map(([name, value]): MapValue => ({ is: 'map', fields: new Map([...doc.fields, [name, changedValue(value, name, mark)]]) })),
    { is: 'map', fields: new Map<string, Value>([...doc.fields, ['note', text(`${mark}-new`)]]) },
    doc,
  ];
}
