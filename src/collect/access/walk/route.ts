import { dangerOf } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import { isOwn } from './clicks.ts';

/** Pages of one kind that are opened. */
const mostOfKind = 2;
/** Links that are remembered: a page may have any number. */
const mostKnown = 5_000;

/** Addresses to open, a few of each kind. */
export interface Route {
  add(url: string): void;
  next(): string | undefined;
  /** Those that were not opened yet. */
  left(): readonly string[];
  /** Why some are never opened, by their paths without ids. */
  readonly held: ReadonlyMap<string, string>;
}

/** Takes links as they are found. `reaches`: whether an address may be opened at all. */
export function openRoute(reaches: (url: URL) => boolean, perKind = mostOfKind): Route {
  const open: string[] = [];
  const held = new Map<string, string>();
  const known = new Set<string>();
  const counts = new Map<string, number>();
  return {
    add(link) {
      const url = URL.parse(link);
      if (!url || !reaches(url) || known.has(url.href) || known.size >= mostKnown) return;
      known.add(url.href);
      const key = `${url.host} ${keyOf(url.href).replace(/ \/$/, ' ')}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const isFile = /\.(?:pdf|zip|csv|xlsx?|docx?|png|jpe?g|svg|mp4|md)$/i.test(url.pathname);
      const paths = [url.pathname, ...(url.hash.startsWith('#/') ? [url.hash.slice(1)] : [])];
      // Leads out of the app.
      const leadsOut = /https?(?::|%3a)/i.test(url.search);
      const danger = paths.map((path) => dangerOf({ method: 'GET', path: templateOf(path).template })).find((one) => one !== undefined);
      if (danger !== undefined) held.set(templateOf(url.pathname).template, danger);
      if (count > perKind || isFile || leadsOut || danger !== undefined) return;
      open.push(url.href);
    },
    next() {
      // What is likely somebody's own comes first: time may run out.
      const first = open.findIndex((url) => isOwn(url));
      return open.splice(Math.max(first, 0), 1)[0];
    },
    left: () => open,
    held,
  };
}

/** The page without ids: `/cases/{id}`, and the same of a client-side route behind `#`. */
export function keyOf(href: string): string {
  const { pathname, hash } = new URL(href);
  const inner = hash.startsWith('#/') || hash.startsWith('#!') ? templateOf(hash.slice(1).split('?')[0] ?? '').template : '';
  return `${templateOf(pathname).template} ${inner}`;
}
