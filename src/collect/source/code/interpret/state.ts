import type { Place } from '../../../../core/finding.ts';
import { type AuthLevel, authLevels, type Guard } from '../../../../evidence/routes.ts';

/** Protections other than identity that hold at a point of the code. */
export type Flag =
  | 'signature'
  | 'csrf'
  | 'rate'
  | 'ownership'
  | 'restricted-url'
  | 'validated'
  | 'proof'
  /** The caller holds no customer's role or, where paths have met, is tied to what they reach. */
  | 'insider'
  /** The caller is tied to what they reach, unless something failed that they cannot be seen to make fail. */
  | 'barring-failure'
  /** The platform let only tokens with a good signature through, of whomever. */
  | 'verified-token'
  /** The environment variable of that name is known not to be empty. */
  | `set:${string}`
  /** The caller has shown the secret of the row that the access at that place gave. */
  | `shown:${string}`
  /** A row was found by the address that this field of the request holds. */
  | `registered:${string}`
  /** The row of that name was asked for (`rows.ts`). */
  | `met:${string}`
  /** The row is the caller's, or there is none. */
  | `own:${string}`
  /** The caller may read the row. */
  | `open:${string}`;

/**
 * What holds at a point of the code on every path that leads there.
 * Immutable; `maybe` keeps guards that hold on some paths only, so that the reader can be told how they are skipped.
 */
export interface State {
  readonly auth: AuthLevel;
  readonly guards: readonly Guard[];
  readonly roles: readonly string[];
  readonly flags: ReadonlyMap<Flag, Guard>;
  readonly maybe: readonly Guard[];
  readonly maybeFlags: ReadonlyMap<Flag, Guard>;
  /**
   * What holds where the request is still to be answered, when that is not all of it: code goes on after Fastify's `reply.send()`,
   * Koa's `ctx.status = 401` or Express's `res.status(401).json()`, but the later answer does not reach the caller. `null` when every path has answered.
   */
  readonly unanswered?: State | null;
}

export const nothing: State = { auth: 'none', guards: [], roles: [], flags: new Map(), maybe: [], maybeFlags: new Map() };

export const rank = (level: AuthLevel): number => authLevels.indexOf(level);
export const weaker = (a: AuthLevel, b: AuthLevel): AuthLevel => (rank(a) <= rank(b) ? a : b);
export const stronger = (a: AuthLevel, b: AuthLevel): AuthLevel => (rank(a) >= rank(b) ? a : b);

const same = (a: Guard, b: Guard): boolean => a.level === b.level && a.place.file === b.place.file && a.place.line === b.place.line;
const union = (a: readonly Guard[], b: readonly Guard[]): Guard[] =>
  [...a, ...b.filter((guard) => !a.some((other) => same(other, guard)))].slice(0, 12);

/** A state in which one guard holds. */
export const guarded = (level: AuthLevel, what: string, place: Place, roles: readonly string[] = []): State => ({
  ...nothing,
  auth: level,
  guards: [{ level, what, place }],
  roles,
});

/** A state in which one other protection holds. */
export const flagged = (flag: Flag, what: string, place: Place): State => ({
  ...nothing,
  flags: new Map([[flag, { level: 'none', what, place }]]),
});

/** The part of a state in which the request is still to be answered; `undefined` when it is answered on every path. */
export const unanswered = (state: State): State | undefined => (state.unanswered === undefined ? state : (state.unanswered ?? undefined));

/** The same state on a path that has just answered. */
export const answered = (state: State): State => ({ ...state, unanswered: null });

const open = (a: State, b: State, combine: (a: State | undefined, b: State | undefined) => State | undefined): Pick<State, 'unanswered'> =>
  a.unanswered === undefined && b.unanswered === undefined ? {} : { unanswered: combine(unanswered(a), unanswered(b)) ?? null };

const within = (part: readonly Guard[], whole: readonly Guard[]): boolean =>
  part === whole || (part.length <= whole.length && part.every((guard) => whole.some((other) => other === guard || same(other, guard))));
const keysWithin = (part: ReadonlyMap<Flag, Guard>, whole: ReadonlyMap<Flag, Guard>): boolean => {
  if (part.size > whole.size) return false;
  for (const flag of part.keys()) if (!whole.has(flag)) return false;
  return true;
};

// True where `part` says nothing that `whole` does not say. Most joins are of such pairs, and keeping the object makes the next one free.
const saysLess = (part: State, whole: State): boolean =>
  part === nothing ||
  (part.unanswered === whole.unanswered &&
    rank(part.auth) <= rank(whole.auth) &&
    within(part.guards, whole.guards) &&
    within(part.maybe, whole.maybe) &&
    keysWithin(part.flags, whole.flags) &&
    keysWithin(part.maybeFlags, whole.maybeFlags) &&
    part.roles.every((role) => whole.roles.includes(role)));

/** True when nothing is known. */
export const isEmpty = (state: State): boolean =>
  state === nothing ||
  (state.unanswered === undefined &&
    state.auth === 'none' &&
    state.guards.length === 0 &&
    state.roles.length === 0 &&
    state.flags.size === 0 &&
    state.maybe.length === 0 &&
    state.maybeFlags.size === 0);

/** Both hold. */
export function both(a: State, b: State): State {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  if (saysLess(b, a)) return a;
  if (saysLess(a, b)) return b;
  return {
    ...open(a, b, (x, y) => x && y && both(x, y)),
    auth: stronger(a.auth, b.auth),
    guards: union(a.guards, b.guards),
    roles: [...new Set([...a.roles, ...b.roles])],
    flags: new Map([...a.flags, ...b.flags]),
    maybe: union(a.maybe, b.maybe),
    maybeFlags: new Map([...a.maybeFlags, ...b.maybeFlags]),
  };
}

/** True when a flag holds here on some path at least. */
export const knows = (state: State, flag: Flag): boolean => state.flags.has(flag) || state.maybeFlags.has(flag);

/** True when the caller was tied to the tenant or owner of the data. */
export const isTied = (state: State): boolean => state.auth === 'tenant' || state.flags.has('ownership');

// What is known of a row on one path holds also where the other path never asked for it, or ties the caller to their tenant.
function staysSure(flag: Flag, one: State, other: State): boolean {
  if (flag === 'barring-failure') return isTied(other);
  if (flag === 'insider') return isTied(other) || [...other.flags.keys()].some((known) => known.startsWith('own:'));
  const at = flag.startsWith('own:') ? 4 : flag.startsWith('open:') ? 5 : 0;
  const asked: Flag = `met:${flag.slice(at)}`;
  return at > 0 && knows(one, asked) && (isTied(other) || !knows(other, asked));
}

/** One of the two holds: only what both have is sure. `skippedWhen` says how the stronger one is avoided. */
export function either(a: State, b: State, skippedWhen = 'not on every path'): State {
  if (a === b || (saysLess(a, b) && saysLess(b, a))) return a;
  const auth = weaker(a.auth, b.auth);
  const level = rank(auth);
  const sure: Guard[] = [];
  const maybe: Guard[] = [];
  for (const guard of union(a.guards, b.guards)) {
    const inBoth = a.guards.some((other) => same(other, guard)) && b.guards.some((other) => same(other, guard));
    // Alternatives (session or bearer token) both count when each side has a guard as strong as the weaker side.
    if (inBoth || rank(guard.level) <= level) sure.push(guard);
    else maybe.push(guard.skippedWhen ? guard : { ...guard, skippedWhen });
  }
  const flags = new Map<Flag, Guard>();
  const maybeFlags = new Map<Flag, Guard>([...a.maybeFlags, ...b.maybeFlags]);
  for (const [flag, guard] of [...a.flags, ...b.flags]) {
    const [one, other] = a.flags.has(flag) ? [a, b] : [b, a];
    if (other.flags.has(flag) || staysSure(flag, one, other)) flags.set(flag, guard);
    else maybeFlags.set(flag, guard.skippedWhen ? guard : { ...guard, skippedWhen });
  }
  const roles = a.roles.length === 0 || b.roles.length === 0 ? [] : [...new Set([...a.roles, ...b.roles])];
  const rest = open(a, b, (x, y) => (x && y ? either(x, y, skippedWhen) : (x ?? y)));
  return { auth, guards: sure, roles, flags, maybe: union(union(a.maybe, b.maybe), maybe), maybeFlags, ...rest };
}

/** Join of the states that reach one point; `undefined` when none does. */
export function join(states: readonly (State | undefined)[], skippedWhen?: string): State | undefined {
  let result: State | undefined;
  for (const state of states) if (state) result = result ? either(result, state, skippedWhen) : state;
  return result;
}
