import { type Codebase, isTestPath } from '../codebase.ts';
import type { Module } from '../module.ts';
import { recordGap } from '../interpret/log.ts';
import { join, type State } from '../interpret/state.ts';
import { literal, type Machine, native, object, type Span, unknown, type Value } from '../interpret/value.ts';
import { handlesOf, remoteInput, remoteOf } from '../know/sveltekit.ts';
import { makeEvent } from '../know/sveltekit-event.ts';
import { input, response } from '../know/web.ts';
import { isFollowed, runAhead, viaFile } from './ahead.ts';
import { assemble, type RouteSpec } from './assemble.ts';
import { exportPlace } from './path.ts';
import { joinPaths, pathValue } from './path.ts';
import { layoutsAbove, type SvelteKitApp, svelteKitApps, urlOfRouteFolder } from './sveltekit-layout.ts';

const nowhere = { start: 0, end: 0 };
const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'fallback'];
const framework = 'SvelteKit';

/** Endpoints, server loads, form actions and remote functions of every SvelteKit app; hooks.server runs before each of them. */
export function* svelteKitRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  for (const app of svelteKitApps(code, machine)) {
    const hooks = hooksOf(code, machine, app);
    for (const path of code.sources) {
      if (!path.startsWith(app.prefix) || isTestPath(path.slice(app.prefix.length))) continue;
      const remote = path.startsWith(`${app.prefix}src/`) && /\.remote\.[jt]s$/.test(path);
      const routed = path.startsWith(app.routes)
        ? /^(?:(.*)\/)?\+(server|page\.server|layout\.server)\.[jt]s$/.exec(path.slice(app.routes.length))
        : null;
      const module = remote || routed ? code.module(path) : undefined;
      if (!module) continue;
      if (remote) yield* remoteFunctions(machine, module, hooks);
      if (!routed) continue;
      const place: Where = { app, hooks, module, folder: routed[1] ?? '', url: joinPaths(app.base, urlOfRouteFolder(routed[1] ?? '')) };
      if (routed[2] === 'server') yield* endpoints(machine, place);
      else yield* loads(code, machine, place, routed[2] === 'page.server' ? 'page' : 'layout');
    }
  }
}

interface Hooks {
  readonly module: Module;
  readonly handles: readonly Value[];
}

interface Where {
  readonly app: SvelteKitApp;
  readonly hooks: Hooks | undefined;
  readonly module: Module;
  readonly folder: string;
  readonly url: string;
}

function hooksOf(code: Codebase, machine: Machine, app: SvelteKitApp): Hooks | undefined {
  for (const name of ['src/hooks.server', 'src/hooks.server/index', 'src/hooks', 'src/hooks/index']) {
    for (const ending of ['ts', 'js']) {
      const path = `${app.prefix}${name}.${ending}`;
      const module = code.tree.has(path) ? code.module(path) : undefined;
      if (module?.exports.has('handle')) return { module, handles: handlesOf(machine.exported(module, 'handle')) };
    }
  }
  return undefined;
}

function* endpoints(machine: Machine, where: Where): Generator<RouteSpec> {
  const { app, module, url } = where;
  for (const name of verbs) {
    if (!module.exports.has(name)) continue;
    const method = name === 'fallback' ? 'ALL' : name;
    const handler = machine.exported(module, name);
    yield {
      kind: 'http',
      framework,
      method,
      path: url,
      place: exportPlace(module, name),
      ...(app.checksOrigin && { csrf: 'framework' }),
      run: (m) => enter(m, where, method, (event) => answerOf(m, handler, [event], module)),
    };
  }
}

function* loads(code: Codebase, machine: Machine, where: Where, kind: 'page' | 'layout'): Generator<RouteSpec> {
  const { module, url, app, folder } = where;
  if (module.exports.has('load')) {
    const load = machine.exported(module, 'load');
    const above = layoutsAbove(code, app.routes, folder, kind).flatMap((path) => code.module(path) ?? []);
    const spec: RouteSpec = {
      kind: 'page',
      framework,
      method: 'GET',
      path: url,
      id: kind === 'page' ? `PAGE ${url}` : `LAYOUT ${url}`,
      place: exportPlace(module, 'load'),
      run: (m) => enter(m, where, 'GET', (event) => answerOf(m, load, [event], module), above),
    };
    // A layout's load is asked for with the pages below it: it is a way in of its own only where it reads something.
    if (kind === 'page' || touches(machine, spec)) yield spec;
  }
  if (kind === 'page' && module.exports.has('actions')) yield* actions(machine, where);
}

function touches(machine: Machine, spec: RouteSpec): boolean {
  const { data, effects } = assemble(machine, spec);
  return data.length + effects.length > 0;
}

function* actions(machine: Machine, where: Where): Generator<RouteSpec> {
  const { app, module, url } = where;
  const listed = machine.exported(module, 'actions');
  const spec = (path: string, place: RouteSpec['place'], run: RouteSpec['run']): RouteSpec => ({
    kind: 'http',
    framework,
    method: 'POST',
    path,
    place,
    ...(app.checksOrigin && { csrf: 'framework' }),
    run,
  });
  for (const [name, action] of listed.props ?? []) {
    const place = action.closure?.module.path === module.path ? module.placeOf(action.closure.node) : exportPlace(module, 'actions');
    yield spec(name === 'default' ? url : `${url}?/${name}`, place, (m) =>
      enter(m, where, 'POST', (event) => answerOf(m, action, [event], module)),
    );
  }
  if (!listed.props || listed.open)
    yield spec(url, exportPlace(module, 'actions'), (m) => {
      recordGap(m.log, 'form actions', 'which actions the page has could not be told', exportPlace(module, 'actions'));
      return undefined;
    });
}

function* remoteFunctions(machine: Machine, module: Module, hooks: Hooks | undefined): Generator<RouteSpec> {
  for (const name of module.exports.keys()) {
    const remote = remoteOf(machine.exported(module, name));
    if (!remote || remote.kind === 'prerender') continue;
    yield {
      kind: 'server-action',
      framework,
      method: 'CALL',
      path: module.path,
      id: `remote ${module.path} ${name}`,
      place: exportPlace(module, name),
      csrf: 'framework',
      // The browser says which page it calls from, so a hook that goes by the path can be talked round.
      run: (m) =>
        enter(m, { hooks, module, folder: '', url: undefined }, 'POST', () => answerOf(m, remote.handler, [remoteInput(remote)], module)),
    };
  }
}

type Entry = Pick<Where, 'hooks' | 'module' | 'folder'> & { readonly url: string | undefined };

/** Makes the event, runs the hooks on it and then the route; `above` are the layouts that `await parent()` waits for. */
function enter(
  machine: Machine,
  where: Entry,
  method: string,
  route: (event: Value) => Value,
  above: readonly Module[] = [],
): Value | undefined {
  const waits: { event?: Value } = {};
  const parent = native((call) => {
    const given = new Map<string, Value>();
    for (const layout of above) {
      if (!layout.exports.has('load')) continue;
      const load = machine.exported(layout, 'load');
      const data = runAhead(call.machine, () => answerOf(call.machine, load, [waits.event ?? unknown], layout));
      if (call.machine.state) call.machine.state = viaFile(call.machine.state, layout.path);
      for (const [name, value] of data.props ?? []) given.set(name, value);
    }
    return object(Object.fromEntries(given), true);
  });
  const path = where.url === undefined ? input('header', 'path') : pathValue(where.url);
  const event = (waits.event = makeEvent(machine, path, method, `/${where.folder}`, parent));
  if (where.hooks && !throughHooks(machine, where.hooks, event)) return undefined;
  if (machine.state) machine.log.entered = machine.state;
  return route(event);
}

/** Runs the handles one after another; false when none of them lets this request through. */
function throughHooks(machine: Machine, { handles, module }: Hooks, event: Value): boolean {
  for (const handle of handles) {
    const before = machine.state;
    const passed: State[] = [];
    const resolve = native((call) => {
      if (call.machine.state) passed.push(call.machine.state);
      return response(literal(200));
    });
    runAhead(machine, () => answerOf(machine, handle, [object({ event, resolve })], module));
    const followed = isFollowed(handle);
    machine.state = followed ? join(passed, 'the hook lets it through earlier') : before;
    if (!followed) recordGap(machine.log, 'handle', 'a hook of a package could not be followed', exportPlace(module, 'handle'));
    if (!machine.state) {
      recordGap(machine.log, 'handle', 'could not see how the hook lets a request through', exportPlace(module, 'handle'));
      return false;
    }
    machine.state = viaFile(machine.state, module.path);
  }
  return true;
}

const answerOf = (machine: Machine, handler: Value, args: readonly Value[], module: Module, node: Span = nowhere): Value =>
  machine.settle(machine.call(handler, args, unknown, node, module));
