import type { Expression, RuleFunction } from '../language/syntax.ts';
import type { Value } from './value.ts';

/** What a name stands for: a value, or an expression that is evaluated when it is asked for. */
export interface Thunk {
  readonly expression?: Expression;
  readonly frame?: Frame;
  value?: Value;
  /** For a variable of a match pattern: which part of the path it stands for, counted from the service's root. */
  readonly part?: number;
}

/** Names and functions that are seen at a place, those around it last. */
export interface Frame {
  readonly names: ReadonlyMap<string, Thunk>;
  readonly functions: ReadonlyMap<string, RuleFunction>;
  readonly outer?: Frame;
}

/** True for a name that the rules file itself gives a meaning. */
export const isBound = (name: string, frame: Frame): boolean => {
  for (let at: Frame | undefined = frame; at; at = at.outer) if (at.names.has(name)) return true;
  return false;
};

/** The names inside a function, for these arguments. */
export function frameOf(
  called: RuleFunction,
  args: readonly Expression[],
  caller: Frame,
  home: Frame,
): { readonly frame: Frame; readonly lets: readonly Thunk[] } {
  const names = new Map<string, Thunk>(
    called.parameters.map((parameter, at) => [parameter, { expression: args[at] as Expression, frame: caller }]),
  );
  let frame: Frame = { names, functions: new Map(), outer: home };
  const lets: Thunk[] = [];
  // Each `let` sees those before it only.
  for (const { name, value } of called.lets) {
    const thunk: Thunk = { expression: value, frame };
    lets.push(thunk);
    frame = { names: new Map([[name, thunk]]), functions: new Map(), outer: frame };
  }
  return { frame, lets };
}
