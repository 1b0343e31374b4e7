import { posix } from 'node:path';
import { readJson } from '../../tree.ts';
import type { Codebase } from '../codebase.ts';
import { type Machine, stringOf, type Value } from '../interpret/value.ts';
import { around, type Convention, namedRoute } from './remix-files.ts';
import { joinPaths } from './path.ts';

/** One route of the tree, with the files whose layouts and middleware stand around it, outermost first. */
export interface RemixRoute {
  readonly file: string;
  readonly path: string;
  readonly index: boolean;
  readonly parents: readonly string[];
  /** True when other routes are nested in it. */
  readonly around: boolean;
}

/** One Remix or React Router app in framework mode. */
export interface RemixApp {
  /** Its folder, with a slash at the end; empty for the repo's root. */
  readonly prefix: string;
  readonly root: string;
  readonly framework: 'Remix' | 'React Router';
  /** True when its version refuses form posts that come from other sites. */
  readonly checksOrigin: boolean;
  readonly routes: readonly RemixRoute[];
  /** Set when the route table could not be read whole. */
  readonly gap?: string;
}

const scripts = ['tsx', 'ts', 'jsx', 'js', 'mjs'];

/** The apps of a repo: those whose package uses the framework and that have a root route. */
export function remixApps(code: Codebase, machine: Machine): RemixApp[] {
  const apps: RemixApp[] = [];
  for (const { path } of code.tree.files) {
    if (!/(^|\/)package\.json$/.test(path)) continue;
    const prefix = path.slice(0, -'package.json'.length);
    const manifest = readJson(code.tree, path) as
      | { dependencies?: Record<string, unknown>; devDependencies?: Record<string, unknown> }
      | undefined;
    const packages = { ...manifest?.devDependencies, ...manifest?.dependencies };
    const router = '@react-router/dev' in packages || existing(code, `${prefix}react-router.config`) !== undefined;
    const remix =
      Object.keys(packages).some((name) => name.startsWith('@remix-run/') || name === 'remix') ||
      existing(code, `${prefix}remix.config`) !== undefined;
    if (!router && !remix) continue;
    const folder = `${prefix}${appFolder(code, machine, prefix)}/`;
    const root = existing(code, `${folder}root`);
    if (root === undefined) continue;
    const old = !router && /^\D*1\./.test(String(packages['@remix-run/react'] ?? packages['remix'] ?? ''));
    const { routes, gap } = routesOf(code, machine, prefix, folder, root, old);
    apps.push({
      prefix,
      root,
      framework: router ? 'React Router' : 'Remix',
      checksOrigin: router
        ? atLeast(packages['react-router'], 7, 12)
        : atLeast(packages['@remix-run/server-runtime'] ?? packages['@remix-run/react'], 2, 18),
      routes,
      ...(gap !== undefined && { gap }),
    });
  }
  return apps;
}

// The form posts of other sites are refused since 7.12 (CVE-2026-22030); a range counts by its lowest version.
function atLeast(range: unknown, major: number, minor: number): boolean {
  const found = /(\d+)\.(\d+)/.exec(String(range));
  return found !== null && (Number(found[1]) > major || (Number(found[1]) === major && Number(found[2]) >= minor));
}

const existing = (code: Codebase, stem: string): string | undefined =>
  scripts.map((ending) => `${stem}.${ending}`).find((path) => code.tree.has(path));

function appFolder(code: Codebase, machine: Machine, prefix: string): string {
  for (const name of ['react-router.config', 'remix.config', 'vite.config']) {
    const path = existing(code, prefix + name);
    const module = path === undefined ? undefined : code.module(path);
    if (!module) continue;
    const config = machine.aside(() => machine.exported(module, 'default'));
    const named = stringOf(config.props?.get('appDirectory')) ?? /\bappDirectory:\s*['"]([^'"]+)['"]/.exec(module.text)?.[1];
    if (named !== undefined) return posix.normalize(named).replace(/\/$/, '');
  }
  return 'app';
}

interface Table {
  readonly routes: readonly RemixRoute[];
  readonly gap?: string;
}

function routesOf(code: Codebase, machine: Machine, prefix: string, folder: string, root: string, old: boolean): Table {
  const config = existing(code, `${folder}routes`);
  const module = config === undefined ? undefined : code.module(config);
  if (module) {
    const table = machine.aside(() => machine.settle(machine.exported(module, 'default')));
    const routes = [...configured(code, folder, table, '', [root])];
    return table.items && !table.open ? { routes } : { routes, gap: module.path };
  }
  const settings = ['remix.config', 'vite.config'].flatMap((name) => code.text(existing(code, prefix + name) ?? '') ?? []).join('\n');
  const convention: Convention = /remix-flat-routes/.test(settings)
    ? 'plus'
    : old && !/v2_routeConvention:\s*true/.test(settings)
      ? 'nested'
      : 'flat';
  return { routes: byFiles(code, folder, 'routes', convention, '', [root]) };
}

/** Routes of a routes.ts: what `route`, `index`, `layout`, `prefix` and the folder conventions gave. */
function* configured(code: Codebase, folder: string, table: Value, base: string, parents: readonly string[]): Generator<RemixRoute> {
  for (const item of table.items ?? []) {
    if (item.api?.kind === 'route-folder') {
      const { convention, folder: named } = item.api.data as { convention: 'flat' | 'hybrid'; folder: string };
      const plus =
        convention === 'hybrid' &&
        code.tree.files.some(({ path }) => path.startsWith(`${folder}${named}/`) && /\+\//.test(path.slice(folder.length)));
      yield* byFiles(code, folder, named, plus ? 'plus' : convention, base, parents);
      continue;
    }
    const path = joinPaths(base, stringOf(item.props?.get('path')) ?? '');
    const named = stringOf(item.props?.get('file'));
    const file = named === undefined ? undefined : found(code, folder, named);
    const children = item.props?.get('children');
    const nested = (children?.items?.length ?? 0) > 0;
    if (file !== undefined) yield { file, path, index: item.props?.get('index')?.literal?.is === true, parents, around: nested };
    if (children) yield* configured(code, folder, children, path, file === undefined ? parents : [...parents, file]);
  }
}

function found(code: Codebase, folder: string, named: string): string | undefined {
  const path = posix.normalize(posix.join(folder, named));
  return code.tree.has(path) ? path : existing(code, path);
}

function byFiles(
  code: Codebase,
  folder: string,
  named: string,
  convention: Convention,
  base: string,
  parents: readonly string[],
): RemixRoute[] {
  const start = `${folder}${posix.normalize(named).replace(/\/$/, '')}/`;
  const all = code.tree.files.flatMap(({ path }) =>
    path.startsWith(start) ? (namedRoute(path.slice(start.length), convention) ?? []) : [],
  );
  const outer = new Map(all.map((route) => [route, around(route, all)]));
  const layouts = new Set([...outer.values()].flat());
  return all.map((route) => ({
    file: start + route.file,
    path: joinPaths(base, route.url),
    index: route.index,
    parents: [...parents, ...(outer.get(route) ?? []).map(({ file }) => start + file)],
    around: layouts.has(route) || route.layout,
  }));
}
