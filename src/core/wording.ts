import type { Place } from './finding.ts';
import type { Input } from './target.ts';

/** `3 routes`, `1 route`: a count with its noun, thousands separated by a comma. */
export const plural = (count: number, one: string, many = `${one}s`): string => `${thousands(count)} ${count === 1 ? one : many}`;

/** `12,345`, the same on every machine (no locale). */
export const thousands = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `a`, `a and b`, `a, b and c`. */
export function andList(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

const inputs: Readonly<Record<Input, string>> = {
  repo: "the folder of the app's code",
  url: 'the address of the running app',
  people: 'the address of the app and people to sign in as (access.people in launch-ready.yaml, or --allow-writes)',
  lock: 'the reviewed access matrix (access.lock.yaml)',
  reports: 'DMARC reports of receivers (--reports FOLDER)',
  domain: 'the domain (domains in launch-ready.yaml, or the public address of the app)',
  cloudflare: 'the zone at Cloudflare (cloudflare in launch-ready.yaml)',
};

/** Words for what was not given: `the folder of the app's code and the reviewed access matrix (access.lock.yaml)`. */
export const inputText = (wants: readonly Input[] = []): string => andList(wants.map((input) => inputs[input]));

/** Where something stands, in one short phrase; empty for a place that says nothing. */
export function placeText(place: Place | undefined): string {
  if (!place) return '';
  const where = spotText(place);
  if (where === '') return place.name ?? '';
  return place.name === undefined || place.name === where ? where : `${place.name} (${where})`;
}

/** The file with its line, else the address: where something stands without its name. */
export function spotText({ file, line, url }: Place): string {
  if (file === undefined) return url ?? '';
  return line === undefined ? file : `${file}:${line}`;
}

/** First sentence of a text, or its first line, for places where there is room for one only. */
export function firstSentence(text: string): string {
  const [line = ''] = text.trim().split(/[\r\n]/, 1);
  const end = line.search(/[.!?](?=\s+\p{Lu})/u);
  return end < 0 ? line : line.slice(0, end + 1);
}

/** Order of two strings by code unit: the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
