import type { Place } from '../../../../core/finding.ts';
import type { Route, RouteKind } from '../../../../evidence/routes.ts';
import type { Module } from '../module.ts';
import { createLog, noteExit, recordGap } from '../interpret/log.ts';
import { join, type State } from '../interpret/state.ts';
import { type Api, api, type Machine, type NativeCall, type Value } from '../interpret/value.ts';

/**
 * One thing a client can call behind an endpoint: a tRPC procedure, a root field of GraphQL. The library routes requests to it by
 * itself, so that the server framework only shows the endpoint.
 */
export interface Operation {
  readonly kind: RouteKind;
  readonly framework: string;
  readonly id: string;
  /** What an HTTP request must use to reach it. */
  readonly verb: 'GET' | 'POST';
  /** What the route is listed under, when that is not the verb (`MUTATION`). */
  readonly method?: string;
  /** Who checks that the browser meant it, where that does not depend on the endpoint. */
  readonly csrf?: Route['csrf'];
  /** True for what is worth a route only where it reaches data. */
  readonly onlyWithData?: true;
  /** The route's path, from the path of the endpoint. */
  path(endpoint: string): string;
  readonly place: Place;
  /** Runs it as the endpoint would for this call, which carries the framework's request. */
  run(call: NativeCall): Value;
}

/** What stands at one address and answers many operations. */
export interface Endpoint {
  readonly operations: readonly Operation[];
  /** Set when the library is told its own path. */
  readonly path?: string;
  /** True when the endpoint answers something besides its operations, and is a route itself. */
  readonly listed: boolean;
}

/** An endpoint that starts its own server, or that a framework serves without a visible mount. */
export interface Standing {
  readonly handler: Value;
  readonly path: string;
  readonly place: Place;
  readonly module: Module;
}

interface Desk {
  /** Endpoints reached by the route that was run last. */
  readonly reached: Endpoint[];
  /** The operation to run when an endpoint is reached; without it reaching is only noted. */
  selected?: string;
  readonly standing: Map<string, Standing>;
}

const desks = new WeakMap<Machine, Desk>();

const deskOf = (machine: Machine): Desk => {
  let desk = desks.get(machine);
  if (!desk) desks.set(machine, (desk = { reached: [], standing: new Map() }));
  return desk;
};

/** The endpoints reached since the last call. */
export const takeReached = (machine: Machine): Endpoint[] => deskOf(machine).reached.splice(0);

/** Runs `work` so that the endpoint it reaches runs the operation `id`. */
export function selecting<T>(machine: Machine, id: string, work: () => T): T {
  const desk = deskOf(machine);
  desk.selected = id;
  try {
    return work();
  } finally {
    delete desk.selected;
  }
}

/** A request has come to an endpoint: it is noted, or the selected operation is run with all that holds at this point. */
export function reach(call: NativeCall, endpoint: Endpoint): Value {
  const desk = deskOf(call.machine);
  if (desk.selected === undefined) {
    desk.reached.push(endpoint);
    return {};
  }
  const operation = endpoint.operations.find(({ id }) => id === desk.selected);
  if (!operation) {
    call.machine.state = undefined;
    return {};
  }
  const result = operation.run(call);
  const { log } = call.machine;
  if (operation.kind === 'trpc') log.inner = result;
  // Of a field of GraphQL the answer shows what further resolvers make of it, whatever the framework around it answers with.
  else log.untold = true;
  return {};
}

/** Notes an endpoint that needs no framework to be reachable. */
export function stand(call: NativeCall, handler: Value, path: string): void {
  const place = call.module.placeOf(call.node);
  deskOf(call.machine).standing.set(`${place.file}:${place.line}`, { handler, path, place, module: call.module });
}

export const standingOf = (machine: Machine): readonly Standing[] => [...deskOf(machine).standing.values()];

/** A handler behind which `open` finds an endpoint when a request comes; `member` answers for its other properties. */
export const endpointHandler = (open: (call: NativeCall) => Endpoint, answer: Value = {}, member?: NonNullable<Api['member']>): Value =>
  api('endpoint', { call: (call) => (reach(call, open(call)), answer), ...(member && { member }) });

/** True for handlers made by `endpointHandler`: mounting one with `use` makes routes. */
export const isEndpoint = (value: Value): boolean => value.api?.kind === 'endpoint';

/**
 * Runs what stands before an operation (context, middleware, guards) on a log of its own: what it reads or stores is not the route's
 * data, what it learns of the caller stays. `work` hands the operation itself to `own`. Where the ways through the operation are lost,
 * whoever gets an answer has still come past what stands before it.
 */
export function serve<T>(machine: Machine, what: string, place: Place, work: (own: <R>(run: () => R) => R) => T): T {
  const route = machine.log;
  const before = createLog();
  let reached: State | undefined;
  machine.log = before;
  try {
    return work((run) => {
      reached = join([reached, machine.state]);
      machine.log = route;
      try {
        return run();
      } finally {
        machine.log = before;
      }
    });
  } finally {
    machine.log = route;
    for (const [name, at] of before.headers) route.headers.set(name, at);
    for (const gap of before.gaps.values()) recordGap(route, gap.what, gap.why, gap.place ?? {});
    if (before.cookieSession) route.cookieSession ??= before.cookieSession;
    if (before.headerCredential) route.headerCredential ??= before.headerCredential;
    if (!machine.state && reached && route.exits.length === 0) {
      noteExit(route, reached);
      if (route.accesses.size + route.effects.size === 0) recordGap(route, what, 'found no way through it that ends in an answer', place);
    }
  }
}

/** Runs a guard: nothing it reads is the route's data. */
export const guarding = <T>(machine: Machine, work: () => T): T => serve(machine, '', {}, () => work());
