import type { Place } from '../../../core/finding.ts';
import type { Module } from './modules.ts';
import type { Node } from './syntax.ts';

/** What is known of a value of the program without running it. */
export type Value =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: Value[] }
  | { readonly kind: 'dictionary'; readonly entries: Map<string, Value> }
  | FunctionValue
  | ClassValue
  | { readonly kind: 'instance'; readonly of: ClassValue; readonly fields: Map<string, Value> }
  | { readonly kind: 'module'; readonly module: Module }
  /** Something of a package, by its full name: `fastapi.APIRouter`. */
  | { readonly kind: 'external'; readonly name: string }
  | CallValue
  | { readonly kind: 'router'; readonly router: Router }
  /** Something of a framework that does what we know it does. */
  | { readonly kind: 'native'; readonly call: (call: CallValue) => Value }
  /** An import that nobody has asked for yet. */
  | { readonly kind: 'late'; readonly get: () => Value };

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly node: Node;
  readonly module: Module;
  readonly scope: Scope;
  /** Outermost last. */
  readonly decorators: Value[];
  readonly self?: Value;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly node: Node;
  readonly module: Module;
  readonly bases: readonly Value[];
  readonly members: Map<string, Value>;
  readonly decorators: Value[];
}

/** What a call of a package's function gave: `Depends(get_user)`, `path('orders/', list_orders)`. */
export interface CallValue {
  readonly kind: 'call';
  readonly callee: string;
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly place: Place;
}

/** Names of a module or function. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly parent?: Scope;
  readonly module: Module;
  /** Set in a branch that may not be taken: what is known already stays. */
  weak?: boolean;
}

/** An app or a part of one on which routes are registered. */
export interface Router {
  readonly framework: string;
  /** True for an application: nothing has to mount it. */
  readonly app: boolean;
  /** `undefined` where it could not be read. */
  prefix: string | undefined;
  readonly entries: Entry[];
  /** What stands before all of it. */
  readonly guards: Value[];
  readonly place: Place;
  mounted: boolean;
}

/** What was registered on a router. Paths as the framework writes them; `undefined` where they could not be read. */
export type Entry =
  | { readonly kind: 'unread'; readonly what: string; readonly place: Place }
  | {
      readonly kind: 'route';
      readonly methods: readonly string[];
      readonly path: string | undefined;
      readonly guards: readonly Value[];
      readonly place: Place;
      readonly page?: boolean;
      /** What answers, where it was found. */
      readonly handler?: Value;
    }
  | {
      readonly kind: 'mount';
      readonly prefix: string | undefined;
      /** True where the prefix stands in the place of the router's own. */
      readonly replaces?: boolean;
      readonly router: Router;
      readonly guards: readonly Value[];
      readonly place: Place;
    };

export const unknown: Value = { kind: 'unknown' };
export const constant = (value: string | number | boolean | null): Value => ({ kind: 'constant', value });
export const external = (name: string): Value => ({ kind: 'external', name });
export const native = (call: (call: CallValue) => Value): Value => ({ kind: 'native', call });
export const list = (items: Value[]): Value => ({ kind: 'list', items });

export const textOf = (value: Value | undefined): string | undefined =>
  value?.kind === 'constant' && typeof value.value === 'string' ? value.value : undefined;

/** The items of a list; none where it is none. */
export const itemsOf = (value: Value | undefined): readonly Value[] => (value?.kind === 'list' ? value.items : []);

/** The texts in a list: `["GET", "POST"]`. */
export const textsOf = (value: Value | undefined): string[] => itemsOf(value).flatMap((item) => textOf(item) ?? []);

export const isFalse = (value: Value | undefined): boolean => value?.kind === 'constant' && value.value === false;
export const isTrue = (value: Value | undefined): boolean => value?.kind === 'constant' && value.value === true;

/** The full name of what a package gave: of the thing, or of what made it. */
export const nameOf = (value: Value | undefined): string =>
  value?.kind === 'external' ? value.name : value?.kind === 'call' ? value.callee : '';

/** A class and all it is derived from, nearest first. */
export function lineage(value: Value | undefined, seen = new Set<Value>()): Value[] {
  if (!value || seen.has(value)) return [];
  seen.add(value);
  return [value, ...(value.kind === 'class' ? value.bases.flatMap((base) => lineage(base, seen)) : [])];
}

/** A member of a class or of what it is derived from. */
export function memberOf(type: ClassValue, name: string): Value | undefined {
  for (const one of lineage(type)) if (one.kind === 'class' && one.members.has(name)) return one.members.get(name);
  return undefined;
}
