import { matches } from '../interpret/regexp.ts';
import type { Exclusion, NestApp } from '../know/nest-app.ts';
import { joinPaths } from './path.ts';

/** True when one of the exclusions names the path. */
export const isExcluded = (excluded: readonly Exclusion[], path: string, method: string): boolean =>
  excluded.some((item) => (item.method === undefined || item.method === method) && pathMatches(item.path, path, ''));

/** True when middleware for this pattern runs before the path: without wildcards it covers what lies below, too. */
export const runsBefore = (pattern: string, path: string): boolean => pathMatches(pattern, path, '(?:/.*)?');

// Wildcards are `*` and `(.*)` up to Nest 10, `*rest` and `{*rest}` in 11.
const wildcard = /(\{\/?\*\w+\}|\*\w*|\(\.\*\)|:\w+)/;

const meaning = (part: string): string => (part.startsWith(':') ? '[^/]+' : part.startsWith('{/') ? '(?:/.*)?' : '.*');

function pathMatches(pattern: string, path: string, rest: string): boolean {
  const source = joinPaths(pattern)
    .split(wildcard)
    .map((part, nth) => (nth % 2 === 0 ? part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`) : meaning(part)))
    .join('');
  return matches(`^${source === '/' ? '' : source}${rest}/?$`, '', path) ?? false;
}

/** The full path of a route: global prefix, version, and the local path made of the module's, the controller's and the method's. */
export function fullPath(app: NestApp, version: string | undefined, local: string, method: string): string {
  const stands = app.versionPrefix !== undefined && version !== undefined && version !== 'VERSION_NEUTRAL';
  const versioned = stands ? joinPaths(`${app.versionPrefix ?? ''}${version}`, local) : local;
  return app.prefix === '' || isExcluded(app.excluded, local, method) ? joinPaths(versioned) : joinPaths(app.prefix, versioned);
}
