import type { ArrowFunctionExpression, Expression, Function as FunctionNode, Node, Statement } from 'oxc-parser';
import type { Codebase } from '../codebase.ts';
import type { Module } from '../module.ts';
import type { Log } from './log.ts';
import type { State } from './state.ts';
import type { Alternative, Value } from './value.ts';

/** A function of the user's code together with the names it sees. */
export interface Closure {
  readonly node: FunctionNode | ArrowFunctionExpression;
  readonly module: Module;
  readonly scope: Scope;
  readonly self?: Value;
  readonly name?: string;
}

/** A function whose effect we know: library calls, builtins, continuations such as `next`. */
export type Native = (call: NativeCall) => Value;

/**
 * Runs code on what is known of its values instead of the values themselves: one pass over every branch, with the state of
 * the caller's identity carried along. `state` is `undefined` where the code cannot be reached.
 */
export interface Machine {
  readonly code: Codebase;
  state: State | undefined;
  log: Log;
  /** Node visits left for the current route; at 0 everything is unknown and the log says so. */
  budget: number;
  /** Above 0 while the value of a name at the top of a module is worked out: nothing of it is a request being handled. */
  defining: number;
  /** Above 0 while only what a middleware proves of the caller counts, not what it does besides. */
  entering: number;
  /** Functions being run, outermost first; guards against recursion. */
  readonly stack: Closure[];
  /** Values for names that the framework puts into scope (Nitro's auto-imports, SvelteKit's). */
  readonly globals: ReadonlyMap<string, Value>;
  evaluate(node: Expression | Node, scope: Scope): Value;
  execute(statements: readonly Statement[], frame: Frame): void;
  call(callee: Value, args: readonly Value[], self: Value, node: Span, module: Module): Value;
  construct(callee: Value, args: readonly Value[], node: Span, module: Module): Value;
  member(value: Value, name: string, optional: boolean, node: Span, module: Module): Value;
  /** Binds a pattern; `declare` (the default) makes new names in `scope`, otherwise the nearest existing ones are set. */
  assign(pattern: Node, value: Value, scope: Scope, declare?: boolean): void;
  /** Lets lazy values (query builders) happen: what `await` gives. */
  settle(value: Value): Value;
  /** Value of an export; `*` for the namespace. */
  exported(module: Module, name: string): Value;
  imported(module: Module, source: string, name: string): Value;
  /** Names at the top of a module; their values are computed on first use. */
  moduleScope(module: Module): Scope;
  lookup(name: string, scope: Scope): Value;
  /** Runs `work` on a state and log of its own and puts the present ones back. */
  aside<T>(work: () => T): T;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A function body being run: where its returns are gathered. */
export interface Frame {
  readonly scope: Scope;
  readonly returns: Alternative[];
  /** Who takes the states and names at `break` and `continue`: the loops and switches being run, innermost last. */
  readonly leaves: readonly ((state: State | undefined, scope: Scope) => void)[];
}

export interface NativeCall {
  readonly machine: Machine;
  readonly args: readonly Value[];
  readonly node: Span;
  readonly module: Module;
  readonly self: Value;
}

/** Names of a function body, block or module. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly parent?: Scope;
  readonly module: Module;
}
