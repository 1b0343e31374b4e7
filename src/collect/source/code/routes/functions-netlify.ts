import { type Codebase, isTestPath } from '../codebase.ts';
import type { Module } from '../module.ts';
import { literal, type Machine, native, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { openGateway } from '../know/lambda.ts';
import { input, webRequest } from '../know/web.ts';
import type { RouteSpec } from './assemble.ts';
import { isGatewayFile, methodsNamed, runGateway } from './functions-gateway.ts';
import { urlOfFolder } from './next.ts';
import { isVercelForm, vercelFiles } from './functions-vercel.ts';
import { exportPlace, pathValue } from './path.ts';

const framework = 'Netlify Functions';

/**
 * Functions below the functions folder of netlify.toml (`netlify/functions` as a rule), edge functions, and those that lie in pages/api.
 * Where the folder is one that Vercel serves too, a file is told once, for the host it is written for; `taken` gets the files told here.
 */
export function* netlifyRoutes(code: Codebase, machine: Machine, taken = new Set<string>()): Generator<RouteSpec> {
  const vercel = vercelFiles(code);
  const roots = code.tree.files.flatMap(({ path }) => (/(?:^|\/)netlify\.toml$/.test(path) ? [path] : []));
  const folders = new Set<string>();
  for (const path of roots) folders.add(folderOf(path.slice(0, -'netlify.toml'.length), code.text(path) ?? ''));
  for (const path of code.sources) {
    const usual = /^(.*?)netlify\/functions\//.exec(path)?.[0];
    if (usual !== undefined) folders.add(usual);
  }
  for (const path of code.sources) {
    if (isTestPath(path)) continue;
    const folder = [...folders].find((one) => path.startsWith(one));
    const edge = /^(.*?)netlify\/edge-functions\//.exec(path)?.[0];
    const name = functionName(path, folder ?? edge);
    const module = name === undefined ? undefined : code.module(path);
    if (name !== undefined && module) {
      if (vercel.has(path) && isVercelForm(machine, module)) continue;
      taken.add(path);
      yield* declared(machine, module, folder === undefined ? undefined : `/.netlify/functions/${name}`, edge !== undefined);
    } else if (roots.length > 0) yield* misplaced(code, machine, path);
  }
}

function folderOf(prefix: string, toml: string): string {
  const named =
    /^\s*functions\s*=\s*"([^"]+)"/m.exec(toml)?.[1] ??
    /^\s*\[functions\]\s*(?:\n(?!\s*\[)[^\n]*)*?\n\s*directory\s*=\s*"([^"]+)"/m.exec(toml)?.[1];
  return `${prefix}${(named ?? 'netlify/functions').replace(/^\.?\//, '').replace(/\/$/, '')}/`;
}

/** `send.ts`, `send/send.ts` and `send/index.ts` are all the function `send`. */
function functionName(path: string, folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const [first = '', second, ...more] = path
    .slice(folder.length)
    .replace(/\.[cm]?[jt]sx?$/, '')
    .split('/');
  if (second === undefined) return first;
  return more.length === 0 && (second === first || second === 'index') ? first : undefined;
}

function* declared(machine: Machine, module: Module, path: string | undefined, edge: boolean): Generator<RouteSpec> {
  const config = machine.aside(() => machine.exported(module, 'config'));
  // What runs on a schedule cannot be called from outside.
  if (config.props?.has('schedule')) return;
  const old = handlerOf(machine, module);
  if (old) {
    if (old.api?.kind === 'scheduled-function' || old.api?.kind === 'wrapped-server') return;
    for (const method of methodsNamed(old, module)) yield gatewaySpec(module, old, path ?? '/*', method);
    return;
  }
  if (!module.exports.has('default')) return;
  const handler = machine.exported(module, 'default');
  const named = config.props?.get('path');
  const paths = named ? (named.items ?? [named]).flatMap((item) => stringOf(item) ?? []) : path === undefined ? [] : [path];
  const told = config.props?.get('method');
  const methods = told ? (told.items ?? [told]).flatMap((item) => stringOf(item) ?? []) : methodsNamed(handler, module);
  for (const url of paths)
    for (const method of methods)
      yield {
        kind: 'http',
        framework: edge ? 'Netlify Edge Functions' : framework,
        method,
        path: url,
        place: exportPlace(module, 'default'),
        run: (m) =>
          m.settle(
            m.call(
              handler,
              [webRequest(pathValue(url.replace(/\*$/, ':rest*')), method === 'ALL' ? unknown : literal(method)), contextOf()],
              unknown,
              { start: 0, end: 0 },
              module,
            ),
          ),
      };
}

const contextOf = (): Value =>
  object(
    {
      params: input('path'),
      cookies: object({ get: native(({ args }) => input('cookie', stringOf(args[0]))) }, true),
      next: native(() => ({ response: 'answer' })),
      ip: input('header', 'ip'),
    },
    true,
  );

function handlerOf(machine: Machine, module: Module): Value | undefined {
  if (module.exports.has('handler')) return machine.exported(module, 'handler');
  if (module.exports.size > 0) return undefined;
  const whole = machine.exported(module, '*');
  return whole.props?.get('handler') ?? (whole.closure ? whole : undefined);
}

const gatewaySpec = (module: Module, handler: Value, path: string, method: string): RouteSpec => ({
  kind: 'http',
  framework,
  method,
  path,
  place: handler.closure?.module.path === module.path ? module.placeOf(handler.closure.node) : exportPlace(module, 'handler'),
  run: (m) => runGateway(m, handler, path, method, openGateway, module),
});

// A function that stands in pages/api by mistake: Next.js finds no default export in it, yet the repo means it to be called there.
function* misplaced(code: Codebase, machine: Machine, path: string): Generator<RouteSpec> {
  const found = /(?:^|\/)pages\/(api\/.*?)(?:\/index)?\.[cm]?[jt]sx?$/.exec(path);
  const module = found ? code.module(path) : undefined;
  if (!found || !module || !isGatewayFile(module)) return;
  const handler = machine.exported(module, 'handler');
  for (const method of methodsNamed(handler, module)) yield gatewaySpec(module, handler, urlOfFolder(found[1] ?? ''), method);
}
