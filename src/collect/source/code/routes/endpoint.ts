import type { Route } from '../../../../evidence/routes.ts';
import { answersAtEnd } from '../interpret/answering.ts';
import type { Machine } from '../interpret/value.ts';
import { nodeRequest } from '../know/express.ts';
import { nodeResponse } from '../know/node-response.ts';
import { type Operation, selecting, standingOf, takeReached } from '../know/endpoint.ts';
import { assemble, type RouteSpec } from './assemble.ts';
import { pathValue } from './path.ts';

/**
 * Runs declared routes. Where a handler hands the request to a library that routes by itself (tRPC, GraphQL), the operations behind
 * it are the routes: each is run from the front door, so that what stands before the endpoint holds for it too.
 */
export function* routesOf(machine: Machine, specs: Iterable<RouteSpec>): Generator<Route> {
  for (const spec of specs) yield* behind(machine, spec);
}

function* listed(spec: RouteSpec, route: Route): Generator<Route> {
  if (!spec.onlyWithData || route.data.length > 0 || route.effects.length > 0) yield route;
}

function* behind(machine: Machine, spec: RouteSpec): Generator<Route> {
  takeReached(machine);
  const route = assemble(machine, spec);
  const endpoints = takeReached(machine);
  if (endpoints.length === 0 || endpoints.some((endpoint) => endpoint.listed)) yield* listed(spec, route);
  const seen = new Set<string>();
  for (const endpoint of endpoints) {
    const path = endpoint.path ?? basePath(spec.path);
    for (const operation of endpoint.operations) {
      if (seen.has(operation.id) || !reachable(spec, operation)) continue;
      seen.add(operation.id);
      const inner = specOf(spec, operation, path);
      yield* listed(inner, assemble(machine, inner));
    }
  }
}

const reachable = (spec: RouteSpec, operation: Operation): boolean => spec.method === operation.verb || spec.method === 'ALL';

/** `/api/trpc/:trpc` → `/api/trpc`. */
export const basePath = (path: string): string => path.replace(/\/(?::\w+[*+?]?|\*\w*|\(\.\*\))$/, '') || '/';

const specOf = (spec: RouteSpec, operation: Operation, path: string): RouteSpec => ({
  kind: operation.kind,
  framework: operation.framework,
  method: operation.method ?? operation.verb,
  path: operation.path(path),
  place: operation.place,
  id: operation.id,
  ...(operation.onlyWithData && { onlyWithData: true as const }),
  ...(spec.entry && { entry: spec.entry }),
  ...((operation.csrf ?? spec.csrf) && { csrf: operation.csrf ?? spec.csrf }),
  run: (machine) => selecting(machine, operation.id, () => spec.run(machine)),
});

/** Endpoints that are their own server. */
export function* standingRoutes(machine: Machine): Generator<RouteSpec> {
  for (const { handler, path, place, module } of standingOf(machine)) {
    yield {
      kind: 'http',
      framework: 'Node.js',
      method: 'ALL',
      path,
      place,
      run: (m) => {
        m.call(handler, [nodeRequest(pathValue(path), 'ALL'), nodeResponse()], {}, { start: 0, end: 0 }, module);
        answersAtEnd(m);
        return undefined;
      },
    };
  }
}
