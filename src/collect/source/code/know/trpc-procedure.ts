import type { Place } from '../../../../core/finding.ts';
import type { Gap } from '../../../../evidence/source.ts';
import type { NativeCall, Value } from '../interpret/value.ts';

/** One link of a procedure chain, in the order of the code. */
export type Step =
  | { readonly kind: 'input'; readonly parser: Value }
  | { readonly kind: 'use'; readonly run: Value; readonly place: Place };

/** A procedure: what stands before it, and what it does. */
export interface Procedure {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly steps: readonly Step[];
  readonly meta: Value;
  readonly resolver: Value;
  readonly call: Pick<NativeCall, 'node' | 'module'>;
  readonly place: Place;
}

/** The procedure behind a value. */
export const procedureOf = (value: Value): Procedure | undefined =>
  value.api?.kind === 'trpc-procedure' ? (value.api.data as Procedure) : undefined;

/** A tRPC router with everything below it. */
export interface Router {
  /** Procedures by their dotted path. */
  readonly procedures: ReadonlyMap<string, Procedure>;
  /** Branches that could not be followed. */
  readonly gaps: readonly Gap[];
  readonly place: Place;
  /** True once it stands in another router. */
  nested: boolean;
  /** True once an endpoint serves it. */
  served: boolean;
}
