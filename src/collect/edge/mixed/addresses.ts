import type { MixedItem } from '../../../evidence/edge-mixed.ts';
import type { Html, Tag } from '../../http/html.ts';

/** Whether a browser takes an address for one without encryption. */
export const isPlain = (url: URL): boolean =>
  // Browsers take this machine for safe (Secure Contexts, section 3.1).
  (url.protocol === 'http:' || url.protocol === 'ws:') && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$|\.localhost$/.test(url.hostname);

/** Of one page. */
export const mostItems = 200;

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

/** What the tags of a page ask for without encryption; `base`: what its addresses are relative to. */
export function mixedInHtml({ tags }: Html, base: URL): MixedItem[] {
  const found: MixedItem[] = [];
  for (const tag of tags) {
    for (const { kind, attribute } of sourcesOf(tag)) {
      const value = tag.attributes.get(attribute);
      if (value !== undefined) found.push(...plainAt(value, base).map((url) => ({ kind, what: tag.name, url })));
    }
    // Candidates of a srcset are apart by commas; an address with a comma in it is cut, and its scheme stays.
    for (const candidate of (tag.attributes.get('srcset') ?? '').split(','))
      found.push(
        ...plainAt(candidate.trim().split(/\s/)[0] ?? '', base).map((url) => ({
          kind: 'passive' as const,
          what: `${tag.name} srcset`,
          url,
        })),
      );
    if (tag.name === 'style') found.push(...mixedInCss(tag.text ?? '', base));
    const style = tag.attributes.get('style');
    if (style !== undefined) found.push(...mixedInCss(style, base));
  }
  return unique(found);
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
  const css = text.replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ');
  const found: MixedItem[] = [];
  for (const [whole, quoted, bare] of css.matchAll(
    /(?:@import\s+)?url\(\s*(?:["']([^"')\n]{1,2000})["']|([^"')\s]{1,2000}))\s*\)|@import\s+["'][^"'\n]{1,2000}["']/gi,
  )) {
    const address = quoted ?? bare ?? /["']([^"']+)["']/.exec(whole)?.[1] ?? '';
    const isSheet = /^@import/i.test(whole);
    const isFont = /\.(?:woff2?|ttf|otf|eot)(?:[?#]|$)/i.test(address);
    found.push(
      ...plainAt(address, base).map((url) => ({
        kind: isSheet || isFont ? ('active' as const) : ('passive' as const),
        what: isSheet ? '@import' : 'url()',
        url,
      })),
    );
  }
  return unique(found);
}

/** What calls a script makes with an address in them: `fetch("http://…`, `new WebSocket("ws://…`, `axios.get("http://…`. */
const calls =
  /\b(fetch|WebSocket|EventSource|importScripts|Worker|sendBeacon|axios(?:\.\w{1,10})?|baseURL\s*[:=]|apiUrl\s*[:=])\s*\(?\s*["'`]((?:http|ws):\/\/[^"'`\s\\]{1,500})/gi;
const literals = /["'`]((?:http|ws):\/\/[^"'`\s\\<>]{1,500})["'`]/gi;

/**
 * What a script asks for without encryption: the addresses in its calls, and every address of an own host. Other texts that look like addresses are names of
 * namespaces, links and comments.
 */
export function mixedInScript(text: string, base: URL, isOwn: (hostname: string) => boolean): MixedItem[] {
  const found: MixedItem[] = [];
  for (const [, what = '', address = ''] of text.matchAll(calls))
    found.push(...plainAt(address, base).map((url) => ({ kind: 'active' as const, what: what.replace(/\s*[:=]$/, ''), url })));
  for (const [, address = ''] of text.matchAll(literals)) {
    const url = URL.parse(address);
    // Its start page alone is a link, or a name.
    if (url && isOwn(url.hostname) && url.pathname !== '/')
      found.push(...plainAt(address, base).map((one) => ({ kind: 'active' as const, what: 'script', url: one })));
    if (found.length > mostItems) break;
  }
  return unique(found);
}

function plainAt(address: string, base: URL): string[] {
  const url = URL.parse(address.trim(), base.href);
  return url && isPlain(url) ? [bare(url)] : [];
}

/** Without its query, which may hold what is secret. */
export const bare = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;

/** Each address once, of a bounded number. */
export const unique = (items: readonly MixedItem[]): MixedItem[] =>
  items.filter((one, index) => items.findIndex(({ url, kind }) => url === one.url && kind === one.kind) === index).slice(0, mostItems);
