import { defineCollector } from '../../../core/collector.ts';
import { databaseModel } from '../../../evidence/database.ts';
import { type Route, type RouteInventory, sourceRoutes } from '../../../evidence/routes.ts';
import type { Gap } from '../../../evidence/source.ts';
import { pythonRoutes, unreadText } from '../python/inventory.ts';
import { type Codebase, sourceCode } from './codebase.ts';
import { createMachine } from './interpret/machine.ts';
import type { Machine } from './interpret/value.ts';
import { nodeRequest } from './know/express.ts';
import { packageKnowledge, runtimeGlobals } from './know/index.ts';
import { nodeResponse } from './know/node-response.ts';
import { assemble, type RouteSpec } from './routes/assemble.ts';
import { credentialsRoutes } from './routes/credentials.ts';
import { edgeFunctions } from './routes/edge-functions.ts';
import { routesOf, standingRoutes } from './routes/endpoint.ts';
import { fastifyRoutes } from './routes/fastify.ts';
import { functionRoutes } from './routes/functions.ts';
import { graphqlRoutes } from './routes/graphql.ts';
import { honoRoutes } from './routes/hono.ts';
import { koaRoutes } from './routes/koa.ts';
import { nestRoutes } from './routes/nest.ts';
import { nextRoots, nextRoutes, pagesPair } from './routes/next.ts';
import { readMiddleware } from './routes/next-middleware.ts';
import { nuxtRoutes } from './routes/nuxt.ts';
import { documented } from './routes/openapi.ts';
import { type Documents, readDocuments } from './routes/openapi-documents.ts';
import { pathValue } from './routes/path.ts';
import { bootServers, serverRoutes, unmounted } from './routes/servers.ts';
import { trpcRoutes } from './routes/trpc.ts';
import { unreadFrameworks } from './routes/unread.ts';
import { prepareRemix, remixRoutes } from './routes/remix.ts';
import { svelteKitRoutes } from './routes/sveltekit.ts';
import { withSubjects } from './content.ts';

pagesPair.nodeRequest = (url, method) => nodeRequest(pathValue(url), method);
pagesPair.nodeResponse = () => nodeResponse();

/** Declares the routes of every framework we read. */
function* declare(code: Codebase, machine: Machine, documents: Documents): Generator<RouteSpec> {
  yield* nextRoutes(code, machine);
  yield* credentialsRoutes(code, machine);
  yield* svelteKitRoutes(code, machine);
  yield* nuxtRoutes(code, machine);
  prepareRemix(code, machine);
  bootServers(code, machine);
  yield* serverRoutes(machine, new Set(['Express']));
  yield* fastifyRoutes(code, machine);
  yield* honoRoutes(code, machine);
  yield* koaRoutes(machine);
  yield* remixRoutes(machine);
  yield* edgeFunctions(code, machine);
  yield* functionRoutes(code, machine, documents);
  yield* nestRoutes(code, machine);
  yield* trpcRoutes(code, machine);
  yield* graphqlRoutes(code, machine);
  yield* standingRoutes(machine);
}

/** All routes of a codebase with their guards and data. `progress` is told now and then; throws when `signal` aborts. */
export async function readRoutes(code: Codebase, signal: AbortSignal, progress: (done: number) => void): Promise<RouteInventory> {
  const machine = createMachine(code, packageKnowledge, runtimeGlobals);
  const documents = await readDocuments(code);
  const routes: Route[] = [];
  const seen = new Map<string, number>();
  const add = (route: Route): void => {
    const nth = (seen.get(route.id) ?? 0) + 1;
    seen.set(route.id, nth);
    routes.push(nth === 1 ? route : { ...route, id: `${route.id} (${nth})` });
  };
  for (const route of routesOf(machine, declare(code, machine, documents))) {
    if (route.files && seen.has(route.id)) continue;
    add(route);
    if (routes.length % 20 === 0) {
      progress(routes.length);
      // The run is one long computation: give the event loop a turn for Ctrl-C and timeouts.
      await new Promise((resume) => setImmediate(resume));
      signal.throwIfAborted();
    }
  }
  const python = await pythonRoutes(code.tree, signal);
  for (const route of python.routes) add(route);
  const described = documented(code, documents, routes, python.served);
  routes.push(...described.specs.map((spec) => assemble(machine, spec)));
  const unread = [...unreadFrameworks(code), ...python.unread];
  const middleware = nextRoots(code).flatMap((root) => readMiddleware(code, machine, root === '' ? '' : `${root}/`));
  return {
    routes,
    gaps: [
      ...unmounted(machine).map((node) => ({
        what: `router in ${node.place.file ?? ''}`,
        why: 'nothing mounts it, so its routes are not reachable',
        place: node.place,
      })),
      ...described.gaps,
      ...python.gaps,
      ...unread.map((one) => ({ what: `the routes of ${one.name}`, why: unreadText(one), place: one.place })),
      ...collectGaps(routes.filter(({ addressOnly }) => !addressOnly)),
    ],
    ...(unread.length > 0 && { unread }),
    middleware: middleware.map((file) => ({
      place: file.place,
      matcher: file.matcher,
      guards: routes.some((route) => route.guards.some((guard) => guard.via === file.module.path)),
    })),
  };
}

const collectGaps = (routes: readonly Route[]): Gap[] =>
  [...new Map(routes.flatMap((route) => route.unresolved).map((gap) => [gap.what, gap])).values()].slice(0, 100);

export const routesCollector = defineCollector({
  provides: sourceRoutes,
  wants: 'repo',
  needs: { code: sourceCode, database: databaseModel },
  effects: 'none',
  timeoutMs: 300_000,
  async collect({ code, database }, { signal, progress }) {
    progress('reading routes');
    return withSubjects(await readRoutes(code, signal, (done) => progress('reading routes', done)), database);
  },
});
