import { readJson } from '../../tree.ts';
import { type Codebase, isTestPath } from '../codebase.ts';
import type { Module } from '../module.ts';
import { answersAtEnd } from '../interpret/answering.ts';
import { literal, type Machine, unknown, type Value } from '../interpret/value.ts';
import { nodeRequest } from '../know/express.ts';
import { nodeResponse } from '../know/node-response.ts';
import { webRequest } from '../know/web.ts';
import type { RouteSpec } from './assemble.ts';
import { methodsNamed } from './functions-gateway.ts';
import { urlOfFolder } from './next.ts';
import { exportPlace, pathValue } from './path.ts';

const framework = 'Vercel Functions';
const nowhere = { start: 0, end: 0 };
const atEdge = /\bruntime\s*[:=]\s*['"]edge['"]/;
const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Files of the `api` folder of a project that Vercel serves and that is no Next.js app, but for those `taken` by another host. */
export function* vercelRoutes(code: Codebase, machine: Machine, taken: ReadonlySet<string> = new Set()): Generator<RouteSpec> {
  for (const [path, url] of vercelFiles(code)) {
    const module = taken.has(path) ? undefined : code.module(path);
    if (module) yield* declared(machine, module, url);
  }
}

/** Every file that Vercel would serve, with its URL. */
export function vercelFiles(code: Codebase): Map<string, string> {
  const files = new Map<string, string>();
  for (const prefix of projects(code)) {
    for (const path of code.sources) {
      const found =
        path.startsWith(`${prefix}api/`) && !isTestPath(path)
          ? /^(api\/.*?)(?:\/index)?\.[cm]?[jt]sx?$/.exec(path.slice(prefix.length))
          : null;
      if (found && !/\/[_.]/.test(path.slice(prefix.length))) files.set(path, urlOfFolder(found[1] ?? ''));
    }
  }
  return files;
}

/**
 * True for a file written for Vercel where the folder belongs to Netlify too: a function for each verb, a `fetch`, or a handler with Node's
 * `(req, res)`. Netlify hands over an event or a `Request`, and takes what is returned for the answer.
 */
export function isVercelForm(machine: Machine, module: Module): boolean {
  if (verbs.some((verb) => module.exports.has(verb))) return true;
  if (module.exports.has('handler')) return false;
  const whole = machine.exported(module, 'default');
  if (whole.props?.has('handler') || machine.aside(() => machine.exported(module, 'config')).props?.has('path')) return false;
  if (whole.props?.has('fetch') || atEdge.test(module.text) || !whole.closure) return true;
  const { node, module: home } = whole.closure;
  const [, second] = node.params;
  if (second?.type !== 'Identifier') return !/\bResponse\b|\bstatusCode\b/.test(home.text);
  return /^res(?:p|ponse)?$/i.test(second.name) || answersWith(second.name).test(home.text.slice(node.start, node.end));
}

const answersWith = (name: string): RegExp =>
  new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}\\s*\\.\\s*(?:status|setHeader|writeHead|send|end|redirect)\\s*\\(`);

function projects(code: Codebase): string[] {
  const prefixes = new Set<string>();
  for (const { path } of code.tree.files) {
    const found = /^(.*\/)?(vercel\.json|package\.json)$/.exec(path);
    if (!found) continue;
    const prefix = found[1] ?? '';
    const manifest = readJson(code.tree, `${prefix}package.json`) as
      | { dependencies?: Record<string, unknown>; devDependencies?: Record<string, unknown> }
      | undefined;
    const packages = { ...manifest?.dependencies, ...manifest?.devDependencies };
    const settings = readJson(code.tree, `${prefix}vercel.json`) as { framework?: unknown } | undefined;
    const served = settings !== undefined || '@vercel/node' in packages || '@vercel/functions' in packages;
    if (served && !('next' in packages) && settings?.framework !== 'nextjs') prefixes.add(prefix);
  }
  return [...prefixes];
}

function* declared(machine: Machine, module: Module, url: string): Generator<RouteSpec> {
  const named = verbs.filter((verb) => module.exports.has(verb));
  for (const method of named) yield web(module, machine.exported(module, method), url, method, exportPlace(module, method));
  if (named.length > 0) return;
  const whole = machine.exported(module, 'default');
  const fetcher = whole.props?.get('fetch');
  const handler = fetcher ?? whole;
  // Servers of frameworks that are exported whole have their routes told by their own rules.
  if (!handler.closure && !handler.alternatives && !handler.wraps) return;
  const edge = fetcher !== undefined || atEdge.test(module.text) || takesRequest(handler);
  for (const method of methodsNamed(handler, module))
    yield edge ? web(module, handler, url, method, exportPlace(module, 'default')) : node(module, handler, url, method);
}

// `(request: Request)` is the web's signature, `(req, res)` Node's.
function takesRequest(handler: Value): boolean {
  const [first, second] = handler.closure?.node.params ?? [];
  if (!first || second || !('typeAnnotation' in first)) return false;
  const type = first.typeAnnotation?.typeAnnotation;
  return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'Request';
}

const web = (module: Module, handler: Value, url: string, method: string, place: RouteSpec['place']): RouteSpec => ({
  kind: 'http',
  framework,
  method,
  path: url,
  place,
  run: (m) =>
    m.settle(m.call(handler, [webRequest(pathValue(url), method === 'ALL' ? unknown : literal(method))], unknown, nowhere, module)),
});

const node = (module: Module, handler: Value, url: string, method: string): RouteSpec => ({
  kind: 'http',
  framework,
  method,
  path: url,
  place: exportPlace(module, 'default'),
  run: (m) => {
    m.call(handler, [nodeRequest(pathValue(url), method), nodeResponse()], unknown, nowhere, module);
    answersAtEnd(m);
    return undefined;
  },
});
