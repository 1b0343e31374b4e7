import { Buffer } from 'node:buffer';
import { parseSync } from 'oxc-parser';
import type { Route, RouteInventory } from '../../../../evidence/routes.ts';
import type { Gap } from '../../../../evidence/source.ts';
import type { Tree } from '../../tree.ts';
import { openCodebase } from '../codebase.ts';
import { readRoutes } from '../inventory.ts';

/** Paths and contents of a repo, for tests. */
export type Files = Readonly<Record<string, string>>;

/** A repo in memory. */
export function memoryTree(files: Files): Tree {
  const gaps: Gap[] = [];
  const text = (path: string): string | undefined => (Object.hasOwn(files, path) ? files[path] : undefined);
  return {
    root: 'memory',
    git: false,
    files: Object.entries(files).map(([path, content]) => ({ path, bytes: content.length, ignored: false, built: false })),
    gaps,
    read: (path) => (text(path) === undefined ? undefined : Buffer.from(text(path) ?? '')),
    text,
    has: (path) => Object.hasOwn(files, path),
    gap: (gap) => void gaps.push(gap),
  };
}

/** The route inventory of a repo in memory. */
export async function inventoryOf(files: Files): Promise<RouteInventory> {
  const code = openCodebase(memoryTree(files), (path, source) => {
    const { program, errors } = parseSync(path, source, { preserveParens: false });
    return { program, errors };
  });
  return readRoutes(code, new AbortController().signal, () => undefined);
}

/** Its routes by id. */
export async function routesOf(files: Files): Promise<Record<string, Route>> {
  const { routes } = await inventoryOf(files);
  return Object.fromEntries(routes.map((route) => [route.id, route]));
}

/** The one route of a Next.js app whose only handler file holds `source`; `others` are further files of it. */
export async function nextRoute(source: string, others: Files = {}): Promise<Route> {
  const { routes } = await inventoryOf({
    'package.json': '{"dependencies":{"next":"15.1.0"}}',
    ...others,
    'app/api/orders/route.ts': source,
  });
  const own = routes.find((route) => route.place.file === 'app/api/orders/route.ts');
  if (!own) throw new Error('no route in app/api/orders/route.ts');
  return own;
}
