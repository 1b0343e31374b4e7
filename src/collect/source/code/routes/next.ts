import { exportPlace } from './path.ts';
import { type Node } from 'oxc-parser';
import { readJson } from '../../tree.ts';
import { type Codebase, isTestPath, walk } from '../codebase.ts';
import { importersOf } from '../importers.ts';
import { type Module } from '../module.ts';
import { answersAtEnd } from '../interpret/answering.ts';
import { recordGap } from '../interpret/log.ts';
import { nothing } from '../interpret/state.ts';
import { type Frame, type Machine, type Value, literal, object, unknown } from '../interpret/value.ts';
import { connected } from '../know/next-connect.ts';
import { input, webRequest } from '../know/web.ts';
import { type RouteSpec } from './assemble.ts';
import { isGatewayFile } from './functions-gateway.ts';
import { type MiddlewareFile, pathValue } from './path.ts';
import { asPage, pageEndings } from './next-endings.ts';
import { readMiddleware, entryFor } from './next-middleware.ts';
import { routesUnder } from './servers.ts';

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
  const importers = importersOf(code);
  // Next.js gives an address only to actions that components use; the others stay functions of the server.
  const exposed = (path: string): boolean =>
    importers(path).some((importer) => /\.[jt]sx$/.test(importer) || (code.text(importer)?.includes('use client') ?? false));
  for (const root of nextRoots(code)) {
    const prefix = root === '' ? '' : `${root}/`;
    const middleware = readMiddleware(code, machine, prefix);
    const seen = { pages: 0 };
    const endings = pageEndings(code, prefix);
    for (const path of code.sources) {
      if (!path.startsWith(prefix)) continue;
      const inside = path.slice(prefix.length);
      if (/(^|\/)__tests__\/|\.(test|spec|stories)\./.test(inside)) continue;
      const file = asPage(inside, endings);
      const app = /^(?:src\/)?app\/(?:(.*)\/)?(route|page)\.[cm]?[jt]sx?$/.exec(file);
      if (app)
        yield* app[2] === 'route'
          ? routeHandlers(code, machine, path, urlOfFolder(app[1] ?? ''), middleware)
          : page(code, machine, path, urlOfFolder(app[1] ?? ''), middleware, prefix, seen);
      const legacy = /^(?:src\/)?pages\/(api\/.*?)(?:\/index)?\.[cm]?[jt]sx?$/.exec(file);
      if (legacy?.[1]) yield* pagesApi(code, machine, path, urlOfFolder(legacy[1]), middleware);
      if (code.text(path)?.includes('use server') && !isTestPath(path)) yield* serverActions(code, machine, path, exposed);
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

function* page(
  code: Codebase,
  machine: Machine,
  path: string,
  url: string,
  middleware: readonly MiddlewareFile[],
  prefix: string,
  seen: { pages: number },
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
    // Pages are many and most reach no data of their own: the middleware is run for the first dozen, then where it matters.
    entry: () => entryFor(machine, middleware, url, 'GET'),
    entryIfData: seen.pages++ >= 12,
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
  // A file that is all comments exports no handler.
  if (!module || module.program.body.length === 0) return;
  const handler = machine.exported(module, 'default');
  if (handler.api?.kind === 'hono-fetch' || isGatewayFile(module)) return;
  const router = connected(handler);
  if (router) {
    registering(machine, module);
    for (const spec of routesUnder(router, url))
      yield {
        ...spec,
        framework: 'Next.js',
        csrf: 'same-site',
        entry: entryFor(machine, middleware, url, spec.method === 'ALL' ? 'POST' : spec.method),
      };
    return;
  }
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
        if (Object.keys(handler).length === 0) recordGap(m.log, 'the handler', 'could not be found', exportPlace(module, 'default'));
        m.call(handler, [nodeRequest(url, method), nodeResponse()], unknown, nowhere, module);
        answersAtEnd(m);
        return undefined;
      },
    };
  }
}

// `router.use(auth).get(list)`: what stands at the top of the file, besides what is declared there.
function registering(machine: Machine, module: Module): void {
  const frame: Frame = { scope: machine.moduleScope(module), returns: [], leaves: [] };
  machine.aside(() => {
    machine.state = nothing;
    for (const statement of module.program.body) if (statement.type === 'ExpressionStatement') machine.execute([statement], frame);
  });
}

/** Node-style request and response; set by the Express knowledge, which owns their shape. */
export const pagesPair: { nodeRequest: (url: string, method: string) => Value; nodeResponse: () => Value } = {
  nodeRequest: () => unknown,
  nodeResponse: () => unknown,
};

function* serverActions(code: Codebase, machine: Machine, path: string, exposed: (path: string) => boolean): Generator<RouteSpec> {
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
    if (!exposed(path)) return;
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
