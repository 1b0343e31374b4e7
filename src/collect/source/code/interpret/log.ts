import type { Place } from '../../../../core/finding.ts';
import type { DataAccess, SideEffect } from '../../../../evidence/routes.ts';
import type { Gap } from '../../../../evidence/source.ts';
import { join, type State, weaker } from './state.ts';
import type { Value } from './value.ts';

/** What was met while a route was run. */
export interface Log {
  readonly accesses: Map<string, DataAccess>;
  /** Rows that an access gave without a tie to the caller, by their names (`rows.ts`); `''` for rows without one. */
  readonly loose: Map<string, Set<string>>;
  /** Names of all rows asked for. */
  readonly asked: Set<string>;
  readonly effects: Map<string, SideEffect>;
  readonly gaps: Map<string, Gap>;
  /** States in which the route answered without turning the caller away. */
  readonly exits: State[];
  /** What it answered with, also where it turned the caller away. */
  readonly answers: Value[];
  /** Set when it answered with something that could not be seen. */
  untold?: true;
  /** What the operation behind an endpoint gave, which the endpoint's answer wraps. */
  inner?: Value;
  /** States in which it sent the caller elsewhere: the last step of a form that was accepted, as well as the way to the login page. */
  readonly redirects: State[];
  /** Header names read from the request, lower case. */
  readonly headers: Map<string, Place>;
  /** State before each access or effect, to judge webhooks. */
  readonly before: { readonly state: State; readonly place: Place; readonly write: boolean }[];
  /** State in which the route's own code began, after what stands in front of it: counts where the route neither touches data nor answers. */
  entered?: State;
  /** How many times the code threw. */
  throws?: number;
  /** Set when a cookie session was used to identify the caller. */
  cookieSession?: Place;
  /** Set when a bearer token or API key in a header identified the caller. */
  headerCredential?: Place;
}

export const createLog = (): Log => ({
  accesses: new Map(),
  loose: new Map(),
  asked: new Set(),
  effects: new Map(),
  gaps: new Map(),
  exits: [],
  answers: [],
  redirects: [],
  headers: new Map(),
  before: [],
});

const keyOf = (place: Place, ...rest: string[]): string => [place.file, place.line, ...rest].join('|');

/** One line's access to one table. */
export const accessKey = ({ place, kind, name, operation }: DataAccess): string => keyOf(place, kind, name, operation);

// Writing down what came, good or bad, is not yet acting on it.
const isJournal = ({ name, operation }: DataAccess): boolean =>
  operation === 'call'
    ? /^(?:public\.)?(?:log|record|track)_/i.test(name)
    : operation === 'create' &&
      /webhook_?(?:event|log|deliver|error|call|request|message)|(?:audit|error|request|access|api|event)_?logs?$/i.test(name);

/** Records an access; the same line reached twice keeps its weakest state. `row` names the row it asks for. */
export function recordAccess(log: Log, access: DataAccess, state: State, row?: string): DataAccess {
  const key = accessKey(access);
  const known = log.accesses.get(key);
  const weakest = known ? weakerAccess(known, access) : access;
  log.accesses.set(key, weakest);
  log.before.push({ state, place: access.place, write: access.operation !== 'read' && !isJournal(access) });
  if (row !== undefined) log.asked.add(row);
  if (isTiedScope(access)) return weakest;
  const rows = log.loose.get(key);
  if (rows) rows.add(row ?? '');
  else log.loose.set(key, new Set([row ?? '']));
  return weakest;
}

/** Names of the rows that an access gave without a tie to the caller. */
export const looseRows = (log: Log, access: DataAccess): ReadonlySet<string> => log.loose.get(accessKey(access)) ?? new Set();

const isTiedScope = ({ scope }: DataAccess): boolean => scope === 'owner' || scope === 'tenant';
const scopeRank = ['none', 'unknown', 'role', 'tenant', 'owner'];
const weakerAccess = (a: DataAccess, b: DataAccess): DataAccess => {
  const [loose, tight] = scopeRank.indexOf(a.scope) <= scopeRank.indexOf(b.scope) ? [a, b] : [b, a];
  const { shows, insiders: _insiders, ...rest } = { ...tight, ...loose };
  const insiders = [a, b].every((access) => access.insiders ?? isTiedScope(access));
  return {
    ...rest,
    ...(shows && a.shows && b.shows && { shows: [...new Set([...a.shows, ...b.shows])] }),
    auth: weaker(a.auth, b.auth),
    ...(insiders && !isTiedScope(loose) && { insiders }),
    ...((a.wholeInput ?? b.wholeInput) && { wholeInput: (a.wholeInput ?? b.wholeInput) as 'body' }),
  };
};

/** Records an effect other than data. */
export function recordEffect(log: Log, effect: SideEffect, state: State): void {
  const key = keyOf(effect.place, effect.kind);
  const known = log.effects.get(key);
  log.effects.set(key, known ? worseEffect(known, effect) : effect);
  log.before.push({ state, place: effect.place, write: true });
}

// The same line reached twice keeps what is worst of it.
function worseEffect(a: SideEffect, b: SideEffect): SideEffect {
  const { filled: _filled, misled: _misled, registered: _registered, ...rest } = a;
  const fromInput = [...new Set([...a.fromInput, ...b.fromInput])];
  const filled = fromInput.filter((name) => [a, b].every((one) => !one.fromInput.includes(name) || one.filled?.includes(name)));
  const misled = [...new Set([...(a.misled ?? []), ...(b.misled ?? [])])];
  const registered = a.kind === 'mail' && [a, b].every((one) => one.registered === true || !one.fromInput.includes('to'));
  return {
    ...rest,
    auth: weaker(a.auth, b.auth),
    fromInput,
    ...(filled.length > 0 && { filled }),
    ...(misled.length > 0 && { misled }),
    ...(registered && { registered }),
  };
}

export function recordGap(log: Log, what: string, why: string, place: Place): void {
  if (log.gaps.size < 20) log.gaps.set(what, { what, why, place });
}

/** The route answers in this state, with `body`; without one, what leaves cannot be told. */
export function noteExit(log: Log, state: State, body?: Value): void {
  log.exits.push(state);
  const answer = log.inner ?? body;
  if (answer) log.answers.push(answer);
  else log.untold = true;
}

/** The same where the handler ends without an answer of its own: what it has sent through the response is all. */
export const noteEnd = (log: Log, state: State): void => noteExit(log, state, log.answers[0]);

const settings =
  /^(?:set\w*|get\w*|has\w*|is\w*|remove\w*|header|headers|type|contentType|charset|cookie|clear\w*|append|vary|attachment|location|links|on|once|off|emit|flush\w*|compileSerializationSchema|serializer|trailer|removeTrailer|status|code|writeHead|assertNotSent)$/;

/** A method of a response other than those that answer: where it may answer after all, what leaves cannot be told. */
export function noteSetting(log: Log, method: string): void {
  if (!settings.test(method)) log.untold = true;
}

/** The weakest state in which the route answered. */
export const exitState = (log: Log): State | undefined => join(log.exits);
