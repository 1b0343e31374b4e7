import type { Marker } from '../../evidence/source.ts';
import type { Tag } from './html.ts';

/** What a marker may look at: the address, the headers, the cookies' names and the tags, never the words on the page. */
export interface Traits {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly tags: readonly Tag[];
}

/** One thing that tells: returns what was seen, for the reader. */
export type Sign = (traits: Traits) => string | undefined;

/** Host name ends with one of these. */
export const hostEnds =
  (...suffixes: string[]): Sign =>
  ({ url }) => {
    const found = suffixes.find((suffix) => url.hostname.endsWith(suffix));
    return found === undefined ? undefined : `address below ${found.slice(1)}`;
  };

/** A tag loads from an address that matches. Without names: script, link and img tags. */
export const loads =
  (pattern: RegExp, ...names: string[]): Sign =>
  ({ tags }) => {
    const among = names.length > 0 ? names : ['script', 'link', 'img', 'source'];
    for (const tag of tags) {
      if (!among.includes(tag.name)) continue;
      const source = tag.attributes.get('src') ?? tag.attributes.get('href') ?? '';
      if (pattern.test(source)) return `<${tag.name}> loads ${short(source)}`;
    }
    return undefined;
  };

/** A meta tag of that name or property whose content matches. */
export const meta =
  (name: RegExp, content: RegExp): Sign =>
  ({ tags }) => {
    for (const { name: tag, attributes } of tags) {
      if (tag !== 'meta') continue;
      const key = attributes.get('name') ?? attributes.get('property') ?? '';
      const value = attributes.get('content') ?? '';
      if (name.test(key) && content.test(value)) return `meta ${key} is "${short(value)}"`;
    }
    return undefined;
  };

/** Any tag with an attribute of that name whose value matches. */
export const attribute =
  (name: string, value: RegExp = /^/): Sign =>
  ({ tags }) => {
    const tag = tags.find(({ attributes }) => attributes.has(name) && value.test(attributes.get(name) ?? ''));
    return tag && `<${tag.name}> has ${name}="${short(tag.attributes.get(name) ?? '')}"`;
  };

/** Code written into the page itself matches. */
export const inline =
  (pattern: RegExp, what: string): Sign =>
  ({ tags }) =>
    tags.some(({ name, text }) => name === 'script' && text !== undefined && pattern.test(text))
      ? `the page's own script ${what}`
      : undefined;

export const header =
  (name: string, value: RegExp = /^/): Sign =>
  ({ headers }) => {
    const seen = Object.hasOwn(headers, name) ? headers[name] : undefined;
    return seen !== undefined && value.test(seen) ? `header ${name}: ${short(seen)}` : undefined;
  };

/** Markers whose signs are there, each with everything that told. */
export function recognise<Name extends string>(signs: Readonly<Record<Name, readonly Sign[]>>, traits: Traits): Marker<Name>[] {
  return (Object.entries(signs) as [Name, readonly Sign[]][]).flatMap(([name, candidates]) => {
    const seen = candidates.flatMap((sign) => sign(traits) ?? []);
    return seen.length === 0 ? [] : [{ name, evidence: seen.map((what) => ({ place: { url: traits.url.href }, what })) }];
  });
}

const short = (text: string): string => (text.length > 90 ? `${text.slice(0, 87)}...` : text);
