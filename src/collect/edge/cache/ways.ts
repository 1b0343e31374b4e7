import { randomBytes } from 'node:crypto';

/** New each time: nothing that anybody else asks for is ever put into a cache, or taken out of it. */
export const fresh = (): string => randomBytes(6).toString('hex');

/** Of the query. */
export const freshParameter = 'launch-ready';

/** The same address under a key of its own: the app ignores the parameter, and caches do not. */
export const withFresh = (path: string, id = fresh()): string => `${path}${path.includes('?') ? '&' : '?'}${freshParameter}=${id}`;

/** The same without what was unique, for people. */
export const plain = (path: string): string => path.replace(/(launch-ready[=-])[0-9a-f]{12}/g, '$1…');

/**
 * Addresses that an app may take for `path`, and a cache for a file that everybody may have: what ends as a style sheet is kept (web cache deception; the
 * delimiters are those that servers and caches disagree about).
 */
export function deceptions(path: string): string[] {
  const [bare = '', query] = path.split('?');
  const base = bare.replace(/(.)\/+$/, '$1');
  const file = `launch-ready-${fresh()}`;
  const after = query === undefined ? '' : `?${query}`;
  return [
    `${base}/${file}.css`,
    `${base}%2F${file}.css`,
    `${base};${file}.css`,
    `${base}%3B${file}.css`,
    `${base}%3F${file}.css`,
    `${base}%23${file}.css`,
    `${base}%00${file}.css`,
    `${base}%0A${file}.css`,
    `${base}.css?${freshParameter}=${fresh()}`,
    // A folder of files, and out of it again: some normalise before they keep, and some after.
    `/assets/${file}/..%2F..%2F${base.slice(1)}`,
  ].map((one) => (one.includes('?') ? one : `${one}${after}`));
}
