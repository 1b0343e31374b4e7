import type { RulesObject } from '../../../evidence/firebase-proof.ts';
import { type MapValue, shown, text, type Value } from '../evaluate/value.ts';
import { marks } from '../world/owner.ts';
import { type Caller, callerOf, mentions, renamed, visitor } from '../world/world.ts';
import { emptyTree } from './evaluate.ts';
import type { RuleNode } from './parse.ts';
import { realtimeScene, type RealtimeWorld, storedAt } from './world.ts';

/** Data for a place: what the rules know of its fields, and something that is the owner's. */
export function dataFor(node: RuleNode, mark: string): Value {
  const one = (inner: RuleNode): MapValue => ({
    is: 'map',
    fields: new Map<string, Value>([
      ['note', text(`${mark}-note`)],
      ...[...inner.children].filter(([, { read }]) => !read).map(([name]): [string, Value] => [name, text(`${mark}-${name}`)]),
    ]),
  });
  return node.any ? { is: 'map', fields: new Map([[`item-${mark}`, one(node.any.node)]]) } : one(node);
}

export const withData = (world: RealtimeWorld): RealtimeWorld => {
  const { next } = realtimeScene({ ...world, method: 'create' }, 0);
  return { ...world, stored: next.is === 'any' ? world.stored : next };
};
export const without = (world: RealtimeWorld): RealtimeWorld => {
  const { next } = realtimeScene({ ...world, method: 'delete' }, 0);
  return { ...world, method: 'create', stored: next.is === 'any' || next.is === 'null' ? emptyTree : next };
};

export function changed(world: RealtimeWorld): Value {
  const data = storedAt(world);
  return data?.is === 'map'
    ? { is: 'map', fields: new Map([...data.fields, ['note', text(`${world.caller.mark}-new`)]]) }
    : text(`${world.caller.mark}-new`);
}

/** Everything of the owner's once more for the stranger. */
export function withStranger(world: RealtimeWorld): RealtimeWorld {
  const change = (name: string): string => name.replaceAll(marks.owner, marks.stranger);
  const both = (own: Value, other: Value): Value => {
    if (own.is !== 'map' || other.is !== 'map') return own;
    const fields = new Map(other.fields);
    for (const [key, value] of own.fields) fields.set(key, both(value, fields.get(key) ?? value));
    return { is: 'map', fields };
  };
  return { ...world, stored: both(world.stored, renamed(world.stored, change)) };
}

export function callerFor(who: 'anon' | 'newcomer' | 'stranger', owner: Caller): Caller {
  if (who === 'anon') return visitor;
  if (who === 'newcomer') return callerOf(marks.newcomer);
  const { fields } = renamed({ is: 'map', fields: owner.claims }, (name) => name.replaceAll(marks.owner, marks.stranger)) as MapValue;
  return { mark: marks.stranger, uid: `uid-${marks.stranger}`, claims: fields };
}

/** A query that asks for what equals something brings only that. */
export const bringsAll = ({ query, caller }: RealtimeWorld): boolean =>
  ![...query].some(([name, value]) => /^(?:equalTo|startAt|endAt)$/.test(name) && mentions(value, caller.mark));

export function requestOf({ method, path, caller, sent, query }: RealtimeWorld): string {
  const who = caller.uid === undefined ? 'without signing in' : `as ${caller.uid}`;
  const asked = query.size > 0 ? ` where ${[...query].map(([name, value]) => `${name} ${shown(value)}`).join(', ')}` : '';
  return `${method} /${path.join('/')}${asked} ${who}${method === 'create' || method === 'update' ? ` with ${shown(sent).slice(0, 300)}` : ''}`;
}

/** What ties data to its owner: a part of the path, or a field. */
export function belongsIn(pattern: readonly string[], start: RealtimeWorld, worlds: readonly RealtimeWorld[]): RulesObject['belongs'] {
  const uid = `uid-${marks.owner}`;
  const inPath = start.path.indexOf(uid);
  if (inPath !== -1) return { to: 'user', path: [`{${(pattern[inPath] ?? '$').slice(1)}}`], told: 'rules' };
  const fields = [start, ...worlds].flatMap((world) => {
    const data = storedAt(world);
    return data?.is === 'map' ? [...data.fields] : [];
  });
  const tied = fields.find(([, value]) => mentions(value, uid));
  return tied && { to: 'user', path: [tied[0]], told: 'rules' };
}
