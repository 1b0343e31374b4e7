import type { MixedItem } from '../../../evidence/edge-mixed.ts';
import type { Html, Tag } from '../../http/html.ts';

/** Whether a browser takes an address for one without encryption. */
export const isPlain = (url: URL): boolean =>
  // Browsers take this machine for safe (Secure Contexts, section 3.1).
  (url.protocol === 'http:' || url.protocol === 'ws:') && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$|\.localhost$/.test(url.hostname);

/** Of one page. */
export const mostItems = 200;
/** Different addresses of one text that are looked at: to read one takes longer than to find it. */
const mostLooked = 20_000;

interface Source {
  readonly kind: MixedItem['kind'];
  readonly attribute: string;
}

/** Attributes by which a tag asks for something (Mixed Content, section 5; Fetch, "destination"). */
const sources: Readonly<Record<string, readonly Source[]>> = {
  script: [{ kind: 'active', attribute: 'src' }],
  iframe: [{ kind: 'active', attribute: 'src' }],
  frame: [{ kind: 'active', attribute: 'src' }],
  object: [{ kind: 'active', attribute: 'data' }],
  embed: [{ kind: 'active', attribute: 'src' }],
  track: [{ kind: 'active', attribute: 'src' }],
  img: [{ kind: 'passive', attribute: 'src' }],
  audio: [{ kind: 'passive', attribute: 'src' }],
  video: [
    { kind: 'passive', attribute: 'src' },
    { kind: 'passive', attribute: 'poster' },
  ],
  source: [{ kind: 'passive', attribute: 'src' }],
  input: [{ kind: 'passive', attribute: 'src' }],
  form: [{ kind: 'form', attribute: 'action' }],
  button: [{ kind: 'form', attribute: 'formaction' }],
};

/** Whether a page tells browsers to ask by https whatever it says: a header or a tag. */
export const upgradesAll = (headers: Readonly<Record<string, string>>, { tags }: Html): boolean =>
  [
    headers['content-security-policy'] ?? '',
    ...tags.flatMap(({ name, attributes }) =>
      name === 'meta' && /^content-security-policy$/i.test(attributes.get('http-equiv') ?? '') ? [attributes.get('content') ?? ''] : [],
    ),
  ].some((policy) => /(?:^|[;,])\s*upgrade-insecure-requests\s*(?:[;,]|$)/i.test(policy));

/** Items as they are found: each address of a kind once, of a bounded number. */
interface Found {
  /** `address` as it stands; nothing where it is no address, or an encrypted one, or not meant. */
  add(kind: MixedItem['kind'], what: string, address: string, isMeant?: (url: URL) => boolean): void;
  isFull(): boolean;
  all(): MixedItem[];
}

function openFound(base: URL): Found {
  const items = new Map<string, MixedItem>();
  const looked = new Set<string>();
  return {
    add(kind, what, address, isMeant = () => true) {
      const before = looked.size;
      if (looked.add(`${kind} ${address}`).size === before) return;
      const url = URL.parse(address.trim(), base.href);
      if (!url || !isPlain(url) || !isMeant(url) || items.size >= mostItems) return;
      const one = { kind, what, url: bare(url) };
      if (!items.has(keyOf(one))) items.set(keyOf(one), one);
    },
    isFull: () => items.size >= mostItems || looked.size >= mostLooked,
    all: () => [...items.values()],
  };
}

const keyOf = ({ kind, url }: Pick<MixedItem, 'kind' | 'url'>): string => `${kind} ${url}`;

/** What the tags of a page ask for without encryption; `base`: what its addresses are relative to. */
export function mixedInHtml({ tags }: Html, base: URL): MixedItem[] {
  const found = openFound(base);
  for (const tag of tags) {
    if (found.isFull()) break;
    for (const { kind, attribute } of sourcesOf(tag)) {
      const value = tag.attributes.get(attribute);
      if (value !== undefined) found.add(kind, tag.name, value);
    }
    // Candidates of a srcset are apart by commas; an address with a comma in it is cut, and its scheme stays.
    for (const [candidate] of (tag.attributes.get('srcset') ?? '').matchAll(/[^,]+/g)) {
      if (found.isFull()) break;
      found.add('passive', `${tag.name} srcset`, /^\s*(\S{1,2000})/.exec(candidate)?.[1] ?? '');
    }
    if (tag.name === 'style') addCss(found, tag.text ?? '');
    const style = tag.attributes.get('style');
    if (style !== undefined) addCss(found, style);
  }
  return found.all();
}

function sourcesOf({ name, attributes }: Tag): readonly Source[] {
  if (name !== 'link') return Object.hasOwn(sources, name) ? (sources[name] ?? []) : [];
  const rel = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/);
  if (rel.some((one) => one === 'stylesheet' || one === 'modulepreload' || one === 'manifest' || one === 'preload'))
    return [{ kind: 'active', attribute: 'href' }];
  return rel.some((one) => one === 'icon' || one === 'apple-touch-icon') ? [{ kind: 'passive', attribute: 'href' }] : [];
}

/** What a style sheet asks for without encryption: fonts and further sheets can change the page, pictures cannot. */
export function mixedInCss(text: string, base: URL): MixedItem[] {
  const found = openFound(base);
  addCss(found, text);
  return found.all();
}

/** Addresses without quotes hold no bracket (CSS Syntax, section 4.3.6), so that `url(url(url(` is not read to its end from each. */
const cssAddress =
  /(?:@import\s{1,100})?url\(\s{0,100}(?:["']([^"')\n]{1,2000})["']|([^"'()\s]{1,2000}))\s{0,100}\)|@import\s{1,100}["'][^"'\n]{1,2000}["']/gi;

function addCss(found: Found, text: string): void {
  for (const [whole, quoted, plain] of text.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ').matchAll(cssAddress)) {
    if (found.isFull()) return;
    const address = quoted ?? plain ?? /["']([^"']+)["']/.exec(whole)?.[1] ?? '';
    const isSheet = /^@import/i.test(whole);
    const isFont = /\.(?:woff2?|ttf|otf|eot)(?:[?#]|$)/i.test(address);
    found.add(isSheet || isFont ? 'active' : 'passive', isSheet ? '@import' : 'url()', address);
  }
}

/** What calls a script makes with an address in them: `fetch("http://…`, `new WebSocket("ws://…`, `axios.get("http://…`. */
const calls =
  /\b(fetch|WebSocket|EventSource|importScripts|Worker|sendBeacon|axios(?:\.\w{1,10})?|baseURL\s{0,20}[:=]|apiUrl\s{0,20}[:=])\s{0,50}\(?\s{0,50}["'`]((?:http|ws):\/\/[^"'`\s\\]{1,500})/gi;
const literals = /["'`]((?:http|ws):\/\/[^"'`\s\\<>]{1,500})["'`]/gi;

/**
 * What a script asks for without encryption: the addresses in its calls, and every address of an own host. Other texts that look like addresses are names of
 * namespaces, links and comments.
 */
export function mixedInScript(text: string, base: URL, isOwn: (hostname: string) => boolean): MixedItem[] {
  const found = openFound(base);
  for (const [, what = '', address = ''] of text.matchAll(calls)) {
    if (found.isFull()) break;
    found.add('active', what.replace(/\s*[:=]$/, ''), address);
  }
  // Its start page alone is a link, or a name.
  const isAsked = (url: URL): boolean => isOwn(url.hostname) && url.pathname !== '/';
  for (const [, address = ''] of text.matchAll(literals)) {
    if (found.isFull()) break;
    found.add('active', 'script', address, isAsked);
  }
  return found.all();
}

/** Without its query, which may hold what is secret. */
export const bare = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;

/** Each address of a kind once, of a bounded number. */
export function unique(items: readonly MixedItem[]): MixedItem[] {
  const first = new Map<string, MixedItem>();
  for (const one of items) {
    if (first.size >= mostItems) break;
    if (!first.has(keyOf(one))) first.set(keyOf(one), one);
  }
  return [...first.values()];
}
