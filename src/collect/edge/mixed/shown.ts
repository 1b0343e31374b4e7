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
  const isSame = (one: MixedItem, other: MixedItem): boolean => one.url === other.url;
  return [
    ...read.map((one) => (tried.some((other) => isSame(one, other) && other.tried) ? { ...one, tried: true as const } : one)),
    ...tried.filter((one, nth) => !read.some((other) => isSame(one, other)) && tried.findIndex((other) => isSame(one, other)) === nth),
  ];
}
