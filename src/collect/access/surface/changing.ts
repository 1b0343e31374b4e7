import type { Route } from '../../../evidence/routes.ts';

/** Why a GET is not asked to see what it shows. */
export const changesStored = 'its code changes what is stored, though it is a GET';

/** The path of a route of the code as an operation has it: `/orders/:id` → `/orders/{id}`. */
export const operationPath = (path: string): string => path.replace(/:(\w+)[?*+]?(?:\([^)]*\))?/g, '{$1}').replaceAll('\\', '');

/**
 * Tells of an address whether the code behind a GET of it changes what is stored, in words. Where several routes fit it, the one without parameters
 * answers, else the first.
 */
export function changesAt(routes: readonly Route[]): (pathname: string) => string | undefined {
  const gets = routes.filter(({ method, path }) => method === 'GET' && path.startsWith('/'));
  if (!gets.some(({ changesOnGet }) => changesOnGet)) return () => undefined;
  const parameters = (path: string): number => path.split(':').length;
  const patterns = gets
    .toSorted((a, b) => Math.min(parameters(a.path), 2) - Math.min(parameters(b.path), 2))
    .map(({ path, changesOnGet }) => ({ pattern: patternOf(path), changesOnGet }));
  return (pathname) => (patterns.find(({ pattern }) => pattern.test(pathname))?.changesOnGet ? changesStored : undefined);
}

function patternOf(path: string): RegExp {
  const parts = path.replace(/\/$/, '').split(/(:\w+[*+?]?)/);
  const source = parts.map((part) =>
    part.startsWith(':') ? (/[*+]$/.test(part) ? '.+' : '[^/]+') : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}/?$`);
}
