import { map, NULL, shown, type Value } from '../evaluate/value.ts';
import type { Edit } from '../world/edits.ts';
import { explore } from '../world/explore.ts';
import { isPublicMark, powerOf, snake } from '../world/power.ts';
import { at, authOf, type Caller, mentions, withAt } from '../world/world.ts';
import { decideRealtime, type RealtimeDecision, type RealtimeScene } from './decide.ts';
import { demandRealtime, type RealtimeEdit } from './demand.ts';
import type { RealtimeRule, RuleNode } from './parse.ts';

/** A read or write in the making. */
export interface RealtimeWorld {
  readonly method: RealtimeScene['method'];
  readonly caller: Caller;
  readonly path: readonly string[];
  readonly stored: Value;
  readonly sent: Value;
  readonly query: ReadonlyMap<string, Value>;
  /** Names of the pattern, with the part of the path that each stands for. */
  readonly names: ReadonlyMap<string, number>;
}

export interface RealtimeSolution {
  readonly world: RealtimeWorld;
  readonly edits: readonly RealtimeEdit[];
  readonly by: RealtimeRule;
}

export interface RealtimeSearch {
  readonly limit: number;
  cost(edit: RealtimeEdit, world: RealtimeWorld): number | undefined;
  accepts?(world: RealtimeWorld): boolean;
}

export const storedAt = (world: RealtimeWorld, path = world.path): Value | undefined => at(world.stored, path);

export function realtimeScene(world: RealtimeWorld, now: number): RealtimeScene {
  const { method, path, stored } = world;
  const next = method === 'get' ? stored : planted(stored, path, method === 'delete' ? undefined : world.sent);
  return { method, path, auth: authOf(world.caller), now, stored, next, query: map(world.query) };
}

const planted = (tree: Value, path: readonly string[], value: Value | undefined): Value =>
  path.length === 0 ? (value ?? NULL) : withAt(tree, path, value?.is === 'null' ? undefined : value);

/** Looks for the cheapest way to make the rules allow it. */
export function solveRealtime(root: RuleNode, start: RealtimeWorld, now: number, search: RealtimeSearch): RealtimeSolution | undefined {
  const reached = explore<RealtimeWorld, RealtimeEdit, RealtimeRule>(start, {
    limit: search.limit,
    look(world) {
      const { outcome, by } = decideRealtime(root, realtimeScene(world, now));
      // To write nothing is to delete.
      if (world.sent.is === 'null' && (world.method === 'create' || world.method === 'update')) return undefined;
      return outcome === 'allowed' && (search.accepts?.(world) ?? true) ? by : undefined;
    },
    next: ({ world, edits, cost }) =>
      steps(decideRealtime(root, realtimeScene(world, now)), world.caller.mark).flatMap((edit) => {
        const price = search.cost(edit, world);
        const next = price === undefined ? undefined : withRealtimeEdit(world, edit);
        return next && price !== undefined
          ? [{ world: next, edits: [...edits.filter((one) => place(one) !== place(edit)), edit], cost: cost + price }]
          : [];
      }),
    name: ({ edits }) => JSON.stringify(edits.map((edit) => `${place(edit)} ${shown(edit.value)}`).toSorted()),
  });
  return reached && { world: reached.world, edits: reached.edits, by: reached.found };
}

const place = (edit: RealtimeEdit): string => `${edit.in} ${'path' in edit ? edit.path.join('/') : edit.name}`;

/** One of the grants has to come true, and every validation. */
function steps({ grants, validates }: RealtimeDecision, mark: string): RealtimeEdit[] {
  const isMet = (value: Value): boolean => value.is === 'bool' && value.value;
  const lacking = grants.some(({ value }) => isMet(value)) ? [] : grants;
  const invalid = validates.filter(({ value }) => !isMet(value)).slice(0, 2);
  return [...lacking, ...invalid].flatMap(({ rule, view }) => (rule.condition ? demandRealtime(rule.condition, true, view, mark) : []));
}

export function withRealtimeEdit(world: RealtimeWorld, edit: RealtimeEdit): RealtimeWorld | undefined {
  if (edit.in === 'token')
    return {
      ...world,
      caller: { ...world.caller, claims: withAt({ is: 'map', fields: world.caller.claims }, edit.path, edit.value).fields },
    };
  if (edit.in === 'query') return { ...world, query: new Map([...world.query, [edit.name, edit.value]]) };
  if (edit.in === 'name') return renamedPart(world, edit);
  const inside = edit.in === 'next' && world.method !== 'get' && world.path.every((part, index) => edit.path[index] === part);
  if (inside) {
    if (world.method === 'delete') return undefined;
    return { ...world, sent: planted(world.sent, edit.path.slice(world.path.length), edit.value) };
  }
  // What stands beside the write is what is stored.
  return { ...world, stored: planted(world.stored, edit.path, edit.value) };
}

function renamedPart(world: RealtimeWorld, { name, value }: Extract<RealtimeEdit, { in: 'name' }>): RealtimeWorld | undefined {
  const index = world.names.get(name);
  if (index === undefined || value.is !== 'string' || value.value === '' || value.value.includes('/')) return undefined;
  const path = world.path.map((part, each) => (each === index ? value.value : part));
  const [from, to] = [world.path.slice(0, index + 1), path.slice(0, index + 1)];
  const kept = at(world.stored, from);
  const stored = kept ? planted(planted(world.stored, from, undefined), to, kept) : world.stored;
  return { ...world, path, stored };
}

/** True when the edit is about what is sent, not about what is there. */
export const isSent = (edit: RealtimeEdit, world: RealtimeWorld): boolean =>
  edit.in === 'query' || (edit.in === 'next' && world.method !== 'get' && world.path.every((part, index) => edit.path[index] === part));

/** As an edit of a document: the first two names are its key, the rest its field. */
export const asDocument = (edit: RealtimeEdit): Edit =>
  'path' in edit && edit.in !== 'token'
    ? { location: { base: 'doc', key: edit.path.slice(0, 2).join('/'), keys: edit.path.slice(2) }, value: edit.value }
    : edit.in === 'token'
      ? { location: { base: 'token', keys: edit.path }, value: edit.value }
      : { location: { base: 'query', keys: [edit.name] }, value: edit.value };

/** What it costs to tie data to the owner, as for documents. */
export const ownerCost =
  (power: boolean) =>
  (edit: RealtimeEdit, world: RealtimeWorld): number | undefined => {
    const { mark, uid } = world.caller;
    if (isSent(edit, world)) return 1;
    if (edit.in === 'name') return edit.value.is === 'string' && edit.value.value === uid ? 1 : mentions(edit.value, mark) ? 2 : 12;
    const gained = powerOf(asDocument(edit), mark, mark);
    const own = edit.in !== 'token' && 'path' in edit && world.path.every((part, index) => edit.path[index] === part);
    if (own && !world.path.some((part) => part === uid)) return ofField(edit, world);
    if (gained === 'own' || gained === 'member') return own ? ofField(edit, world) : 3;
    return power ? 30 : gained === 'tenant' ? 6 : undefined;
  };

function ofField(edit: RealtimeEdit, { caller }: RealtimeWorld): number {
  if (mentions(edit.value, caller.mark)) return 1;
  const name = 'path' in edit ? (edit.path.at(-1) ?? '') : '';
  return isPublicMark(snake(name), edit.value) ? 20 : edit.value.is === 'null' ? 6 : 4;
}
