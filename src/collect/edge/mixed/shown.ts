import type { MixedItem } from '../../../evidence/edge-mixed.ts';
import { templateOf } from '../../access/surface/template.ts';

/** An address that somebody was shown, as others may read it: without its query, and without what names one thing or one person. */
export function withoutIds(address: string): string {
  const url = URL.parse(address);
  if (!url) return address;
  const path = (text: string): string =>
    templateOf(text.split('?')[0] ?? '')
      .template.split('/')
      .map((part) => (/@|%40/.test(part) ? '{id}' : part))
      .join('/');
  const inner = /^#!?\//.test(url.hash) ? `#${path(url.hash.slice(1))}` : '';
  return `${url.protocol}//${url.host}${path(url.pathname)}${inner}`;
}

/** Whether a page is there to sign in by, and shown to everybody. The start page may be that for visitors, and another for those who are in. */
export const isForSigningIn = (path: string, signInPages: readonly string[]): boolean => path !== '/' && signInPages.includes(path);

/** What stands in the code and what a browser tried, each once. */
export function together(read: readonly MixedItem[], tried: readonly MixedItem[]): MixedItem[] {
  const isRead = new Set(read.map(({ url }) => url));
  const wasTried = new Set(tried.flatMap((one) => (one.tried ? [one.url] : [])));
  const others = new Map<string, MixedItem>();
  for (const one of tried) if (!isRead.has(one.url) && !others.has(one.url)) others.set(one.url, one);
  return [...read.map((one) => (wasTried.has(one.url) ? { ...one, tried: true as const } : one)), ...others.values()];
}
