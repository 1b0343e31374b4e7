import { posix } from 'node:path';
import type { Codebase } from '../codebase.ts';
import { importersOf } from '../importers.ts';
import { noteExit, recordGap } from '../interpret/log.ts';
import { join, nothing, type State, unanswered } from '../interpret/state.ts';
import { alternativesOf, type Machine, native, unknown, type Value } from '../interpret/value.ts';
import { isEndpoint } from '../know/endpoint.ts';
import { type HonoApp, type HonoEntry, honoApps } from '../know/hono-app.ts';
import { makeContext, openPart } from '../know/hono-context.ts';
import { covers, mergePath } from '../know/hono-path.ts';
import { mayGuard } from '../know/registration.ts';
import { runAhead } from './ahead.ts';
import { leadsElsewhere, type RouteSpec } from './assemble.ts';
import { afterVerifyJwt, readVerifyJwt } from './edge-functions.ts';
import { nextRoots } from './next.ts';
import { entryFor, readMiddleware } from './next-middleware.ts';
import { pathValue } from './path.ts';

const nowhere = { start: 0, end: 0 };

type Registration = Exclude<HonoEntry, { kind: 'mount' }>;

/** Routes of all Hono apps: one list in the order of registration, as Hono matches them; mounted apps stand where they were mounted. */
export function* honoRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  const seen = new Set<string>();
  for (const app of topApps(code, machine)) {
    const list = registrations(app, '', new Set());
    const host = hostOf(code, machine, app);
    for (const [nth, registered] of list.entries()) {
      // `app.use('/trpc/*', trpcServer(...))` answers everything below its path.
      const entry: Registration = registered.handlers.some(isEndpoint) ? { ...registered, kind: 'route', method: 'ALL' } : registered;
      const path = host.path(entry.path);
      // Functions are often registered under every path that might arrive.
      const key =
        host.kind === 'edge-function'
          ? `${entry.method} ${path} ${entry.place.file}`
          : `${entry.method} ${path} ${entry.place.file}:${entry.place.line}`;
      if (
        entry.kind !== 'route' ||
        entry.method === 'OPTIONS' ||
        entry.method === 'HEAD' ||
        seen.has(key) ||
        isMiddleware(entry, list.slice(nth + 1))
      )
        continue;
      seen.add(key);
      const before = list.slice(0, nth).filter((other) => runsBefore(other, entry));
      yield {
        kind: host.kind,
        framework: 'Hono',
        method: entry.method,
        path,
        place: entry.place,
        entry: host.entry(path, entry.method),
        ...(host.csrf && { csrf: host.csrf }),
        run: (m) => runChain(m, entry, before),
      };
    }
  }
}

function registrations(app: HonoApp, prefix: string, seen: ReadonlySet<unknown>): Registration[] {
  if (seen.has(app.entries)) return [];
  const inside = new Set([...seen, app.entries]);
  return app.entries.flatMap((entry): Registration[] => {
    if (entry.kind === 'mount') return registrations(entry.app, mergePath(prefix, entry.path), inside);
    // What answers by itself is a route, even where it is mounted like middleware.
    const kind = entry.handlers.some(isEndpoint) ? 'route' : entry.kind;
    return [{ ...entry, kind, path: mergePath(prefix, entry.path) }];
  });
}

// `app.all('/admin/*', requireAdmin)` guards what is registered after it below that path: it passes on, so it is no route itself.
function isMiddleware(entry: Registration, later: readonly Registration[]): boolean {
  if (!entry.path.endsWith('*') && entry.method !== 'ALL') return false;
  const last = entry.handlers.at(-1);
  const goesOn = (last?.closure?.node.params.length ?? 0) >= 2 || last?.native !== undefined;
  return goesOn && later.some((other) => other.kind === 'route' && other.path !== entry.path && runsBefore(entry, other));
}

function runsBefore(other: Registration, entry: Registration): boolean {
  if (!covers(other.path, entry.path)) return false;
  if (other.kind === 'use') return true;
  if (other.method !== 'ALL' && other.method !== entry.method) return false;
  const last = other.handlers.at(-1);
  return (last?.closure?.node.params.length ?? 0) >= 2;
}

interface Host {
  readonly kind: RouteSpec['kind'];
  readonly csrf?: RouteSpec['csrf'];
  path(path: string): string;
  entry(path: string, method: string): State;
}

// Inside a Supabase Edge Function the platform is in front, inside a Next.js route handler the middleware file.
function hostOf(code: Codebase, machine: Machine, app: HonoApp): Host {
  const edge = edgeFolder.exec(app.place.file ?? '');
  if (edge) {
    const [, root = '', name = ''] = edge;
    const config = posix.normalize(`${root}supabase/config.toml`);
    const open = readVerifyJwt(code.text(config) ?? code.tree.text(config) ?? '').get(name) === false;
    const entry = open ? nothing : afterVerifyJwt(config);
    const path = (inner: string): string => functionPath(name, inner);
    return { kind: 'edge-function', csrf: 'not-cookie', path, entry: () => entry };
  }
  const file = app.servedIn ?? '';
  const root = nextRoots(code).find(
    (folder) => /(?:^|\/)(?:app\/.*\/route|pages\/api\/.*)\.[cm]?[jt]sx?$/.test(file) && (folder === '' || file.startsWith(`${folder}/`)),
  );
  if (root === undefined) return { kind: 'http', path: (path) => path, entry: () => nothing };
  const middleware = readMiddleware(code, machine, root === '' ? '' : `${root}/`);
  return { kind: 'http', path: (path) => path, entry: (path, method) => entryFor(machine, middleware, path, method) };
}

/**
 * Address of a path inside an Edge Function: the function's name comes first, whether or not the app spells it out. Figma Make deploys
 * the folder `server` under the name its routes begin with.
 */
function functionPath(name: string, inner: string): string {
  if (inner.startsWith('/functions/v1/')) return inner;
  const spelledOut = inner === `/${name}` || inner.startsWith(`/${name}/`) || /^\/make-server-\w+(?:\/|$)/.test(inner);
  return mergePath('functions/v1', spelledOut ? inner : `/${name}${inner}`);
}

const edgeFolder = /^(.*?)supabase\/functions\/([\w-]+)\//;

/** Apps that stand on their own. Where a package serves some of them, the others are dead or only typed. */
function topApps(code: Codebase, machine: Machine): HonoApp[] {
  const importers = importersOf(code);
  const alone = honoApps(machine).filter((app) => !app.mounted && app.entries.length > 0 && !isForgotten(code, app, importers));
  const mounts = (app: HonoApp): boolean => app.entries.some((entry) => entry.kind === 'mount');
  return alone.filter((app) => {
    const near = alone.filter((other) => packageOf(code, other) === packageOf(code, app));
    if (near.some((other) => other.servedIn !== undefined)) return app.servedIn !== undefined;
    return near.some(mounts) ? mounts(app) : true;
  });
}

// Exported by name, and nobody takes it: platforms look for a default export.
function isForgotten(code: Codebase, app: HonoApp, importers: (path: string) => readonly string[]): boolean {
  const path = app.place.file ?? '';
  const module = code.module(path);
  if (!module || app.servedIn !== undefined || module.exports.size === 0 || module.exports.has('default')) return false;
  return importers(path).length === 0;
}

function packageOf(code: Codebase, app: HonoApp): string {
  const file = app.place.file ?? '';
  const edge = edgeFolder.exec(file);
  if (edge) return edge[0];
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
    if (code.tree.has(`${folder}/package.json`)) return folder;
  return '';
}

function runChain(machine: Machine, entry: Registration, before: readonly Registration[]): Value | undefined {
  const context = makeContext(machine, pathValue(entry.path), entry.method);
  for (const other of before) {
    runAhead(machine, () => other.handlers.forEach((handler) => pass(machine, handler, context, other)));
    if (!machine.state) return undefined;
  }
  for (const handler of entry.handlers.slice(0, -1)) {
    pass(machine, handler, context, entry);
    if (!machine.state) return undefined;
  }
  answer(machine, entry.handlers.at(-1) ?? unknown, context, entry);
  return undefined;
}

function pass(machine: Machine, handler: Value, context: Value, entry: Registration): void {
  const base = machine.state;
  if (!base) return;
  const passed: State[] = [];
  const next = native((inner) => (inner.machine.state && passed.push(plain(inner.machine.state)), unknown));
  machine.call(handler, [context, next], unknown, nowhere, entry.module);
  const followed = handler.closure ?? handler.native ?? handler.api?.call ?? handler.alternatives;
  machine.state = followed ? join(passed) : base;
  if (!machine.state)
    recordGap(machine.log, handler.closure?.name ?? 'a middleware', 'could not see how it lets a request through', entry.place);
  if (!followed && mayGuard(handler)) recordGap(machine.log, 'a middleware', 'could not see how it lets a request through', entry.place);
}

// A status set before going on is overwritten by the answer of the handler.
function plain(state: State): State {
  const { unanswered: _, ...rest } = state;
  return rest;
}

function answer(machine: Machine, handler: Value, context: Value, entry: Registration): void {
  const passed: State[] = [];
  if (machine.state) machine.log.entered = machine.state;
  const next = native((inner) => (inner.machine.state && passed.push(plain(inner.machine.state)), unknown));
  const run = handler.constructs
    ? machine.member(machine.construct(handler, [], nowhere, entry.module), 'handle', true, nowhere, entry.module)
    : handler;
  if (!run.closure && !run.native && !run.api && !run.alternatives && mayGuard(run))
    recordGap(machine.log, 'the handler', 'could not be found', entry.place);
  const result = machine.settle(machine.call(run, [context, next], unknown, nowhere, entry.module));
  for (const state of passed) noteExit(machine.log, state);
  if (!machine.state) return;
  for (const { value, state } of alternativesOf(result)) {
    const open = openPart(machine.state, state);
    if (open && leadsElsewhere(value)) machine.log.redirects.push(open);
    if (value.response === 'deny') machine.log.answers.push(value);
    if (!open || value.response === 'deny' || (passed.length > 0 && value.response === undefined)) continue;
    noteExit(machine.log, unanswered(open) ?? open, value);
  }
}
