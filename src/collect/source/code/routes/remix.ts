import type { Codebase } from '../codebase.ts';
import type { Module } from '../module.ts';
import { recordGap } from '../interpret/log.ts';
import { both, join, type State } from '../interpret/state.ts';
import { alternativesOf, api, literal, type Machine, native, type NativeCall, object, unknown, type Value } from '../interpret/value.ts';
import { type Operation, takeReached } from '../know/endpoint.ts';
import { routerContext, standBehind } from '../know/remix.ts';
import { input, response, webRequest } from '../know/web.ts';
import { isFollowed, runAhead, viaFile } from './ahead.ts';
import { assemble, noteAnswer, type RouteSpec } from './assemble.ts';
import { exportPlace } from './path.ts';
import { pathValue } from './path.ts';
import { type RemixApp, type RemixRoute, remixApps } from './remix-tree.ts';

const nowhere = { start: 0, end: 0 };

interface Served {
  readonly spec: RouteSpec;
  /** Runs it with the context that a server in front has made. */
  serve(machine: Machine, context: Value): Value | undefined;
}

interface AppRoutes {
  readonly app: RemixApp;
  readonly routes: readonly Served[];
  /** Set when a server of the repo hands its requests to the app. */
  fronted: boolean;
}

const prepared = new WeakMap<Machine, { readonly apps: readonly AppRoutes[]; readonly workers: readonly RouteSpec[] }>();

/**
 * Reads the Remix and React Router apps, so that servers of the repo that stand in front of one reach its routes. Workers that make
 * their server for each request are run once, for what they register.
 */
export function prepareRemix(code: Codebase, machine: Machine): void {
  const apps = remixApps(code, machine).map((app): AppRoutes => ({ app, routes: [...servedBy(code, machine, app)], fronted: false }));
  standBehind(machine, (file, contextOf) => {
    const found = apps.filter(({ app }) => file.startsWith(app.prefix)).toSorted((a, b) => b.app.prefix.length - a.app.prefix.length)[0];
    if (!found) return [];
    found.fronted = true;
    return found.routes.map(({ spec, serve }) => operationOf(spec, (call) => serve(call.machine, contextOf(call) ?? routerContext())));
  });
  const workers = apps.length > 0 ? [...startWorkers(code, machine)] : [];
  for (const app of apps) app.fronted = false;
  prepared.set(machine, { apps, workers });
}

const operationOf = (spec: RouteSpec, serve: (call: NativeCall) => Value | undefined): Operation => ({
  kind: spec.kind,
  framework: spec.framework,
  id: spec.id ?? `${spec.method} ${spec.path}`,
  verb: spec.method === 'GET' ? 'GET' : 'POST',
  method: spec.method,
  ...(spec.csrf && { csrf: spec.csrf }),
  path: () => spec.path,
  place: spec.place,
  run: (call) => {
    const answer = serve(call);
    if (answer) noteAnswer(call.machine, answer);
    // The app has answered: nothing of the server comes after it.
    call.machine.state = undefined;
    return {};
  },
});

// `export default { fetch(request, env) { ... } }` of Cloudflare Workers: it makes a server for each request, or hands it straight on.
function* startWorkers(code: Codebase, machine: Machine): Generator<RouteSpec> {
  for (const path of code.product) {
    if (!/\bcreateRequestHandler\b/.test(code.text(path) ?? '')) continue;
    const module = code.module(path);
    const run = module?.exports.has('default') ? machine.aside(() => machine.exported(module, 'default').props?.get('fetch')) : undefined;
    if (!module || !run?.closure) continue;
    const start = (m: Machine): Value =>
      m.settle(m.call(run, [webRequest(input('header', 'path'), unknown), workerSettings, unknown], unknown, nowhere, module));
    takeReached(machine);
    machine.aside(() => start(machine));
    if (takeReached(machine).length > 0)
      yield {
        kind: 'http',
        framework: 'Cloudflare Workers',
        method: 'ALL',
        path: '/*',
        place: module.placeOf(run.closure.node),
        run: start,
      };
  }
}

const workerSettings: Value = api('environment', { member: (name) => ({ env: name }) });

/**
 * Loaders, actions and pages of the apps that no server of the repo stands in front of. Each loader can be called alone
 * (`/path.data?_routes=...`), so the loaders of the layouts around it guard nothing; middleware of root, layouts and the route itself
 * runs before it.
 */
export function* remixRoutes(machine: Machine): Generator<RouteSpec> {
  const { apps = [], workers = [] } = prepared.get(machine) ?? {};
  yield* workers;
  for (const one of apps) {
    if (!one.fronted) for (const { spec } of one.routes) yield spec;
    if (one.app.gap !== undefined) yield unreadTable(one.app, one.app.gap);
  }
}

function* servedBy(code: Codebase, machine: Machine, app: RemixApp): Generator<Served> {
  const crossSite = /sameSite:\s*['"]none['"]/i.test(
    code.sources
      .filter((path) => path.startsWith(app.prefix))
      .map((path) => code.text(path) ?? '')
      .find((text) => /createCookieSessionStorage|createCookie\(/.test(text)) ?? '',
  );
  const all = [{ file: app.root, path: '/', index: false, parents: [], around: true }, ...app.routes];
  for (const route of all) {
    const module = code.module(route.file);
    if (module) yield* declared(code, machine, { app, route, module, crossSite, all });
  }
}

interface Where {
  readonly app: RemixApp;
  readonly route: RemixRoute;
  readonly module: Module;
  readonly crossSite: boolean;
  readonly all: readonly RemixRoute[];
}

function* declared(code: Codebase, machine: Machine, where: Where): Generator<Served> {
  const { app, route, module, crossSite } = where;
  const page = module.exports.has('default');
  const loads = module.exports.has('loader');
  const child = where.all.find((other) => other.parents.includes(route.file));
  // Around an index route, or without a path of its own, a layout is no address: its loader is asked for with the pages in it.
  const covered =
    route.around &&
    (route.file === app.root ||
      !hasPath(where) ||
      where.all.some((other) => other.path === route.path && other !== route && other.parents.includes(route.file)));
  if (loads || (page && !covered)) {
    const loader = loads ? machine.exported(module, 'loader') : undefined;
    const path = covered && !hasPath(where) ? (child?.path ?? route.path) : route.path;
    const served = serving(
      {
        kind: page ? 'page' : 'http',
        framework: app.framework,
        method: 'GET',
        path,
        ...(page && { id: `${covered ? 'LAYOUT' : 'PAGE'} ${path}` }),
        place: exportPlace(module, loads ? 'loader' : 'default'),
      },
      (m, context) =>
        enter(code, m, where, path, 'GET', context, (args) =>
          loader ? m.settle(m.call(loader, [args], unknown, nowhere, module)) : response(literal(200)),
        ),
    );
    if (!covered || touches(machine, served.spec)) yield served;
  }
  if (!module.exports.has('action')) return;
  const action = machine.exported(module, 'action');
  for (const method of methodsOf(module))
    yield serving(
      {
        kind: 'http',
        framework: app.framework,
        method,
        path: route.index ? `${route.path}?index` : route.path,
        place: exportPlace(module, 'action'),
        ...(app.checksOrigin && page ? { csrf: 'framework' } : !crossSite && { csrf: 'same-site' }),
      },
      (m, context) =>
        enter(code, m, where, route.path, method, context, (args) => m.settle(m.call(action, [args], unknown, nowhere, module))),
    );
}

const serving = (spec: Omit<RouteSpec, 'run'>, serve: Served['serve']): Served => ({
  spec: { ...spec, run: (machine) => serve(machine, routerContext()) },
  serve,
});

// A layout without a path of its own adds nothing to the address of the one around it.
function hasPath({ route, all }: Where): boolean {
  const parent = route.parents.at(-1);
  return route.path !== (all.find(({ file }) => file === parent)?.path ?? '/');
}

function touches(machine: Machine, spec: RouteSpec): boolean {
  const { data, effects } = assemble(machine, spec);
  return data.length + effects.length > 0;
}

function methodsOf(module: Module): string[] {
  if (!/\brequest\.method\b/.test(module.text)) return ['POST'];
  const named = [
    ...module.text.matchAll(/\bmethod\s*(?:===?|!==?)\s*['"](POST|PUT|PATCH|DELETE)['"]|case\s*['"](POST|PUT|PATCH|DELETE)['"]/g),
  ];
  const methods = [...new Set(named.map((match) => match[1] ?? match[2] ?? 'POST'))];
  return methods.length > 0 ? methods : ['POST'];
}

/** Runs the middleware of everything around the route and then the route; without an answer where none lets it through. */
function enter(
  code: Codebase,
  machine: Machine,
  where: Where,
  path: string,
  method: string,
  context: Value,
  route: (args: Value) => Value,
): Value | undefined {
  const { route: at, module } = where;
  const request = webRequest(pathValue(path.replace(/\*$/, ':splat*')), literal(method));
  const args = object({ request, params: input('path'), context }, true);
  for (const outer of [...at.parents.flatMap((path) => code.module(path) ?? []), module]) {
    const name = ['middleware', 'unstable_middleware'].find((item) => outer.exports.has(item));
    if (name === undefined) continue;
    for (const middleware of machine.exported(outer, name).items ?? []) {
      pass(machine, middleware, args, outer, name);
      if (!machine.state) {
        recordGap(machine.log, name, 'could not see how it lets a request through', exportPlace(outer, name));
        return undefined;
      }
    }
  }
  if (machine.state) machine.log.entered = machine.state;
  return route(args);
}

// A middleware lets the request through where it calls `next`, and also where it ends without an answer.
function pass(machine: Machine, middleware: Value, args: Value, module: Module, name: string): void {
  if (!isFollowed(middleware)) {
    recordGap(machine.log, name, 'a middleware of a package could not be followed', exportPlace(module, name));
    return;
  }
  const passed: State[] = [];
  const next = native((call) => {
    if (call.machine.state) passed.push(call.machine.state);
    return response(literal(200));
  });
  const answer = runAhead(machine, () => machine.settle(machine.call(middleware, [args, next], unknown, nowhere, module)));
  const { state } = machine;
  if (state) for (const item of alternativesOf(answer)) if (item.value.response === undefined) passed.push(both(state, item.state));
  const through = join(passed, 'the middleware lets it through earlier');
  machine.state = through && viaFile(through, module.path);
}

const unreadTable = (app: RemixApp, file: string): RouteSpec => ({
  kind: 'page',
  framework: app.framework,
  method: 'GET',
  path: '/*',
  id: `routes of ${file}`,
  place: { file },
  run: (m) => {
    recordGap(m.log, file, 'the table of routes could not be read whole', { file });
    return undefined;
  },
});
