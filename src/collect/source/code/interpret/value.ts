import type { Class } from 'oxc-parser';
import type { AuthLevel, DataAccess, InputSource } from '../../../../evidence/routes.ts';
import type { Module } from '../module.ts';
import type { Closure, Machine, Native, NativeCall, Scope } from './machine-types.ts';
import { both, either, nothing, type State } from './state.ts';

export type Literal = string | number | boolean | null | undefined;

export type { Closure, Frame, Machine, Native, NativeCall, Scope, Span } from './machine-types.ts';

/** Which part of the caller's identity a value is. */
export type IdentityPart = 'user' | 'id' | 'tenant' | 'role' | 'email';

/** An object of a library we know; `kind` names it, `data` is the library's own bookkeeping. */
export interface Api {
  readonly kind: string;
  readonly data?: unknown;
  member?(name: string, call: Omit<NativeCall, 'args'>): Value | undefined;
  call?(call: NativeCall): Value;
  /** Takes `object.name = value`; without it, values are kept in `data` where that is a map. */
  assign?(name: string, value: Value, machine: Machine): void;
  /** What awaiting it gives; a query builder runs its query here. */
  settle?(machine: Machine): Value;
}

/**
 * What we know of a value without running the code: every field is a fact that holds, an empty value is "unknown".
 * A value that differs from path to path has `alternatives`, each with what is known of the caller where it occurs.
 */
export interface Value {
  readonly literal?: { readonly is: Literal };
  /** A string put together from known and unknown parts. */
  readonly parts?: readonly (string | Value)[];
  readonly closure?: Closure;
  readonly native?: Native;
  readonly constructs?: { readonly node: Class; readonly module: Module; readonly scope: Scope };
  readonly props?: ReadonlyMap<string, Value>;
  readonly items?: readonly Value[];
  /** Nothing is known of it but that it is truthy: what `a || b` gives where it stops at `a`. */
  readonly truthy?: true;
  /** True when an object or array may hold more than listed. */
  readonly open?: boolean;
  readonly api?: Api;
  /** Comes from the request; `name` is the field. */
  readonly input?: { readonly source: InputSource; readonly name?: string };
  /** Of a checked input: fields that can only have the listed values. */
  readonly limits?: ReadonlyMap<string, readonly string[]>;
  /** The only values that a checked field of the request can have. */
  readonly among?: readonly string[];
  /** An input, or a part of the caller's identity, that is known not to be empty. */
  readonly sent?: true;
  /** Bears the caller's identity, established at `level`. */
  readonly who?: {
    readonly level: AuthLevel;
    readonly part: IdentityPart;
    /** True for a field of it, which may be empty. */
    readonly field?: true;
    /** The field's name. */
    readonly name?: string;
  };
  /** A row (or rows) that a data access returned, and the column when it is a field of it. */
  readonly row?: {
    readonly access: DataAccess;
    readonly column?: string;
    /** What the row was asked for by (`rows.ts`), where the caller chose it, and the rows that led to it. */
    readonly key?: string;
    readonly through?: readonly string[];
    /** True on the path on which there is such a row. */
    readonly found?: true;
  };
  /** An environment variable; `keyed` where it was the key to something else, which does not show it. */
  readonly env?: string;
  readonly keyed?: true;
  /** What holds where the value is truthy or falsy. */
  readonly whenTrue?: State;
  readonly whenFalse?: State;
  /** A response: `deny` turns the caller away (4xx, redirect to login), `pass` lets the request go on, `answer` answers it. */
  readonly response?: 'deny' | 'pass' | 'answer';
  /** Derived from a request signature or an HMAC of its body. */
  readonly digest?: boolean;
  /** The function of a package whose result this is, when nothing more is known of it. */
  readonly from?: { readonly package: string; readonly name: string };
  /** Functions handed to a call we could not follow; calling the result may call them. */
  readonly wraps?: readonly Value[];
  /** What it was computed from, and nothing else: empty for counts and answers to yes-or-no questions. */
  readonly of?: readonly Value[];
  readonly alternatives?: readonly Alternative[];
}

export interface Alternative {
  readonly value: Value;
  readonly state: State;
}

export const unknown: Value = {};
/** What a `catch` is given: nothing is known of it but that something went wrong. */
export const thrown: Value = { from: { package: '', name: 'error' } };
export const literal = (is: Literal): Value => ({ literal: { is } });
export const native = (run: Native): Value => ({ native: run });
export const object = (props: Readonly<Record<string, Value>>, open = false): Value => ({
  props: new Map(Object.entries(props)),
  ...(open && { open }),
});

/** An object of a known library: `member` answers for its properties, `call` for calling it. */
export const api = (kind: string, parts: Omit<Api, 'kind'> = {}): Value => ({ api: { kind, ...parts } });

const maxAlternatives = 12;

/** Either value may occur, each under its state. Equal states collapse to plain alternatives. */
export function oneOf(alternatives: readonly Alternative[]): Value {
  const flat: Alternative[] = [];
  for (const { value, state } of alternatives) {
    if (value.alternatives) for (const inner of value.alternatives) addTo(flat, inner.value, both(state, inner.state));
    else addTo(flat, value, state);
  }
  if (flat.length === 0) return unknown;
  const [first] = flat;
  if (flat.length === 1 && first)
    return first.state === nothing ? first.value : { ...first.value, whenTrue: both(first.value.whenTrue ?? nothing, first.state) };
  if (flat.every(({ value, state }) => value === first?.value && state === first.state)) return first?.value ?? unknown;
  if (flat.length <= maxAlternatives) return { alternatives: flat };
  return { alternatives: atMost([...grouped(flat)].map(collapse)) };
}

// The same value under the same state twice tells nothing new.
function addTo(list: Alternative[], value: Value, state: State): void {
  for (const known of list)
    if (
      known.state === state &&
      (known.value === value || (known.value.literal && value.literal && known.value.literal.is === value.literal.is))
    )
      return;
  list.push({ value, state });
}

// Too many paths: those whose value looks the same to a test become one, with what they have in common.
function grouped(alternatives: readonly Alternative[]): Iterable<readonly Alternative[]> {
  const groups = new Map<string, Alternative[]>();
  for (const item of alternatives) {
    const key = shapeOf(item.value);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups.values();
}

function shapeOf(value: Value): string {
  if (value.literal) return `is ${String(value.literal.is)}`;
  if (value.props) return `with ${[...value.props].map(([name, item]) => `${name}:${String(truthiness(item))}`).join()}`;
  return `${value.response ?? ''} ${value.who?.part ?? ''} ${value.row ? 'row' : ''} ${String(truthiness(value))}`;
}

const collapse = (group: readonly Alternative[]): Alternative => ({
  value:
    group.length > 1
      ? { ...group[0]?.value, of: group.flatMap(({ value }) => [value, ...(value.of ?? [])]) }
      : (group[0]?.value ?? unknown),
  state: group.map(({ state }) => state).reduce((a, b) => either(a, b)),
});

/** No more alternatives than can be followed; what the others held is still known of the last. */
export function atMost(all: readonly Alternative[], most = maxAlternatives): readonly Alternative[] {
  const last = all[most - 1];
  return all.length <= most || !last
    ? all
    : [...all.slice(0, most - 1), { ...last, value: { ...last.value, of: all.slice(most - 1).map(({ value }) => value) } }];
}

/** The alternatives of a value; a plain value is its only one. */
export const alternativesOf = (value: Value): readonly Alternative[] => value.alternatives ?? [{ value, state: nothing }];

/** Applies `change` to every alternative. */
export function each(value: Value, change: (value: Value) => Value): Value {
  if (!value.alternatives) return change(value);
  return oneOf(value.alternatives.map((item) => ({ value: change(item.value), state: item.state })));
}

/** True or false when known. */
export function truthiness(value: Value): boolean | undefined {
  if (value.literal) return Boolean(value.literal.is);
  if (value.closure || value.native || value.props || value.items || value.api || value.response || value.constructs) return true;
  if (value.sent ?? value.truthy) return true;
  if (value.parts?.some((part) => typeof part === 'string' && part !== '')) return true;
  if (value.who && value.who.part === 'user' && !value.who.field) return true;
  if (value.row?.found && value.row.column === undefined) return true;
  // An app whose address or public key is missing does not start; a missing secret is another matter.
  if (
    value.env !== undefined &&
    /(?:URL|ANON_KEY|PUBLISHABLE_KEY|PUBLIC_KEY|HOST|REGION|PROJECT_ID|_ID)$/.test(value.env) &&
    !value.alternatives
  )
    return true;
  return undefined;
}

/** True for null and undefined. */
export const isNullish = (value: Value): boolean =>
  value.literal !== undefined && (value.literal.is === null || value.literal.is === undefined);

/** The string a value certainly is. */
export const stringOf = (value: Value | undefined): string | undefined =>
  typeof value?.literal?.is === 'string' ? value.literal.is : undefined;

/** True when the value, or anything in it, satisfies `test`. Bounded depth. */
export function some(value: Value, test: (value: Value) => boolean, depth = 4): boolean {
  if (test(value)) return true;
  if (depth === 0) return false;
  const inside = (inner: Value): boolean => some(inner, test, depth - 1);
  return (
    (value.alternatives?.some((item) => inside(item.value)) ?? false) ||
    (value.parts?.some((part) => typeof part !== 'string' && inside(part)) ?? false) ||
    (value.items?.some(inside) ?? false) ||
    (value.props !== undefined && [...value.props.values()].some(inside))
  );
}

/** The request input that a value carries, if any. */
export function inputOf(value: Value, depth = 4): Value['input'] {
  let found: Value['input'];
  some(
    value,
    (inner) => {
      found ??= inner.input;
      return found !== undefined;
    },
    depth,
  );
  return found;
}

/** The identity that a value carries on every path, if any. */
export function whoOf(value: Value): Value['who'] {
  if (value.who) return value.who;
  // `role ?? ''`: an empty constant stands for nobody, as null does.
  const present = value.alternatives?.filter((item) => !(item.value.literal && !item.value.literal.is));
  if (present && present.length > 0 && present.every((item) => item.value.who)) return present[0]?.value.who;
  return undefined;
}
