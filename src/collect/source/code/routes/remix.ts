import type { Codebase } from '../codebase.ts';
import type { Module } from '../module.ts';
import { recordGap } from '../interpret/log.ts';
import { both, join, type State } from '../interpret/state.ts';
import { alternativesOf, literal, type Machine, native, object, unknown, type Value } from '../interpret/value.ts';
import { routerContext } from '../know/remix.ts';
import { input, response, webRequest } from '../know/web.ts';
import { isFollowed, runAhead, viaFile } from './ahead.ts';
import { assemble, type RouteSpec } from './assemble.ts';
import { exportPlace } from './path.ts';
import { pathValue } from './path.ts';
import { type RemixApp, type RemixRoute, remixApps } from './remix-tree.ts';

const nowhere = { start: 0, end: 0 };

/**
 * Loaders, actions and pages of Remix and React Router apps. Each loader can be called alone (`/path.data?_routes=...`), so the loaders
 * of the layouts around it guard nothing; middleware of root, layouts and the route itself runs before it.
 */
export function* remixRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  for (const app of remixApps(code, machine)) {
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
    if (app.gap !== undefined) yield unreadTable(app, app.gap);
  }
}

interface Where {
  readonly app: RemixApp;
  readonly route: RemixRoute;
  readonly module: Module;
  readonly crossSite: boolean;
  readonly all: readonly RemixRoute[];
}

function* declared(code: Codebase, machine: Machine, where: Where): Generator<RouteSpec> {
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
    const spec: RouteSpec = {
      kind: page ? 'page' : 'http',
      framework: app.framework,
      method: 'GET',
      path,
      ...(page && { id: `${covered ? 'LAYOUT' : 'PAGE'} ${path}` }),
      place: exportPlace(module, loads ? 'loader' : 'default'),
      run: (m) =>
        enter(code, m, where, path, 'GET', (args) =>
          loader ? m.settle(m.call(loader, [args], unknown, nowhere, module)) : response(literal(200)),
        ),
    };
    if (!covered || touches(machine, spec)) yield spec;
  }
  if (!module.exports.has('action')) return;
  const action = machine.exported(module, 'action');
  for (const method of methodsOf(module))
    yield {
      kind: 'http',
      framework: app.framework,
      method,
      path: route.index ? `${route.path}?index` : route.path,
      place: exportPlace(module, 'action'),
      ...(app.checksOrigin && page ? { csrf: 'framework' } : !crossSite && { csrf: 'same-site' }),
      run: (m) => enter(code, m, where, route.path, method, (args) => m.settle(m.call(action, [args], unknown, nowhere, module))),
    };
}

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
  route: (args: Value) => Value,
): Value | undefined {
  const { route: at, module } = where;
  const request = webRequest(pathValue(path.replace(/\*$/, ':splat*')), literal(method));
  const args = object({ request, params: input('path'), context: routerContext() }, true);
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
