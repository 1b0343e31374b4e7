/** An expression of a rules language; `at` is its offset in the file. */
export type Expression = { readonly at: number } & (
  | { readonly is: 'literal'; readonly value: string | boolean | null }
  /** `float` when written with a point or an exponent. */
  | { readonly is: 'number'; readonly value: number; readonly float: boolean }
  | { readonly is: 'bytes'; readonly value: string }
  /** `/pattern/flags` of the Realtime Database. */
  | { readonly is: 'regex'; readonly value: string; readonly flags: string }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'member'; readonly of: Expression; readonly name: string }
  | { readonly is: 'call'; readonly callee: Expression; readonly args: readonly Expression[] }
  | { readonly is: 'index'; readonly of: Expression; readonly key: Expression }
  | { readonly is: 'slice'; readonly of: Expression; readonly from?: Expression; readonly to?: Expression }
  | { readonly is: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'not'; readonly of: Expression }
  | { readonly is: 'minus'; readonly of: Expression }
  | { readonly is: 'choice'; readonly test: Expression; readonly met: Expression; readonly unmet: Expression }
  | { readonly is: 'list'; readonly items: readonly Expression[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  /** `/users/$(request.auth.uid)`: its segments, texts and expressions. */
  | { readonly is: 'path'; readonly segments: readonly (string | Expression)[] }
);

export interface RuleFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly lets: readonly { readonly name: string; readonly value: Expression }[];
  readonly returns: Expression;
  readonly at: number;
}

/** One segment of a match pattern. `any` binds one segment of the path, `rest` what is left of it. */
export type Segment =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'any'; readonly name: string }
  | { readonly is: 'rest'; readonly name: string };

export interface Allow {
  readonly verbs: readonly string[];
  /** Absent: always. */
  readonly condition?: Expression;
  readonly at: number;
  /** The condition as written, comments left out, on one line. */
  readonly text: string;
}

/** A `match` block. */
export interface Match {
  readonly pattern: readonly Segment[];
  readonly allows: readonly Allow[];
  readonly functions: ReadonlyMap<string, RuleFunction>;
  readonly matches: readonly Match[];
  readonly at: number;
}

export interface Ruleset {
  readonly file: string;
  readonly version: 1 | 2;
  readonly product: 'firestore' | 'storage';
  /** Functions outside of any service, and those of the service. */
  readonly functions: ReadonlyMap<string, RuleFunction>;
  readonly matches: readonly Match[];
  /** Line of an offset, from 1. */
  line(at: number): number;
}

/** A rules file that could not be read at a place. */
export class RulesError extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}
