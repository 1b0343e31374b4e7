import type { Hop, HostRedirects, RedirectRow, Redirects } from './edge-redirects.ts';

/** An answer of a sample, its way on where it leads somewhere. */
export const hop = (url: string, status: number, to?: string, more: Partial<Hop> = {}): Hop => ({
  url,
  status,
  ...(to !== undefined && { to, by: 'header' }),
  ...more,
});

/** A way of a sample: of the start page, over https, ending where its last hop is. */
export function row(hops: readonly Hop[], more: Partial<RedirectRow> = {}): RedirectRow {
  const last = hops.at(-1);
  return { scheme: 'https', kind: 'home', path: '/', given: true, hops, end: 'answer', at: last?.to ?? last?.url ?? '', ...more };
}

/** The redirects of a domain with one host. */
export const redirectsOf = (rows: readonly RedirectRow[], more: Partial<HostRedirects> = {}): Redirects => ({
  apex: 'example.com',
  drafted: false,
  hosts: [{ name: 'app.example.com', role: 'app', rows, ...more }],
});
