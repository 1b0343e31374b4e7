declare const shape: unique symbol;

/** A typed name for a fact. Checks name the evidence they need and never see how it was collected. */
export interface Evidence<Id extends string = string, T = unknown> {
  readonly id: Id;
  /** What the fact is, as the end of the sentence "looks at ...". */
  readonly describes: string;
  /** What is given instead where the target lacks what it takes to look (a folder, an address); see `optional`. */
  readonly absent?: T;
  readonly [shape]?: T;
}

/** Names a fact: `const routes = evidence<RouteInventory>()('source.routes', 'the routes of the code')`. */
export const evidence =
  <T>() =>
  <Id extends string>(id: Id, describes: string): Evidence<Id, T> => ({ id, describes });

/** The same fact for whoever can do without it: `absent` is given where the target lacks what it takes to look. A fault stays a fault. */
export const optional = <Id extends string, T>(fact: Evidence<Id, T>, absent: T): Evidence<Id, T> => ({ ...fact, absent });

export type ValueOf<E> = E extends Evidence<string, infer T> ? T : never;
export type Needs = Readonly<Record<string, Evidence>>;
export type Given<N extends Needs> = { readonly [K in keyof N]: ValueOf<N[K]> };

/** Facts that are collected meanwhile: each is waited for where it is used, and throws its fault there. */
export type Later<N extends Needs> = { readonly [K in keyof N]: () => Promise<ValueOf<N[K]>> };

export type FaultKind = 'absent' | 'denied' | 'timeout' | 'unreachable' | 'blocked' | 'bug';

/** Why a fact could not be collected. A fault is a value: it turns the checks that need the fact `unknown`. */
export interface Fault {
  readonly kind: FaultKind;
  /** One sentence for a founder: what happened. */
  readonly message: string;
  /** What would let us look. */
  readonly remedy: string;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** Thrown by a collector to say in plain words why it could not look; anything else thrown counts as a bug of ours. */
export class CollectFault extends Error {
  readonly fault: Fault;
  constructor(kind: FaultKind, message: string, remedy: string) {
    super(message);
    this.name = 'CollectFault';
    this.fault = { kind, message, remedy };
  }
}
