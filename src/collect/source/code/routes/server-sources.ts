import type { Codebase } from '../codebase.ts';

const frameworks =
  'express|ultimate-express|express-promise-router|fastify|@?hono(?:/hono|/zod-openapi)?|koa|@koa/router|koa-router|koa-joi-router|koa-tree-router|koa-swagger-decorator|koa-mount|koa-route|koa-combine-routers|chanfana';
// `npm:hono@4`, `jsr:@hono/hono`, `https://esm.sh/hono@4.2/tiny`
const serverImport = new RegExp(`['"](?:npm:|jsr:|https?://[^'"]*/)?(?:${frameworks})(?:@[^'"/]*)?(?:/[\\w./-]+)?['"]`);

/** True for the text of a module that imports a server framework. */
export const importsServer = (text: string): boolean => serverImport.test(text);

/** Sources that make or use a router object. */
export const serverSources = (code: Codebase): string[] => code.product.filter((path) => importsServer(code.text(path) ?? ''));

const registers =
  /\.(?:use|route|register|mount|openapi|prefix)\(|\.(?:get|post|put|patch|delete|del|all|on)\(\s*['"`[/]|\b(?:listen|start|serve|run|bootstrap|main|init)\w*\(/;
const requires = /\brequire\(\s*['"](\.{1,2}\/[^'"]*|[#@~][^'"]*)['"]\s*\)/g;

/**
 * Sources to run at boot: those that name a framework, and those that put together what these make without naming it
 * (`import { app } from './app'; app.route('/orders', orders)`).
 */
export const bootSources = (code: Codebase): string[] => withStarters(code, serverSources(code));

/** The sources, and all that put together or start what these make. */
export function withStarters(code: Codebase, sources: readonly string[]): string[] {
  const found = new Set(sources);
  if (found.size === 0) return [];
  const candidates = new Map<string, readonly string[]>();
  for (const path of code.product) {
    const text = found.has(path) || !/\.[cm]?[jt]s$/.test(path) ? undefined : code.text(path);
    if (text !== undefined && registers.test(text) && /\brequire\(|\bfrom\s*['"]/.test(text))
      candidates.set(path, importsOf(code, path, text));
  }
  for (let grew = true; grew;) {
    grew = false;
    for (const [path, targets] of candidates) {
      if (!targets.some((target) => found.has(target))) continue;
      found.add(path);
      candidates.delete(path);
      grew = true;
    }
  }
  return [...found];
}

// By text: parsing every file of a large repo for its imports alone would double the work.
function importsOf(code: Codebase, path: string, text: string): string[] {
  const specifiers = [
    ...text.matchAll(/^\s*(?:import|export)\b(?!\s+type\b)[^'"]*?\bfrom\s*['"]([^'"]+)['"]/gm),
    ...text.matchAll(requires),
  ].map((match) => match[1] ?? '');
  return specifiers.flatMap((specifier) => {
    const target = code.resolve(path, specifier);
    return target.kind === 'file' ? [target.path] : [];
  });
}
