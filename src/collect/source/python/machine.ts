import type { Place } from '../../../core/finding.ts';
import type { Module, Sources } from './modules.ts';
import type { Node } from './syntax.ts';
import type { CallValue, ClassValue, FunctionValue, Router, Scope, Value } from './value.ts';

/** What is known of the packages of a framework. */
export interface Knowledge {
  /** What calling something of a package gives; `undefined` where it is nothing we know. */
  construct(machine: Machine, call: CallValue): Value | undefined;
  /** A member of a router. */
  member(machine: Machine, router: Router, name: string): Value | undefined;
}

/** Follows what a program does as it starts: values stand for what is known of them, and nothing is run. */
export interface Machine {
  readonly sources: Sources;
  readonly knowledge: readonly Knowledge[];
  /** All routers that were made. */
  readonly routers: Router[];
  /** Descriptions of APIs that the program serves, by the names it gives them. */
  readonly served: Set<string>;
  /** Functions and classes that were called. */
  readonly called: Set<string>;
  /** Steps left: what is too large is given up. */
  budget: number;
  /** Functions that are being called. */
  readonly stack: string[];
  /** Runs the top level of a file once. */
  run(module: Module): void;
  evaluate(node: Node, scope: Scope): Value;
  execute(statements: readonly Node[], scope: Scope, returns: Value[]): void;
  attribute(value: Value, name: string, place: Place): Value;
  call(callee: Value, call: Omit<CallValue, 'kind' | 'callee'>): Value;
  lookup(name: string, scope: Scope): Value;
}

/** Names a definition among all files. */
export const keyOf = ({ module, node }: Pick<FunctionValue | ClassValue, 'module' | 'node'>): string => `${module.path}:${node.from}`;

/** The value behind an import. */
export function settled(value: Value | undefined): Value | undefined {
  let found = value;
  for (let steps = 0; found?.kind === 'late' && steps < 20; steps += 1) found = found.get();
  return found;
}
