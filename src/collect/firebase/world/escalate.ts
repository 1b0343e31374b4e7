import type { RulesEscalation, RulesVerb } from '../../../evidence/firebase-proof.ts';
import { decide } from '../evaluate/decide.ts';
import { type MapValue, shown, type Value } from '../evaluate/value.ts';
import type { Allow, Ruleset } from '../language/syntax.ts';
import { type Cite, type Entitled, grants, requestOf, sending, type Tries, withStranger } from './attempts.ts';
import type { Edit } from './edits.ts';
import { marks } from './owner.ts';
import { pathOfKey } from './places.ts';
import { solve, withEdit } from './solve.ts';
import { at, callerOf, keyOfWorld, renamed, sceneOf, type World } from './world.ts';

const actors = ['newcomer', 'stranger'] as const;
type Actor = (typeof actors)[number];

/** A document that somebody made or changed by himself, and what it says of him. */
interface Gained {
  readonly world: World;
  readonly by: Allow;
  readonly edits: readonly Edit[];
}

/**
 * What lets colleagues and administrators in is kept in documents. Ordinary accounts try to write the same about themselves, one document after
 * the other, and then try again what they were refused. Yields one escalation for each document that opened something.
 */
export function escalations(
  ruleset: Ruleset,
  tries: Tries,
  objectOf: (allow: Allow) => string,
  now: number,
  cite: Cite,
): RulesEscalation[] {
  const found = new Map<string, RulesEscalation>();
  for (const entitled of tries.entitled)
    for (const who of actors) {
      const refused = tries.cells.some(
        (cell) => cell.who === who && cell.verb === entitled.verb && cell.outcome === 'got' && cell.variant !== 'own',
      );
      if (refused) continue;
      const gained = gain(ruleset, entitled, who, tries, now);
      const last = gained?.at(-1);
      if (!gained || !last) continue;
      const object = objectOf(last.by);
      const [edit] = last.edits.filter(({ location }) => 'keys' in location && location.keys.length > 0);
      const column = edit && 'keys' in edit.location ? edit.location.keys.join('.') : undefined;
      const value = edit?.value && shown(edit.value);
      const told = value === undefined ? '' : inWords(value, who);
      const key = `${object} ${column ?? ''} ${told}`;
      if (found.has(key)) continue;
      const { place, text } = cite(last.by);
      found.set(key, {
        kind: last.world.method === 'create' ? 'self-insert' : 'own-column',
        who,
        what: column === undefined ? `adds a document about himself to ${object}` : `sets ${column} to ${told} in ${object}`,
        object,
        ...(column !== undefined && { column }),
        ...(value !== undefined && { value }),
        request: gained.map(({ world }) => requestOf(world)).join('; then '),
        place,
        text,
        unlocks: unlocked(ruleset, tries, entitled, who, last.world, now),
      });
    }
  return [...found.values()];
}

/** A value of ours in the reader's words. */
export const inWords = (value: string, who: Actor): string =>
  value.includes(marks.owner) ? 'that of another customer' : value.includes(marks[who]) ? 'his own id' : value;

/** Writes the documents that the entitled one was let in by, about the actor himself; nothing when one of them is refused, or opens nothing. */
function gain(ruleset: Ruleset, entitled: Entitled, who: Actor, tries: Tries, now: number): Gained[] | undefined {
  const mark = marks[entitled.who];
  const edits = entitled.solution.edits.filter((edit) => grants(edit, mark));
  const start = tries.worlds.get(entitled.verb);
  if (!start || edits.some(({ location }) => location.base !== 'doc')) return undefined;
  const change = (name: string): string => name.replaceAll(mark, marks[who]);
  let docs = withStranger(start).docs;
  const steps: Gained[] = [];
  const keys = [...new Set(edits.map(({ location }) => (location.base === 'doc' ? location.key : '')))];
  for (const key of keys) {
    const mine = edits.filter(({ location }) => location.base === 'doc' && location.key === key).map((edit) => forActor(edit, change));
    const made = write(ruleset, { ...start, docs, caller: callerOf(marks[who]) }, change(key), mine, now);
    if (!made) return undefined;
    steps.push(...made);
    docs = (made.at(-1) as Gained).world.docs;
  }
  const last = steps.at(-1);
  return last && reaches(ruleset, entitled, who, last.world, now) ? steps : undefined;
}

function forActor(edit: Edit, change: (name: string) => string): Edit {
  const { location, value } = edit;
  if (location.base !== 'doc') return edit;
  return {
    ...edit,
    location: { ...location, key: change(location.key), keys: location.keys.map(change) },
    ...(value && { value: renamed(value, change) }),
  };
}

/** One document written as the rules allow it: made with the wanted fields in it, changed to have them, or made without and then changed. */
function write(ruleset: Ruleset, start: World, key: string, edits: readonly Edit[], now: number): Gained[] | undefined {
  const path = pathOfKey(key);
  const fields = edits.filter(({ location }) => location.base === 'doc' && location.keys.length > 0);
  const fixed = new Set(fields.map(({ location }) => (location.base === 'doc' ? (location.keys[0] ?? '') : '')));
  const there = start.docs.get(key);
  const wanted = (doc: MapValue | undefined): MapValue => {
    const world = { ...start, product: 'firestore' as const, docs: new Map(doc ? [[key, doc]] : []) };
    const made = fields.reduce((now, edit) => withEdit(now, edit) ?? now, world as World);
    return made.docs.get(key) ?? { is: 'map', fields: new Map() };
  };
  const request = (docs: World['docs'], method: 'create' | 'update', sent: MapValue): Gained | undefined => {
    const solved = solve(ruleset, { ...start, product: ruleset.product, path, docs, method, sent }, now, sending(60, fixed));
    if (!solved || !fields.every(({ location, value }) => location.base === 'doc' && same(at(solved.world.sent, location.keys), value)))
      return undefined;
    const next = new Map([...docs, [key, solved.world.sent] as const]);
    return { world: { ...solved.world, docs: next }, by: solved.by, edits };
  };
  if (there) {
    const changed = request(start.docs, 'update', wanted(there));
    return changed && [changed];
  }
  const made = request(start.docs, 'create', wanted(undefined));
  if (made) return [made];
  if (fields.length === 0) return undefined;
  const plain = solve(ruleset, { ...start, path, method: 'create', sent: { is: 'map', fields: new Map() } }, now, sending(60, new Set()));
  if (!plain) return undefined;
  const docs = new Map([...start.docs, [key, plain.world.sent] as const]);
  const changed = request(docs, 'update', wanted(plain.world.sent));
  return changed && [{ world: { ...plain.world, docs }, by: plain.by, edits }, changed];
}

const same = (a: Value | undefined, b: Value | undefined): boolean => (a && shown(a)) === (b && shown(b));

/** Whether what the entitled one did works for the actor in the database as he has made it. */
function reaches(ruleset: Ruleset, { solution, who: as }: Entitled, who: Actor, world: World, now: number): boolean {
  const change = (name: string): string => name.replaceAll(marks[as], marks[who]);
  const { world: theirs } = solution;
  const docs = new Map(world.docs);
  const again: World = { ...theirs, docs, caller: callerOf(marks[who]), sent: renamed(theirs.sent, change) as MapValue };
  return decide(ruleset, sceneOf(again, now)).outcome === 'allowed';
}

function unlocked(
  ruleset: Ruleset,
  tries: Tries,
  first: Entitled,
  who: Actor,
  world: World,
  now: number,
): { object: string; verbs: RulesVerb[] }[] {
  const verbs = tries.entitled.filter((other) => {
    if (other.who !== first.who) return false;
    const start = tries.worlds.get(other.verb);
    const docs = new Map([
      ...(start ? withStranger(start).docs : []),
      ...[...world.docs].filter(([key]) => !start || key !== keyOfWorld(start)),
    ]);
    return other === first || reaches(ruleset, other, who, { ...world, docs }, now);
  });
  return [{ object: '', verbs: [...new Set(verbs.map(({ verb }) => verb))] }];
}
