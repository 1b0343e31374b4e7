import type { Place } from '../../../../core/finding.ts';
import { keepsLogins } from '../../../../evidence/questions.ts';
import type { AuthLevel, DataAccess, Guard, Route, RouteKind } from '../../../../evidence/routes.ts';
import { pathsOf, shownColumns } from '../interpret/content.ts';
import { createLog, exitState, type Log, looseRows, noteExit, recordGap } from '../interpret/log.ts';
import { routeBudget } from '../interpret/machine.ts';
import { shownFlag } from '../interpret/secrets.ts';
import { leavesOnlyToOwner } from '../interpret/rows.ts';
import { isTied, nothing, rank, type State, stronger, weaker } from '../interpret/state.ts';
import { alternativesOf, type Machine, type Value } from '../interpret/value.ts';
import { purposesOf } from './purpose.ts';
import { keepsCookiesHome } from './same-site.ts';
import { webhookOf } from './webhook.ts';

/** A route as a framework declares it, before it is run. */
export interface RouteSpec {
  readonly kind: RouteKind;
  readonly framework: string;
  readonly method: string;
  readonly path: string;
  readonly place: Place;
  /** Name when path and method do not tell routes apart (server actions, procedures). */
  readonly id?: string;
  /** What holds before the handler: middleware, parent routers. */
  readonly entry?: State | (() => State);
  /** True when `entry` costs much and matters only if the handler reaches data: the handler is looked at first. */
  readonly entryIfData?: boolean;
  /** True for what is worth a route only where it reaches data (a field's own resolver). */
  readonly onlyWithData?: true;
  /** Who protects writes with a cookie session against other sites, where the framework does. */
  readonly csrf?: Route['csrf'];
  /** Set where it hands out a folder of files. */
  readonly files?: Route['files'];
  /** Runs the handler and returns what it answers with; `undefined` when answers are noted by the handler's own calls. */
  run(machine: Machine): Value | undefined;
}

/** Runs a declared route and writes down what was seen. */
export function assemble(machine: Machine, spec: RouteSpec): Route {
  const first = spec.entryIfData ? nothing : entryOf(spec);
  const route = runOnce(machine, spec, first);
  if (!spec.entryIfData || (route.data.length === 0 && route.effects.length === 0)) return route;
  return runOnce(machine, spec, entryOf(spec));
}

const entryOf = ({ entry }: RouteSpec): State => (typeof entry === 'function' ? entry() : (entry ?? nothing));

function runOnce(machine: Machine, spec: RouteSpec, entry: State): Route {
  machine.state = entry;
  machine.log = createLog();
  machine.budget = routeBudget;
  machine.stack.length = 0;
  const { log } = machine;
  try {
    const answer = spec.run(machine);
    if (answer) noteAnswer(machine, answer);
  } catch (error) {
    // A stack overflow in code nested without end, or a bug of ours: the route stays listed, as not understood.
    recordGap(
      log,
      'the handler',
      error instanceof RangeError
        ? 'the code is nested too deeply to follow'
        : `could not be followed (${error instanceof Error ? error.message : 'error'})`,
      spec.place,
    );
  }
  // Past the budget everything is unknown, whatever stands there: what was seen so far is not all.
  if (machine.budget <= 0) recordGap(log, 'the handler', 'the code is too large to follow to its end', spec.place);
  return routeOf(machine, spec, log, entry);
}

/** Counts the returned value as an answer unless it turns the caller away. */
export function noteAnswer(machine: Machine, answer: Value): void {
  machine.settle(answer);
  if (!machine.state) return;
  for (const { value, state } of alternativesOf(answer)) {
    if (value.response === 'deny') {
      if (leadsElsewhere(value)) machine.log.redirects.push(bothOf(machine.state, state));
      machine.log.answers.push(value);
      continue;
    }
    noteExit(machine.log, bothOf(machine.state, state), value);
  }
}

/** True for a redirect. */
export function leadsElsewhere(value: Value): boolean {
  const status = value.api?.kind === 'Response' ? (value.api.data as { status?: unknown }).status : undefined;
  return typeof status === 'number' && status >= 300 && status < 400;
}

// The state of a function's return is that of its whole path: more is known there than where all returns join.
const covers = (part: State, whole: State): boolean =>
  rank(part.auth) >= rank(whole.auth) &&
  whole.guards.every((guard) => part.guards.includes(guard)) &&
  [...whole.flags.keys()].every((flag) => part.flags.has(flag));

function bothOf(a: State, b: State): State {
  const all = merged(a, b);
  if (b === nothing || !covers(b, a)) return all;
  return { ...all, maybeFlags: new Map([...[...a.maybeFlags].filter(([flag]) => !flag.startsWith('met:')), ...b.maybeFlags]) };
}

const merged = (a: State, b: State): State => ({
  ...a,
  auth: stronger(a.auth, b.auth),
  guards: [...a.guards, ...b.guards],
  roles: [...new Set([...a.roles, ...b.roles])],
  flags: new Map([...a.flags, ...b.flags]),
  maybe: [...a.maybe, ...b.maybe],
});

function routeOf(machine: Machine, spec: RouteSpec, log: Log, entry: State): Route {
  const exit = exitState(log);
  const shown = shownColumns(log);
  const data = [...log.accesses.values()].map((access) => showing(late(access, exit, log), shown));
  const effects = [...log.effects.values()];
  const levels = [...data.map((access) => access.auth), ...effects.map((item) => item.auth)];
  const begun = exit ?? sentElsewhere(spec, log) ?? log.entered ?? entry;
  const auth = levels.length > 0 ? levels.reduce(weaker) : (begun?.auth ?? 'none');
  const guards = distinct(
    [...(begun?.guards ?? []), ...(begun?.maybe ?? []), ...log.before.flatMap(({ state }) => [...state.guards, ...state.maybe])],
    auth,
  );
  const webhook = webhookOf(spec, log, exit);
  const rate = exit?.flags.get('rate') ?? log.before.map(({ state }) => state.flags.get('rate')).find(Boolean);
  return {
    id: spec.id ?? `${spec.method} ${spec.path}`,
    kind: spec.kind,
    framework: spec.framework,
    method: spec.method,
    path: spec.path,
    place: spec.place,
    auth,
    guards,
    roles: [...new Set([...(exit?.roles ?? []), ...log.before.flatMap(({ state }) => state.roles)])],
    data,
    effects,
    ...(webhook && { webhook }),
    csrf: csrfOf(machine, spec, log, exit),
    ...(rate && { rateLimit: rate }),
    purposes: purposesOf(spec, effects, data, beginsSession(data, log)),
    unresolved: [...log.gaps.values()],
    ...(spec.files && { files: spec.files }),
  };
}

// A route that never answers but sends the caller elsewhere has done its work where it knew most of them. Signing in is no such work:
// there the caller is known at the end because of it.
function sentElsewhere(spec: RouteSpec, log: Log): State | undefined {
  if (/callback|oauth|auth\/|sign-?in|log-?in|magic|verify|confirm/i.test(spec.path)) return undefined;
  return log.redirects.toSorted((a, b) => rank(b.auth) - rank(a.auth))[0];
}

// A session made for somebody who was no caller we knew, or who has just shown a password or code.
function beginsSession(data: readonly DataAccess[], log: Log): 'unproved' | 'proved' | undefined {
  const made = data.filter(({ operation, name }) => operation === 'create' && keepsLogins(name));
  const hasProof = ({ place }: DataAccess): boolean =>
    log.before.some((step) => step.place.line === place.line && step.place.file === place.file && step.state.flags.has('proof'));
  if (made.length > 0 && made.every(hasProof)) return 'proved';
  return made.some((access) => rank(access.auth) < rank('identity') || hasProof(access)) ? 'unproved' : undefined;
}

// A read is harmless when its result only leaves after a check that came later; a write is not.
function late(access: DataAccess, exit: State | undefined, log: Log): DataAccess {
  if (access.operation !== 'read' || !exit) return access;
  const auth: AuthLevel = stronger(access.auth, exit.auth);
  // A login reads the row first and then asks for its secret.
  if (exit.flags.has(shownFlag(access))) return { ...access, auth, scope: 'owner' };
  // A role that was asked for before says nothing of whose row it is; a comparison that comes after does.
  const loose = access.scope === 'none' || access.scope === 'role';
  if (loose && isTied(exit)) return { ...access, auth, scope: 'tenant' };
  const rows = [...looseRows(log, access)];
  if (rows.length > 0 && rows.every((row) => leavesOnlyToOwner(row, log.exits))) return { ...access, auth, scope: 'tenant' };
  return {
    ...access,
    auth,
    scope: access.scope === 'none' && exit.auth === 'role' ? 'role' : access.scope,
    ...(exit.flags.has('insider') && { insiders: true }),
  };
}

// Where an answer could not be followed, whatever was asked for may be in it.
function showing({ shows, ...access }: DataAccess, shown: ReturnType<typeof shownColumns>): DataAccess {
  if (access.operation !== 'read' || (!shown && !shows)) return access;
  return { ...access, shows: pathsOf(shown ? shown(access) : ['*'], shows) };
}

function distinct(guards: readonly Guard[], auth: AuthLevel): Guard[] {
  const seen = new Map<string, Guard>();
  for (const guard of guards) {
    const key = `${guard.level}|${guard.place.file}|${guard.place.line}`;
    const known = seen.get(key);
    // Where the route is weaker than the guard, how the guard is avoided is what the reader needs.
    const weaker = rank(auth) < rank(guard.level);
    if (!known || (weaker ? guard.skippedWhen && !known.skippedWhen : known.skippedWhen && !guard.skippedWhen)) seen.set(key, guard);
  }
  return [...seen.values()].toSorted((a, b) => rank(b.level) - rank(a.level)).slice(0, 8);
}

function csrfOf(machine: Machine, spec: RouteSpec, log: Log, exit: State | undefined): Route['csrf'] {
  if (['GET', 'HEAD', 'OPTIONS', 'PAGE'].includes(spec.method)) return 'not-cookie';
  // Callers with an API token need none: a check on the cookie's path only is as it should be.
  if (
    [...(exit ? [exit] : []), ...log.before.map(({ state }) => state)].some(
      (state) => state.flags.has('csrf') || state.maybeFlags.has('csrf'),
    )
  )
    return 'token';
  if (spec.csrf) return spec.csrf;
  if (!log.cookieSession) return 'not-cookie';
  return keepsCookiesHome(machine.code, spec.place.file) ? 'same-site' : 'none';
}
