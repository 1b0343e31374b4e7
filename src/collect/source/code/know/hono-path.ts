/** Joins paths as Hono does: `{id}` of OpenAPI becomes `:id`. */
export function mergePath(...paths: readonly string[]): string {
  const joined = `/${paths.filter((path) => path !== '').join('/')}`
    .replace(/\/{2,}/g, '/')
    .replace(/\{(\w+)\}(?![^/]*\})/g, (whole, name: string, at: number, all: string) => (all[at - 1] === '/' ? `:${name}` : whole));
  return joined.length > 1 ? joined.replace(/\/$/, '') : joined;
}

/** Whether every request for a route's path also matches a pattern of Hono: `*` at the end takes all that follows, `:name` one segment. */
export function covers(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === '/*') return true;
  const want = segments(pattern);
  const have = segments(path);
  for (const [nth, segment] of want.entries()) {
    const last = nth === want.length - 1;
    if (segment === '*' && last) return true;
    const other = have[nth];
    if (other === undefined) return segment.endsWith('?') && last;
    if (segment === '*' || (segment.startsWith(':') && other !== '*')) continue;
    if (segment !== other) return false;
  }
  return have.length === want.length;
}

const segments = (path: string): string[] =>
  path
    .replace(/\{[^}]*\}/g, '')
    .split('/')
    .filter((part) => part !== '');
