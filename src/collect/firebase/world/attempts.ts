import type { RulesCell, RulesVerb } from '../../../evidence/firebase-proof.ts';
import type { PersonaName } from '../../../evidence/isolation.ts';
import { decide, type Decision } from '../evaluate/decide.ts';

import { type MapValue, shown, type Unknown, type Value } from '../evaluate/value.ts';
import type { Allow, Ruleset } from '../language/syntax.ts';
import type { Edit } from './edits.ts';
import { changedFields, changes, changesOf, doAs, listAs, marks, type Owned } from './owner.ts';
import type { Spot } from './places.ts';
import { powerOf } from './power.ts';
import { solve, type Search, type Solution } from './solve.ts';
import { type Caller, callerOf, keyFor, keyOfWorld, mentions, renamed, sceneOf, visitor, type World } from './world.ts';

export const allVerbs = ['get', 'list', 'create', 'update', 'delete'] as const;

/** How somebody with rights of his own does what the owner does, for one verb. */
export interface Entitled {
  readonly verb: RulesVerb;
  readonly who: 'peer' | 'admin';
  readonly solution: Solution;
}

/** What everybody's tries came to, and what let those in who are meant to be. */
export interface Tries {
  readonly cells: readonly RulesCell[];
  readonly entitled: readonly Entitled[];
  /** The world that each verb was tried in. */
  readonly worlds: ReadonlyMap<RulesVerb, World>;
}

export type Cite = (allow: Allow) => NonNullable<RulesCell['through']>;

/** Lets everybody try each verb on what is the owner's. */
export function tryAll(ruleset: Ruleset, spot: Spot, owned: Owned, now: number, cite: Cite): Tries {
  const cells: RulesCell[] = [];
  const entitled: Entitled[] = [];
  const worlds = new Map<RulesVerb, World>();
  for (const verb of allVerbs) {
    const own = verb === 'create' ? owned.creates : owned.can.get(verb);
    const world: World = verb === 'create' ? created(owned) : { ...(own?.world ?? owned.start), method: verb };
    worlds.set(verb, world);
    const owner = own ? got('owner', own.world, own.by, cite) : refusal(ruleset, 'owner', { ...owned.start, method: verb }, now);
    const here: RulesCell[] = [owner];
    for (const who of ['peer', 'admin'] as const) {
      const solution = entitle(ruleset, world, who, now);
      if (!solution) continue;
      entitled.push({ verb, who, solution });
      here.push(got(who, solution.world, solution.by, cite));
    }
    for (const who of ['anon', 'newcomer', 'stranger'] as const) here.push(...tryAs(ruleset, who, withStranger(world), now, cite));
    const controlled = here.some(({ who, outcome }) => outcome === 'got' && ['owner', 'peer', 'admin'].includes(who));
    const closed = isClosed(ruleset, world, spot, now);
    cells.push(...(controlled || closed ? here : here.map(uncontrolled)));
  }
  return { cells, entitled, worlds };
}

/** Where not even the owner gets through, that others do not says nothing. */
const uncontrolled = (cell: RulesCell): RulesCell =>
  cell.outcome === 'refused' || cell.outcome === 'nothing'
    ? {
        ...cell,
        outcome: 'undecided',
        because: 'no way was found for the owner or an administrator to get through, so a refusal proves nothing',
      }
    : cell;

/** No rule lets anybody through, whatever is stored and whoever asks: there is none, each says `false`, or each fails in any case. */
function isClosed(ruleset: Ruleset, world: World, spot: Spot, now: number): boolean {
  const scene = sceneOf(world, now);
  const open: Unknown = { is: 'any', because: 'unresolved', why: 'nothing is known' };
  const path = scene.path.map((part, index) => (spot.pattern[index]?.is === 'text' ? part : open));
  const anything = { is: 'map', fields: new Map(), open } as const;
  const { tried, outcome } = decide(ruleset, {
    ...scene,
    path,
    auth: open,
    unknown: open,
    ...(scene.before && { before: anything }),
    ...(scene.sent && { sent: anything }),
  });
  return outcome === 'refused' && tried.every(({ value }) => value.is !== 'any');
}

/** The world in which the owner's document is about to be made, by him or in his name. */
function created({ start, creates }: Owned): World {
  const world: World = { ...(creates?.world ?? start), method: 'create' };
  const docs = new Map(world.docs);
  docs.delete(keyOfWorld(world));
  return { ...world, docs, caller: start.caller };
}

/** A colleague is let in by what is kept about him; an administrator by the power that he has. The document stays as it is. */
function entitle(ruleset: Ruleset, world: World, who: 'peer' | 'admin', now: number): Solution | undefined {
  const mark = marks[who];
  const search = (limit: number): Search => ({
    limit,
    cost(edit, at) {
      const { location } = edit;
      if (['sent', 'where', 'query'].includes(location.base)) return 1;
      if (location.base === 'path' || (location.base === 'doc' && location.key === keyOfWorld(at))) return undefined;
      const gained = powerOf(edit, mark, marks.owner);
      if (who === 'peer') return gained === 'own' ? 2 : gained === 'member' ? 3 : undefined;
      // A role kept in a document can be tried by others as well; a claim of the token cannot.
      return location.base === 'token' ? 15 : { own: 2, member: 40, tenant: 5, global: 4 }[gained];
    },
  });
  const found = doAs(ruleset, { ...world, caller: callerOf(mark) }, world.method, now, search);
  return found && found.edits.some((edit) => grants(edit, mark)) ? found : undefined;
}

/** True for an edit without which he would not have been let in: something kept about him. */
export const grants = (edit: Edit, mark: string): boolean =>
  edit.location.base === 'token' || (edit.location.base === 'doc' && (edit.location.key.includes(mark) || mentions(edit.value, mark)));

/** The world with everything that the owner has there once more for the stranger. */
export function withStranger(world: World): World {
  const change = (name: string): string => name.replaceAll(marks.owner, marks.stranger);
  const docs = new Map(world.docs);
  for (const [key, doc] of world.docs)
    if (key.includes(marks.owner) && !docs.has(change(key))) docs.set(change(key), renamed(doc, change) as MapValue);
  return { ...world, docs };
}

function callerFor(who: PersonaName, owner: Caller): Caller {
  if (who === 'anon') return visitor;
  if (who === 'newcomer') return callerOf(marks.newcomer);
  const change = (name: string): string => name.replaceAll(marks.owner, marks.stranger);
  const { fields } = renamed({ is: 'map', fields: owner.claims }, change) as MapValue;
  return { mark: marks.stranger, uid: `uid-${marks.stranger}`, claims: fields };
}

type Outsider = 'anon' | 'newcomer' | 'stranger';

function tryAs(ruleset: Ruleset, who: Outsider, world: World, now: number, cite: Cite): RulesCell[] {
  const { documentId: _, ...asked } = world;
  const mine: World = { ...asked, caller: callerFor(who, world.caller), where: new Map(), query: {} };
  if (world.method === 'create') return tryCreate(ruleset, who, mine, now, cite);
  if (world.method === 'update') return [tryUpdate(ruleset, who, mine, world, now, cite)];
  if (world.method === 'list') {
    const found = listAs(ruleset, mine, now, sending(60, new Set()));
    if (found) return [got(who, found.world, found.by, cite)];
    const { outcome, because } = decide(ruleset, sceneOf(mine, now));
    if (outcome !== 'allowed') return [answered(who, mine, { outcome, ...(because !== undefined && { because }), tried: [] })];
    return [cell(who, mine, 'nothing', 'The query is allowed, and the document is not among what it brings.')];
  }
  const decision = decide(ruleset, sceneOf(mine, now));
  return [decision.by ? got(who, mine, decision.by, cite) : answered(who, mine, decision)];
}

/** An outsider chooses what he sends and asks for; what is stored he has to take as it is. */
export const sending = (limit: number, fixed: ReadonlySet<string>): Search => ({
  limit,
  cost: ({ location }) => {
    if (location.base === 'sent') return fixed.has(location.keys[0] ?? '') ? undefined : 1;
    return location.base === 'where' || location.base === 'query' ? 1 : undefined;
  },
});

function tryUpdate(ruleset: Ruleset, who: Outsider, mine: World, owners: World, now: number, cite: Cite): RulesCell {
  const starts = [owners.sent, ...changesOf(mine)];
  const columns = new Set<string>();
  let first: { world: World; by: Allow } | undefined;
  for (const sent of starts) {
    const found = solve(ruleset, { ...mine, sent }, now, { ...sending(first ? 1 : 25, new Set()), accepts: changes });
    if (!found) continue;
    first ??= found;
    for (const name of changedFields(found.world)) columns.add(name);
  }
  if (first) {
    const takes = changedFields(first.world).some((name) =>
      mentions(first.world.sent.fields.get(name), `uid-${marks[who === 'anon' ? 'stranger' : who]}`),
    );
    return { ...got(who, first.world, first.by, cite), columns: [...columns].toSorted(), ...(takes && { variant: 'take' as const }) };
  }
  return sure(ruleset, who, mine, new Set(), now);
}

/** Refused whatever he sends; or it cannot be told. */
function sure(ruleset: Ruleset, who: PersonaName, world: World, fixed: ReadonlySet<string>, now: number): RulesCell {
  const kept = new Map([...world.sent.fields].filter(([name]) => fixed.has(name)));
  const open = { is: 'any', because: 'sent', why: 'whether something else that he could send would be let through' } as const;
  const scene = { ...sceneOf(world, now), sent: { is: 'map', fields: kept, open } as const };
  return answered(who, world, decide(ruleset, scene));
}

/** Names of fields by which what is sent says whose it is. */
export const tiesOf = ({ sent, docs, ...world }: World, mark: string): Set<string> => {
  const kept = [...docs].filter(([key]) => key !== keyFor(world.product, world.path));
  // The name of the tenant, as it stands in what is kept about the owner.
  const ofTenant = (value: Value): boolean =>
    value.is === 'string' &&
    value.value.includes(mark) &&
    kept.some(([key, doc]) => key.includes(value.value) || mentions(doc, value.value));
  const tied = (value: Value): boolean => mentions(value, `uid-${mark}`) || mentions(value, `${mark}@`) || ofTenant(value);
  return new Set([...sent.fields].filter(([, value]) => tied(value)).map(([name]) => name));
};

function tryCreate(ruleset: Ruleset, who: Outsider, mine: World, now: number, cite: Cite): RulesCell[] {
  const { owner } = marks;
  const ties = tiesOf(mine, owner);
  const inPath = mine.path.some((part, index) => part.includes(owner) && (index < mine.path.length - 1 || part.includes('uid-')));
  const found: RulesCell[] = [];
  if (ties.size > 0 || inPath) {
    const solved = solve(ruleset, mine, now, sending(40, ties));
    const as = solved ? got(who, solved.world, solved.by, cite) : sure(ruleset, who, mine, ties, now);
    found.push({ ...as, variant: 'as-victim' });
  }
  const change = (name: string): string => name.replaceAll(owner, mine.caller.mark);
  const own: World = { ...mine, path: mine.path.map(change), sent: renamed(mine.sent, change) as MapValue };
  const solved = solve(ruleset, own, now, sending(40, new Set()));
  const mineToo = solved ? got(who, solved.world, solved.by, cite) : sure(ruleset, who, own, new Set(), now);
  found.push(ties.size > 0 || inPath ? { ...mineToo, variant: 'own' } : mineToo);
  return found;
}

/** A request in words, as an engineer would write it down. */
export function requestOf(world: World): string {
  const { method, path, caller, sent } = world;
  const place = `/${(method === 'list' ? path.slice(0, -1) : path).join('/')}`;
  const who = caller.uid === undefined ? 'without signing in' : `as ${caller.uid}`;
  const conditions = [...world.where].map(([field, { operator, value }]) => `${field} ${operator} ${shown(value)}`);
  if (world.documentId !== undefined) conditions.push(`documentId == "${world.documentId}"`);
  const query = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const limit = world.query.limit === undefined ? '' : ` limit ${world.query.limit}`;
  const body = method === 'create' || method === 'update' ? ` with ${shown(sent).slice(0, 300)}` : '';
  return `${method} ${place}${query}${limit} ${who}${body}`;
}

const cell = (who: PersonaName, world: World, outcome: RulesCell['outcome'], answer: string): RulesCell => ({
  verb: world.method,
  who,
  outcome,
  request: requestOf(world),
  answer,
});

const brought: Readonly<Record<RulesVerb, string>> = {
  get: 'The document came back',
  list: 'The document is among what came back',
  create: 'The document is there',
  update: 'The document is changed',
  delete: 'The document is gone',
};

function got(who: PersonaName, world: World, by: Allow, cite: Cite): RulesCell {
  const doc = world.docs.get(keyFor(world.product, world.path));
  const seen = world.method === 'get' || world.method === 'list' ? `: ${doc ? shown(doc).slice(0, 200) : world.path.at(-1)}` : '';
  return { ...cell(who, world, 'got', `${brought[world.method]}${seen}.`), through: cite(by) };
}

function answered(who: PersonaName, world: World, decision: Decision): RulesCell {
  if (decision.outcome === 'unsure')
    return { ...cell(who, world, 'undecided', 'It could not be told.'), because: decision.because ?? 'it takes too long' };
  return cell(who, world, 'refused', 'Permission denied.');
}

const refusal = (ruleset: Ruleset, who: PersonaName, world: World, now: number): RulesCell => {
  const decision = decide(ruleset, sceneOf(world, now));
  return answered(who, world, decision.outcome === 'allowed' ? { outcome: 'refused', tried: [] } : decision);
};
