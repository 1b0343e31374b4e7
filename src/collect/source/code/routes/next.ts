import type { Node } from 'oxc-parser';
import { readJson } from '../../tree.ts';
import { type Codebase, isTestPath, walk } from '../codebase.ts';
import type { Module } from '../module.ts';
import { createLog } from '../interpret/log.ts';
import { matches } from '../interpret/regexp.ts';
import { both, join, nothing, type State } from '../interpret/state.ts';
import { alternativesOf, literal, type Machine, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { input, webRequest } from '../know/web.ts';
import type { RouteSpec } from './assemble.ts';
import { type MiddlewareFile, pathValue } from './path.ts';

const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const nowhere = { start: 0, end: 0 };

/** Folders that hold a Next.js app: with `next` among the dependencies or a next.config. */
export function nextRoots(code: Codebase): string[] {
  const roots = new Set<string>();
  for (const { path } of code.tree.files) {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    if (/(^|\/)next\.config\.[cm]?[jt]s$/.test(path)) roots.add(folder);
    if (!/(^|\/)package\.json$/.test(path)) continue;
    const manifest = readJson(code.tree, path) as
      | { dependencies?: Record<string, unknown>; devDependencies?: Record<string, unknown> }
      | undefined;
    if (manifest?.dependencies?.['next'] ?? manifest?.devDependencies?.['next']) roots.add(folder);
  }
  return [...roots];
}

/** Route handlers, pages, pages/api handlers and server actions of every Next.js app in the repo. */
export function* nextRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  for (const root of nextRoots(code)) {
    const prefix = root === '' ? '' : `${root}/`;
    const middleware = readMiddleware(code, machine, prefix);
    for (const path of code.sources) {
      if (!path.startsWith(prefix)) continue;
      const inside = path.slice(prefix.length);
      if (/(^|\/)__tests__\/|\.(test|spec|stories)\./.test(inside)) continue;
      const app = /^(?:src\/)?app\/(?:(.*)\/)?(route|page)\.[cm]?[jt]sx?$/.exec(inside);
      if (app)
        yield* app[2] === 'route'
          ? routeHandlers(code, machine, path, urlOfFolder(app[1] ?? ''), middleware)
          : page(code, machine, path, urlOfFolder(app[1] ?? ''), middleware, prefix);
      const legacy = /^(?:src\/)?pages\/(api\/.*?)(?:\/index)?\.[cm]?[jt]sx?$/.exec(inside);
      if (legacy?.[1]) yield* pagesApi(code, machine, path, urlOfFolder(legacy[1]), middleware);
      if (code.text(path)?.includes('use server') && !isTestPath(path)) yield* serverActions(code, machine, path);
    }
  }
}

/** `(group)/orders/[id]` → `/orders/:id`. */
export function urlOfFolder(folder: string): string {
  const parts = folder.split('/').filter((part) => part !== '' && !/^\(.*\)$/.test(part) && !part.startsWith('@'));
  const url = parts.map((part) =>
    part
      .replace(/^\(\.{1,3}\)+/, '')
      .replace(/^\[\[\.\.\.(.+)\]\]$/, ':$1*')
      .replace(/^\[\.\.\.(.+)\]$/, ':$1+')
      .replace(/^\[(.+)\]$/, ':$1'),
  );
  return `/${url.join('/')}`;
}

function* routeHandlers(
  code: Codebase,
  machine: Machine,
  path: string,
  url: string,
  middleware: readonly MiddlewareFile[],
): Generator<RouteSpec> {
  const module = code.module(path);
  if (!module) return;
  for (const method of verbs) {
    if (!module.exports.has(method)) continue;
    if (method === 'OPTIONS' || method === 'HEAD') continue;
    const handler = machine.exported(module, method);
    // `handle(app)`: the app's own routes are listed.
    if (handler.api?.kind === 'hono-fetch') continue;
    yield {
      kind: 'http',
      framework: 'Next.js',
      method,
      path: url,
      place: exportPlace(module, method),
      entry: entryFor(machine, middleware, url, method),
      csrf: 'same-site',
      run: (m) =>
        m.call(handler, [webRequest(pathValue(url), literal(method)), object({ params: params() }, true)], unknown, nowhere, module),
    };
  }
}

const params = (): Value => ({ ...input('path') });

export function exportPlace(module: Module, name: string): ReturnType<Module['placeOf']> {
  const binding = module.exports.get(name);
  if (binding?.kind === 'local') {
    const statement = module.declarations.get(binding.name);
    if (statement) return module.placeOf(statement);
  }
  return binding?.kind === 'expression' ? module.placeOf(binding.node) : { file: module.path, line: 1 };
}

function* page(
  code: Codebase,
  machine: Machine,
  path: string,
  url: string,
  middleware: readonly MiddlewareFile[],
  prefix: string,
): Generator<RouteSpec> {
  const module = code.module(path);
  if (!module || module.directives.has('use client')) return;
  const component = machine.exported(module, 'default');
  if (!component.closure) return;
  const layouts = layoutsOf(code, path, prefix);
  yield {
    kind: 'page',
    framework: 'Next.js',
    method: 'GET',
    path: url,
    id: `PAGE ${url}`,
    place: exportPlace(module, 'default'),
    entry: entryFor(machine, middleware, url, 'GET'),
    run: (m) => {
      for (const layout of layouts) {
        const value = m.exported(layout, 'default');
        if (value.closure) m.call(value, [object({ children: unknown, params: params() }, true)], unknown, nowhere, layout);
      }
      // What a layout reads for its header is not the page's own data.
      m.log.accesses.clear();
      m.log.before.length = 0;
      if (!m.state) return undefined;
      return m.call(component, [object({ params: params(), searchParams: input('query') }, true)], unknown, nowhere, module);
    },
  };
}

function layoutsOf(code: Codebase, path: string, prefix: string): Module[] {
  const layouts: Module[] = [];
  let folder = path.slice(0, path.lastIndexOf('/'));
  while (folder.length > prefix.length && /(^|\/)app(\/|$)/.test(folder)) {
    for (const ending of ['tsx', 'jsx', 'ts', 'js']) {
      const file = `${folder}/layout.${ending}`;
      const module = code.tree.has(file) ? code.module(file) : undefined;
      if (module && !module.directives.has('use client')) layouts.unshift(module);
    }
    folder = folder.slice(0, folder.lastIndexOf('/'));
  }
  return layouts;
}

function* pagesApi(
  code: Codebase,
  machine: Machine,
  path: string,
  url: string,
  middleware: readonly MiddlewareFile[],
): Generator<RouteSpec> {
  const module = code.module(path);
  if (!module) return;
  const handler = machine.exported(module, 'default');
  if (handler.api?.kind === 'hono-fetch') return;
  const { nodeRequest, nodeResponse } = pagesPair;
  const named = [
    ...new Set(
      [
        ...module.text.matchAll(
          /\bmethod\s*(?:===?|!==?)\s*['"](GET|POST|PUT|PATCH|DELETE)['"]|case\s*['"](GET|POST|PUT|PATCH|DELETE)['"]/g,
        ),
      ].map((match) => match[1] ?? match[2] ?? ''),
    ),
  ];
  for (const method of named.length > 0 ? named : ['ALL']) {
    yield {
      kind: 'http',
      framework: 'Next.js',
      method,
      path: url,
      place: exportPlace(module, 'default'),
      entry: entryFor(machine, middleware, url, method === 'ALL' ? 'POST' : method),
      csrf: 'same-site',
      run: (m) => {
        m.call(handler, [nodeRequest(url, method), nodeResponse()], unknown, nowhere, module);
        if (m.state && m.log.exits.length === 0) m.log.exits.push(m.state);
        return undefined;
      },
    };
  }
}

/** Node-style request and response; set by the Express knowledge, which owns their shape. */
export const pagesPair: { nodeRequest: (url: string, method: string) => Value; nodeResponse: () => Value } = {
  nodeRequest: () => unknown,
  nodeResponse: () => unknown,
};

function* serverActions(code: Codebase, machine: Machine, path: string): Generator<RouteSpec> {
  const module = code.module(path);
  if (!module) return;
  const spec = (name: string, action: Value, node: { start: number; end: number }, parameters: number): RouteSpec => ({
    kind: 'server-action',
    framework: 'Next.js',
    method: 'CALL',
    path,
    id: `action ${path} ${name}`,
    place: module.placeOf(node),
    csrf: 'framework',
    run: (m) =>
      m.call(
        action,
        Array.from({ length: Math.max(parameters, 1) }, () => input('body')),
        unknown,
        node,
        module,
      ),
  });
  if (module.directives.has('use server')) {
    for (const name of module.exports.keys()) {
      const action = machine.exported(module, name);
      if (action.closure) yield spec(name, action, action.closure.node, action.closure.node.params.length);
    }
    return;
  }
  const inline: { node: Node; name: string }[] = [];
  for (const statement of module.program.body)
    walk(statement as Node, (node) => {
      if (node.type !== 'FunctionDeclaration' && node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression') return;
      const body = node.body && 'body' in node.body && Array.isArray(node.body.body) ? node.body.body : [];
      const [first] = body;
      if (first?.type === 'ExpressionStatement' && first.expression.type === 'Literal' && first.expression.value === 'use server')
        inline.push({ node, name: node.id?.name ?? 'inline action' });
    });
  for (const { node, name } of inline) {
    if (node.type !== 'FunctionDeclaration' && node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression') continue;
    yield spec(name, { closure: { node, module, scope: machine.moduleScope(module), name } }, node, node.params.length);
  }
}

/** Reads middleware.ts or proxy.ts of an app and its matcher. */
export function readMiddleware(code: Codebase, machine: Machine, prefix: string): MiddlewareFile[] {
  const files: MiddlewareFile[] = [];
  for (const name of ['middleware', 'proxy', 'src/middleware', 'src/proxy']) {
    for (const ending of ['ts', 'js', 'mjs', 'tsx']) {
      const path = `${prefix}${name}.${ending}`;
      const module = code.tree.has(path) ? code.module(path) : undefined;
      if (!module) continue;
      const exported = ['middleware', 'proxy', 'default'].find((item) => module.exports.has(item));
      if (!exported) continue;
      const config = machine.aside(() => machine.exported(module, 'config'));
      const matcher = config.props?.get('matcher');
      const patterns = (matcher?.items ?? (matcher ? [matcher] : [])).flatMap(
        (item) => stringOf(item) ?? stringOf(item.props?.get('source') ?? unknown) ?? [],
      );
      files.push({ module, run: machine.exported(module, exported), matcher: patterns, place: exportPlace(module, exported) });
    }
  }
  return files;
}

/** What middleware proved before a route is reached; memoised by path. */
export function entryFor(machine: Machine, middleware: readonly MiddlewareFile[], url: string, method: string): State {
  let entry: State = nothing;
  for (const file of middleware) {
    if (!covers(file.matcher, url)) continue;
    const outcome = machine.aside(() => {
      machine.log = createLog();
      const answer = machine.call(file.run, [webRequest(pathValue(url), literal(method)), unknown], unknown, nowhere, file.module);
      const passed: State[] = [];
      for (const { value, state } of alternativesOf(answer))
        if (value.response !== 'deny' && value.response !== 'answer') passed.push(state);
      return machine.state && join(passed, 'the middleware lets it through earlier');
    });
    if (outcome) entry = both(entry, throughFile(outcome, file.module.path));
  }
  return entry;
}

const throughFile = (state: State, via: string): State => ({
  ...state,
  guards: state.guards.map((guard) => ({ ...guard, via })),
  maybe: state.maybe.map((guard) => ({ ...guard, via })),
});

/** True when a matcher of path-to-regexp patterns covers the path; no matcher covers everything. */
export function covers(matcher: readonly string[], url: string): boolean {
  if (matcher.length === 0) return true;
  const concrete = url.replace(/:\w+[*+?]?/g, 'x');
  return matcher.some((pattern) => {
    const source = pattern
      .replace(/\/:\w+\*/g, '(?:/.*)?')
      .replace(/\/:\w+\+/g, '/.+')
      .replace(/\/:\w+\?/g, '(?:/[^/]+)?')
      .replace(/\/:\w+(\([^)]*\))/g, '/$1')
      .replace(/\/:\w+/g, '/[^/]+');
    return matches(`^${source}/?$`, '', concrete) ?? false;
  });
}
