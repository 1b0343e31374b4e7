import type { RouteKind } from '../../../../evidence/routes.ts';
import type { Codebase } from '../codebase.ts';
import type { Module } from '../module.ts';
import { answersAtEnd } from '../interpret/answering.ts';
import { createLog, recordGap } from '../interpret/log.ts';
import { join, nothing, type State } from '../interpret/state.ts';
import { type Frame, type Machine, native, type Span, unknown, type Value } from '../interpret/value.ts';
import { nodeRequest, type Standpoint } from '../know/express.ts';
import { nodeResponse } from '../know/node-response.ts';
import { isEndpoint } from '../know/endpoint.ts';
import { mayGuard } from '../know/registration.ts';
import { nodeOf, type RouterEntry, type RouterNode, routersOf } from '../know/router.ts';
import type { RouteSpec } from './assemble.ts';
import { filesOf } from '../know/static-files.ts';
import { joinPaths, pathValue } from './path.ts';
import { bootSources, serverSources } from './server-sources.ts';

/**
 * Runs the top level of every module that makes routers, in import order, so that registrations land on the router objects
 * as they would when the server starts. Nothing of the user's code is executed: values stand for what is known of them.
 */
export function bootServers(code: Codebase, machine: Machine): void {
  const booted = new Set<string>();
  const sources = new Set(bootSources(code));
  const boot = (path: string): void => {
    if (booted.has(path)) return;
    booted.add(path);
    const module = code.module(path);
    if (!module) return;
    for (const { source } of module.imports.values()) {
      const target = code.resolve(path, source);
      if (target.kind === 'file' && sources.has(target.path)) boot(target.path);
    }
    const scope = machine.moduleScope(module);
    const frame: Frame = { scope, returns: [], leaves: [] };
    machine.aside(() => {
      machine.budget = 400_000;
      for (const statement of module.program.body) {
        machine.state = nothing;
        machine.log = createLog();
        // Declarations are computed on first use and kept; running them again would make a second router.
        if (
          statement.type === 'ExpressionStatement' ||
          statement.type === 'ForOfStatement' ||
          statement.type === 'ForInStatement' ||
          statement.type === 'ForStatement' ||
          statement.type === 'IfStatement' ||
          statement.type === 'TryStatement' ||
          statement.type === 'BlockStatement'
        )
          machine.execute([statement], frame);
        else if (statement.type === 'VariableDeclaration' || statement.type === 'ExportNamedDeclaration')
          for (const name of namesOf(statement)) machine.lookup(name, scope);
        else if (statement.type === 'ExportDefaultDeclaration') machine.exported(module, 'default');
      }
    });
  };
  for (const path of sources) boot(path);
  bootFactories(code, machine);
}

function namesOf(statement: {
  readonly type: string;
  readonly declarations?: readonly { readonly id: { readonly type: string; readonly name?: string } }[];
  readonly declaration?: unknown;
}): string[] {
  const inner = statement.type === 'ExportNamedDeclaration' ? (statement.declaration as typeof statement | null) : statement;
  return inner?.declarations?.flatMap((declaration) => declaration.id.name ?? []) ?? [];
}

// An app built in a function or class that nothing at the top level calls (`export function createApp()`): call it once.
function bootFactories(code: Codebase, machine: Machine): void {
  for (const path of serverSources(code)) {
    const module = code.module(path);
    if (!module) continue;
    for (const { span, value } of factories(machine, module)) {
      if (!makes.test(module.text.slice(span.start, span.end)) || madeWithin(machine, module, span)) continue;
      machine.aside(() => {
        machine.budget = 400_000;
        const made = value();
        if (made.closure) machine.call(made, [], unknown, span, module);
        else if (made.constructs) machine.construct(made, [], span, module);
      });
    }
  }
}

const makes = /\b(?:express|fastify|Fastify|Router)\(|new (?:\w+\.)?(?:Hono|Koa|koa|Router|OpenAPIHono)\b/;

function* factories(machine: Machine, module: Module): Generator<{ readonly span: Span; readonly value: () => Value }> {
  for (const [name, statement] of module.declarations) {
    if (!['FunctionDeclaration', 'VariableDeclaration', 'ClassDeclaration'].includes(statement.type)) continue;
    yield { span: statement, value: () => machine.lookup(name, machine.moduleScope(module)) };
  }
  const main = module.exports.get('default');
  if (main?.kind !== 'expression') return;
  // `export default { fetch(request, env) { const app = new Hono(); ... } }` of a worker.
  yield {
    span: main.node,
    value: () => {
      const value = machine.exported(module, 'default');
      return value.props?.get('fetch') ?? value;
    },
  };
}

const madeWithin = (machine: Machine, module: Module, span: Span): boolean => {
  const [first = 0, last = 0] = [module.placeOf(span).line, module.placeOf({ start: span.end }).line];
  return routersOf(machine).some(({ place }) => place.file === module.path && (place.line ?? 0) >= first && (place.line ?? 0) <= last);
};

/** Routes of Express-style routers: mounts, router-wide and route-level middleware in their order. */
export function* serverRoutes(machine: Machine, frameworks: ReadonlySet<string>): Generator<RouteSpec> {
  for (const node of reachable(machine, frameworks)) yield* flatten(node, node.prefix, [], new Set());
}

/** Routes of one router that stands at `prefix`. */
export const routesUnder = (node: RouterNode, prefix: string): Generator<RouteSpec> => flatten(node, prefix, [], new Set());

/** Routers to list: one that nothing mounts is dead code where an app stands in the same package; alone, its mount is merely out of sight. */
export function reachable(machine: Machine, frameworks: ReadonlySet<string>): RouterNode[] {
  const nodes = routersOf(machine).filter((node) => frameworks.has(node.framework) && !node.mounted && node.entries.length > 0);
  const roots = nodes.filter((node) => node.root);
  return nodes.filter(
    (node) => node.root || !roots.some((root) => packageOf(machine.code, root.place.file) === packageOf(machine.code, node.place.file)),
  );
}

/** Routers that are never mounted, so that nobody takes their guards for granted or their holes for open. */
export const unmounted = (machine: Machine): RouterNode[] =>
  routersOf(machine).filter(
    (node) => !node.mounted && !node.root && node.entries.length > 0 && !reachable(machine, new Set([node.framework])).includes(node),
  );

function packageOf(code: Codebase, file = ''): string {
  for (let folder = file; folder.includes('/');) {
    folder = folder.slice(0, folder.lastIndexOf('/'));
    if (code.tree.has(`${folder}/package.json`)) return folder;
  }
  return '';
}

interface Step {
  /** True for handlers of the route itself; what a router's own middleware stores (usage counters, logs) is not the route's data. */
  readonly own: boolean;
  readonly handler: Value;
  readonly entry: RouterEntry;
  /** What Express calls `req.baseUrl`. */
  readonly base: string;
}

function* flatten(node: RouterNode, prefix: string, chain: readonly Step[], seen: ReadonlySet<RouterNode>): Generator<RouteSpec> {
  if (seen.has(node)) return;
  const inside = new Set([...seen, node]);
  const before: (Step & { readonly reaches: (path: string) => boolean })[] = [];
  for (const [nth, entry] of node.entries.entries()) {
    const path = joinPaths(prefix, entry.path === '*' && entry.kind === 'use' ? '' : entry.path);
    const base = (entry.kind === 'route' ? joinPaths(prefix) : path).replace(/^\/$/, '');
    const steps = entry.handlers.map((handler) => ({ handler, entry, base, own: entry.kind === 'route' }));
    const outer = [...chain, ...before.filter((step) => step.reaches(path))];
    if (entry.kind === 'route') {
      if (entry.method === 'ALL' && steps.every(({ handler }) => handler.closure?.node.params.length === 3)) {
        const reaches = allCovers(entry.path, path);
        before.push(...steps.map((step) => ({ ...step, own: false, reaches })));
        if (node.entries.slice(nth + 1).some((later) => reaches(joinPaths(prefix, later.path)))) continue;
      }
      yield spec(node, entry, path, [...outer, ...steps]);
      continue;
    }
    const served = steps.findIndex((step) => isEndpoint(step.handler));
    if (served !== -1)
      yield spec(node, { ...entry, method: 'ALL' }, path, [
        ...outer,
        ...steps.slice(0, served),
        ...steps.slice(served, served + 1).map((step) => ({ ...step, own: true })),
      ]);
    yield* filesBelow(node, entry, path, steps, outer);
    const inner = steps.findIndex((step) => nodeOf(step.handler));
    if (inner === -1) {
      const under = joinPaths(prefix, entry.path);
      const reaches = (other: string): boolean => entry.path === '/' || `${other}/`.startsWith(`${under}/`);
      before.push(...steps.map((step) => ({ ...step, reaches })));
    } else
      for (const [at, step] of steps.entries()) {
        const router = nodeOf(step.handler);
        if (router)
          yield* flatten(
            router,
            joinPaths(prefix, entry.path, router.prefix),
            [...outer, ...steps.slice(0, at).filter((other) => !nodeOf(other.handler))],
            inside,
          );
      }
  }
}

// A folder of files below a path: a page that lists them where that is asked for. At the root it is the app's own pages.
function* filesBelow(
  node: RouterNode,
  entry: RouterEntry,
  path: string,
  steps: readonly Step[],
  outer: readonly Step[],
): Generator<RouteSpec> {
  const at = steps.findIndex(({ handler }) => filesOf(handler) !== undefined);
  const files = steps[at] && filesOf(steps[at].handler);
  if (!files || path === '/' || /[*:(]/.test(path)) return;
  const isListedToo = node.entries.some(
    (other) => other !== entry && other.path === entry.path && other.handlers.some((one) => filesOf(one) === 'listed'),
  );
  if (files === 'served' && isListedToo) return;
  yield { ...spec(node, { ...entry, method: 'GET' }, path, [...outer, ...steps.slice(0, at + 1)]), kind: 'page', files };
}

// These only load who signed in before; the routes ask for it.
const loaders = /^(?:express-session|cookie-session|client-sessions|iron-session|passport|connect-[\w-]+)$/;

// A package's own middleware whose name says that it guards, or a function of a file that is not there.
function isUnseenGuard(handler: Value): boolean {
  const origin = handler.from ?? (handler.api?.kind === 'package' ? (handler.api.data as { readonly package: string }) : undefined);
  return origin !== undefined && !loaders.test(origin.package) && mayGuard(handler);
}

// `app.all('/api/*', requireUser)` stands before later routes as `use` does, but for its very path unless it ends in a wildcard.
function allCovers(written: string, path: string): (other: string) => boolean {
  const folder = /^(.*)\/\{?\*\w*\}?$/.test(written) ? path.slice(0, path.lastIndexOf('/') + 1) : undefined;
  return (other) => (folder === undefined ? other === path : other.startsWith(folder));
}

const spec = (node: RouterNode, entry: RouterEntry, path: string, steps: readonly Step[]): RouteSpec => ({
  kind: 'http' satisfies RouteKind,
  framework: node.framework,
  method: entry.method,
  path,
  place: entry.place,
  run: (machine) => runChain(machine, path, entry.method, steps),
});

/** Runs handlers one after another: each next one starts with what held at the previous one's calls of `next`. */
function runChain(machine: Machine, path: string, method: string, steps: readonly Step[]): Value | undefined {
  const at: Standpoint = {};
  const request = nodeRequest(pathValue(path), method, at);
  let owned = false;
  for (const [nth, { handler, entry, own, base }] of steps.entries()) {
    if (!machine.state) return undefined;
    at.base = pathValue(base);
    delete at.route;
    if (entry.kind === 'route') at.route = entry.path;
    if (own && !owned) {
      owned = true;
      machine.log.accesses.clear();
      machine.log.effects.clear();
      machine.log.before.length = 0;
      machine.log.exits.length = 0;
      machine.log.answers.length = 0;
      delete machine.log.untold;
    }
    // Error handlers take four arguments and run only after a failure.
    if (handler.closure && handler.closure.node.params.length === 4) continue;
    const passed: State[] = [];
    const next = native(({ machine: m, args }) => {
      if (m.state && (args.length === 0 || (args[0]?.literal && !args[0].literal.is))) passed.push(m.state);
      return unknown;
    });
    const followed = handler.closure ?? handler.native ?? handler.api?.call ?? handler.alternatives;
    const before = machine.state;
    const result = machine.call(handler, [request, nodeResponse(), next], unknown, { start: 0, end: 0 }, entry.module);
    const last = nth === steps.length - 1;
    if (last) {
      machine.settle(result);
      if (!result.response) answersAtEnd(machine, followed ? (machine.state ? [machine.state] : passed) : [before]);
      return undefined;
    }
    // Middleware of packages we know nothing of (cors, helmet, a logger) neither guards nor opens anything.
    machine.state = followed || passed.length > 0 ? join(passed) : before;
    if (!machine.state || (!followed && passed.length === 0 && isUnseenGuard(handler)))
      recordGap(machine.log, handler.closure?.name ?? 'a middleware', 'could not see how it lets a request through', entry.place);
  }
  return undefined;
}
