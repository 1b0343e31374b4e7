import { type Meter, NULL, type Unknown, unresolved, type Value } from '../evaluate/value.ts';
import { ruleSays, type View } from './evaluate.ts';
import type { RealtimeRule, RuleNode } from './parse.ts';

/** A read or write of the Realtime Database and the data that it meets. */
export interface RealtimeScene {
  readonly method: 'get' | 'create' | 'update' | 'delete';
  readonly path: readonly string[];
  readonly auth: Value;
  readonly now: number;
  readonly stored: Value;
  /** The tree after a write. */
  readonly next: Value | Unknown;
  readonly query: Value;
}

export interface RealtimeDecision {
  readonly outcome: 'allowed' | 'refused' | 'unsure';
  readonly by?: RealtimeRule;
  readonly because?: string;
  /** Rules that decide, with the view that each of them has: those that let through, then those that validate. */
  readonly grants: readonly Judged[];
  readonly validates: readonly Judged[];
}
export interface Judged {
  readonly rule: RealtimeRule;
  readonly view: View;
  readonly value: Value;
}

/** A rule node on the way to a path, or below it, with the names that lead there. */
interface Step {
  readonly node: RuleNode;
  readonly here: readonly string[];
  readonly names: ReadonlyMap<string, string>;
}

const steps = 50_000;
const mostBelow = 500;

/** What the rules say: a `.read` or `.write` on the way lets through what is below, and a write has to be valid everywhere. */
export function decideRealtime(root: RuleNode, scene: RealtimeScene): RealtimeDecision {
  const meter: Meter = { left: steps };
  const way = wayTo(root, scene.path);
  const view = ({ here, names }: Step): View => ({
    stored: scene.stored,
    next: scene.next,
    auth: scene.auth,
    now: scene.now,
    query: scene.query,
    here,
    names,
  });
  const judge = (rule: RealtimeRule, step: Step): Judged => ({ rule, view: view(step), value: says(rule, view(step), meter) });
  const kind = scene.method === 'get' ? 'read' : 'write';
  const grants = way.flatMap((step) => (step.node[kind] ? [judge(step.node[kind], step)] : []));
  const validates =
    kind === 'read' ? [] : validated(way, scene).flatMap((step) => (step.node.validate ? [judge(step.node.validate, step)] : []));
  const by = grants.find(({ value }) => value.is === 'bool' && value.value);
  const open = grants.find(({ value }) => value.is === 'any');
  const invalid = validates.some(({ value }) => value.is === 'bool' && !value.value);
  const doubtful = validates.find(({ value }) => value.is === 'any');
  const doubt = (by ? undefined : open) ?? doubtful;
  const shared = { grants, validates };
  if ((!by && !open) || invalid) return { outcome: 'refused', ...shared };
  if (doubt?.value.is === 'any') return { outcome: 'unsure', because: doubt.value.why, ...shared };
  return { outcome: 'allowed', ...(by && { by: by.rule }), ...shared };
}

const says = (rule: RealtimeRule, view: View, meter: Meter): Value =>
  rule.condition ? ruleSays(rule.condition, view, meter) : unresolved(`a rule that could not be read (${rule.odd ?? ''})`);

/** The nodes from the root to the path. */
function wayTo(root: RuleNode, path: readonly string[]): Step[] {
  const way: Step[] = [{ node: root, here: [], names: new Map() }];
  for (const part of path) {
    const last = way.at(-1) as Step;
    const next = below(last, part);
    if (!next) break;
    way.push(next);
  }
  return way;
}

function below({ node, here, names }: Step, part: string): Step | undefined {
  const child = node.children.get(part);
  if (child) return { node: child, here: [...here, part], names };
  return node.any && { node: node.any.node, here: [...here, part], names: new Map([...names, [node.any.name, part]]) };
}

/** Where data stands after the write, on the way to it and below: only there `.validate` is asked. */
function validated(way: readonly Step[], scene: RealtimeScene): Step[] {
  const found: Step[] = [];
  const dataAt = (path: readonly string[]): Value => {
    let value: Value = scene.next;
    for (const key of path) value = value.is === 'map' ? (value.fields.get(key) ?? value.open ?? NULL) : value.is === 'any' ? value : NULL;
    return value;
  };
  const isThere = (value: Value): boolean => value.is !== 'null' && !(value.is === 'map' && value.fields.size === 0 && !value.open);
  const visit = (step: Step): void => {
    if (found.length > mostBelow) return;
    const value = dataAt(step.here);
    if (!isThere(value)) return;
    found.push(step);
    const names = value.is === 'map' ? [...value.fields.keys()] : [];
    for (const name of names) {
      const next = below(step, name);
      if (next) visit(next);
    }
  };
  for (const step of way.slice(0, -1)) if (isThere(dataAt(step.here))) found.push(step);
  const last = way.at(-1);
  if (last) visit(last);
  return found;
}
