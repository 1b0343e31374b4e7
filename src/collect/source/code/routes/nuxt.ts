import { type Codebase, isTestPath } from '../codebase.ts';
import type { Module } from '../module.ts';
import { noteExit, recordGap } from '../interpret/log.ts';
import { both, flagged, join, type State, unanswered } from '../interpret/state.ts';
import { alternativesOf, type Frame, isNullish, type Machine, unknown, type Value } from '../interpret/value.ts';
import { nuxtRouterOf } from '../know/nuxt.ts';
import { makeEvent } from '../know/nuxt-event.ts';
import { isFollowed, runAhead, viaFile } from './ahead.ts';
import type { RouteSpec } from './assemble.ts';
import { exportPlace } from './path.ts';
import { wireImports } from './nuxt-imports.ts';
import { type NuxtApp, nuxtApps } from './nuxt-layers.ts';
import { joinPaths, pathValue } from './path.ts';

const nowhere = { start: 0, end: 0 };

/** Routes of every Nuxt and Nitro app: handlers of the app and its layers behind the middleware of all of them. */
export function* nuxtRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  const apps = nuxtApps(code, machine);
  for (const app of apps) wireImports(code, machine, app);
  const seen = new Set<string>();
  for (const app of apps) {
    const front = frontOf(code, machine, app);
    for (const [path, server, framework] of handlersOf(code, app)) {
      const file = handlerFile(path.slice(server.length));
      const module = file ? code.module(path) : undefined;
      // A layer that several apps serve alike is listed once.
      const key = `${path} ${front.middleware.map((one) => one.module.path).join()}`;
      if (!file || !module || seen.has(key)) continue;
      seen.add(key);
      const handler = machine.exported(module, 'default');
      const router = nuxtRouterOf(handler);
      if (router?.routes.length === 0) register(machine, module);
      const base = { kind: 'http', framework, csrf: 'same-site' } as const;
      if (!router) {
        const { method, url } = file;
        yield {
          ...base,
          method,
          path: url,
          place: exportPlace(module, 'default'),
          run: (m) => enter(m, front, url, method, handler, module),
        };
        continue;
      }
      for (const route of router.routes) {
        const url = joinPaths(router.base, route.path.replace(/\/\*\*$/, '/*').replace(/\*\*:(\w+)/, ':$1*'));
        yield {
          ...base,
          method: route.method,
          path: url,
          place: route.module.placeOf(route.node),
          run: (m) => enter(m, front, url, route.method, route.handler, module),
        };
      }
    }
  }
}

// `router.get(...)` at the top of a module: run once, so that the routes land on the router.
function register(machine: Machine, module: Module): void {
  const frame: Frame = { scope: machine.moduleScope(module), returns: [], leaves: [] };
  machine.aside(() => {
    for (const statement of module.program.body) if (statement.type === 'ExpressionStatement') machine.execute([statement], frame);
  });
}

function* handlersOf(code: Codebase, app: NuxtApp): Generator<[path: string, server: string, framework: string]> {
  for (const layer of app.layers)
    for (const server of layer.servers)
      for (const path of code.sources)
        if (path.startsWith(server) && !isTestPath(path.slice(layer.prefix.length))) yield [path, server, layer.framework];
}

const verbs = /\.(connect|delete|get|head|options|patch|post|put|trace)$/;

/** `api/users/[id].get.ts` → GET /api/users/:id; `undefined` for files that are no handlers, and for those of development only. */
export function handlerFile(path: string): { readonly method: string; readonly url: string } | undefined {
  const found = /^(api|routes)\/(.+)\.[cm]?[jt]sx?$/.exec(path);
  if (!found) return undefined;
  let name = found[2] ?? '';
  if (/\.(?:dev|prerender)$/.test(name)) return undefined;
  name = name.replace(/\.prod$/, '');
  const method = verbs.exec(name)?.[1]?.toUpperCase() ?? 'ALL';
  if (method === 'OPTIONS' || method === 'HEAD') return undefined;
  const parts = name
    .replace(verbs, '')
    .split('/')
    .filter((part) => !/^\(.*\)$/.test(part))
    .map((part) =>
      part
        .replace(/\[\.\.\.\]/g, '*')
        .replace(/\[\.\.\.(\w+)\]/g, ':$1*')
        .replace(/\[\[?(\w+)\]?\]/g, ':$1'),
    );
  if (parts.at(-1) === 'index') parts.pop();
  return { method, url: `/${[...(found[1] === 'api' ? ['api'] : []), ...parts].join('/')}` };
}

/** What stands before every route of an app. */
interface Front {
  readonly middleware: readonly { readonly module: Module; readonly run: Value }[];
  /** Protections of modules, by path. */
  protects(url: string, method: string): State | undefined;
  readonly missing: readonly string[];
  readonly config: string;
}

function frontOf(code: Codebase, machine: Machine, app: NuxtApp): Front {
  const middleware = app.layers.flatMap((layer) =>
    layer.servers.flatMap((server) =>
      code.sources
        .filter((path) => path.startsWith(`${server}middleware/`) && !isTestPath(path.slice(server.length)) && !/\.dev\.[jt]s$/.test(path))
        .flatMap((path) => code.module(path) ?? [])
        .map((module) => ({ module, run: machine.exported(module, 'default') })),
    ),
  );
  const config = app.layers[0]?.config ?? '';
  return { middleware, protects: (url, method) => moduleGuards(app, url, method), missing: app.missing, config };
}

// nuxt-csurf asks for a token on every write, nuxt-security limits the rate, unless the config says otherwise for a path.
function moduleGuards(app: NuxtApp, url: string, method: string): State | undefined {
  let state: State | undefined;
  for (const { settings, config } of app.layers) {
    const modules = (settings?.props?.get('modules')?.items ?? []).map((item) => item.literal?.is ?? item.items?.[0]?.literal?.is);
    const rules = [
      ...(settings?.props?.get('routeRules')?.props ?? []),
      ...(settings?.props?.get('nitro')?.props?.get('routeRules')?.props ?? []),
    ];
    const off = (read: (rule: Value) => Value | undefined): boolean =>
      rules.some(([pattern, rule]) => covers(pattern, url) && read(rule)?.literal?.is === false);
    const add = (guard: State): void => void (state = state ? both(state, guard) : guard);
    if (modules.includes('nuxt-csurf') && method !== 'GET' && !off((rule) => rule.props?.get('csurf')))
      add(flagged('csrf', 'nuxt-csurf', { file: config }));
    const security = settings?.props?.get('security')?.props?.get('rateLimiter')?.literal?.is;
    if (modules.includes('nuxt-security') && security !== false && !off((rule) => rule.props?.get('security')?.props?.get('rateLimiter')))
      add(flagged('rate', 'nuxt-security', { file: config }));
  }
  return state;
}

const covers = (pattern: string, url: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/\/\*\*/g, '(?:/.*)?')
      .replace(/(?<!\.)\*/g, '[^/]*')}$`,
  ).test(url);

/** Runs the middleware on the event of this route, then the handler; notes how it answers. */
function enter(machine: Machine, front: Front, url: string, method: string, handler: Value, module: Module): undefined {
  const event = makeEvent(pathValue(url.replace(/\*$/, (star) => (url.endsWith('/*') ? ':rest*' : star))), method);
  const proved = front.protects(url, method);
  if (proved && machine.state) machine.state = both(machine.state, proved);
  for (const name of front.missing)
    recordGap(machine.log, `layer ${name}`, 'its server middleware is not in the repo', { file: front.config });
  for (const { module: file, run } of front.middleware) {
    pass(machine, run, event, file);
    if (!machine.state) {
      recordGap(machine.log, file.path, 'could not see how the middleware lets a request through', exportPlace(file, 'default'));
      return undefined;
    }
  }
  if (machine.state) machine.log.entered = machine.state;
  if (!isFollowed(handler)) recordGap(machine.log, 'the handler', 'could not be found', exportPlace(module, 'default'));
  note(machine, machine.settle(machine.call(handler, [event], unknown, nowhere, module)));
  return undefined;
}

// Middleware that returns something has answered; an error that it returns or throws turns the caller away.
function pass(machine: Machine, run: Value, event: Value, module: Module): void {
  if (!isFollowed(run)) {
    recordGap(machine.log, module.path, 'a middleware could not be followed', exportPlace(module, 'default'));
    return;
  }
  const answer = runAhead(machine, () => machine.settle(machine.call(run, [event], unknown, nowhere, module)));
  const { state } = machine;
  if (!state) return;
  const passed = alternativesOf(answer).flatMap(({ value, state: when }) => (goesOn(value) ? [both(state, when)] : []));
  const through = join(passed, 'the middleware lets it through earlier');
  machine.state = through && viaFile(through, module.path);
}

const goesOn = (value: Value): boolean =>
  value.response === undefined && (isNullish(value) || (!value.literal && !value.props && !value.items && !value.parts));

function note(machine: Machine, answer: Value): void {
  if (!machine.state) return;
  for (const { value, state } of alternativesOf(answer)) {
    const open = unanswered(both(machine.state, state));
    if (value.response === 'deny') machine.log.answers.push(value);
    else if (open) noteExit(machine.log, open, value);
  }
}
