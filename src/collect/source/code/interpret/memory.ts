import type { Closure, Machine, Value } from './value.ts';
import { nothing, type State } from './state.ts';

/**
 * Results of calls that turned out to be pure: nothing was logged, nothing learnt of the caller, plain arguments in, a plain value out.
 * Formatting and parsing helpers are called by every handler with the same unknowns; running them once is enough.
 */
const results = new WeakMap<Machine, Map<Closure['node'], Map<string, Value>>>();

/** Where a machine stood when a call began. */
export interface Mark {
  readonly state: State | undefined;
  readonly logged: number;
  readonly budget: number;
}

export const mark = (machine: Machine): Mark => ({ state: machine.state, logged: loggedBy(machine), budget: machine.budget });

const loggedBy = ({ log }: Machine): number =>
  log.accesses.size +
  log.effects.size +
  log.gaps.size +
  log.exits.length +
  log.headers.size +
  log.before.length +
  (log.cookieSession ? 1 : 0) +
  (log.headerCredential ? 1 : 0);

/** Fewer visits than this cost less than remembering them. */
const worthVisits = 25;

/** The remembered result of a call, if it was made before with arguments that look the same. */
export function recall(machine: Machine, closure: Closure, args: readonly Value[]): Value | undefined {
  const known = results.get(machine)?.get(closure.node);
  if (!known || closure.self) return undefined;
  const key = keyOf(args);
  return key === undefined ? undefined : known.get(key);
}

/** Remembers a call when it was pure. */
export function keep(machine: Machine, closure: Closure, args: readonly Value[], begin: Mark, result: Value): void {
  if (closure.scope.parent || closure.self || begin.budget - machine.budget < worthVisits) return;
  if (machine.budget <= 0 || machine.state !== begin.state || loggedBy(machine) !== begin.logged) return;
  const plain = withoutState(result, begin.state);
  const key = keyOf(args);
  if (!plain || key === undefined) return;
  let machineResults = results.get(machine);
  if (!machineResults) results.set(machine, (machineResults = new Map()));
  let known = machineResults.get(closure.node);
  if (!known) machineResults.set(closure.node, (known = new Map()));
  if (known.size < 200) known.set(key, plain);
}

// What the caller is known to be belongs to this call, not to the next one.
function withoutState(value: Value, state: State | undefined): Value | undefined {
  if (!value.alternatives) return isPlain(value, 2) ? value : undefined;
  if (!value.alternatives.every((item) => (item.state === state || item.state === nothing) && isPlain(item.value, 2))) return undefined;
  return { alternatives: value.alternatives.map((item) => ({ value: item.value, state: nothing })) };
}

function isPlain(value: Value, depth: number): boolean {
  if (
    value.closure ||
    value.native ||
    value.api ||
    value.constructs ||
    value.row ||
    value.who ||
    value.whenTrue ||
    value.whenFalse ||
    value.response ||
    value.wraps
  )
    return false;
  if (depth === 0) return !value.props && !value.items && !value.parts && !value.alternatives && !value.of?.length;
  const inside = (inner: Value): boolean => isPlain(inner, depth - 1);
  return (
    (value.of?.every(inside) ?? true) &&
    (value.alternatives?.every((item) => item.state === nothing && inside(item.value)) ?? true) &&
    (value.parts?.every((part) => typeof part === 'string' || inside(part)) ?? true) &&
    (value.items === undefined || (value.items.length <= 8 && value.items.every(inside))) &&
    (value.props === undefined || (value.props.size <= 12 && [...value.props.values()].every(inside)))
  );
}

function keyOf(args: readonly Value[]): string | undefined {
  const parts: string[] = [];
  for (const arg of args) {
    if (!isPlain(arg, 2)) return undefined;
    parts.push(textOf(arg));
  }
  const key = parts.join('\u0000');
  return key.length > 2000 ? undefined : key;
}

function textOf(value: Value): string {
  if (value.literal) return `${typeof value.literal.is}:${String(value.literal.is)}`;
  return [
    value.input ? `i${value.input.source}.${value.input.name ?? ''}` : '',
    value.env !== undefined ? `e${value.env}` : '',
    value.digest ? 'd' : '',
    value.keyed ? 'k' : '',
    value.sent ? 's' : '',
    value.among ? `n${value.among.join()}` : '',
    value.limits ? `l${[...value.limits].map(([name, among]) => `${name}:${among.join()}`).join()}` : '',
    value.open ? 'o' : '',
    value.of ? `f[${value.of.map(textOf).join()}]` : '',
    value.parts ? `p[${value.parts.map((part) => (typeof part === 'string' ? JSON.stringify(part) : textOf(part))).join()}]` : '',
    value.items ? `a[${value.items.map(textOf).join()}]` : '',
    value.props ? `{${[...value.props].map(([name, item]) => `${name}:${textOf(item)}`).join()}}` : '',
    value.alternatives ? `|${value.alternatives.map((item) => textOf(item.value)).join('|')}|` : '',
  ].join('');
}
