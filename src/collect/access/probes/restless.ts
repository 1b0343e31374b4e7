import { contentOf } from '../wire/content.ts';
import { pause } from '../wire/pause.ts';
import type { Sender } from '../wire/sender.ts';
import type { Look, Looking } from './effect.ts';

/** Fields of a thing, by where they stand: `file`, `versions.state`. */
export type Fields = ReadonlySet<string>;

/** At least so long a thing is left alone, in milliseconds: what an app does a moment later in the background comes by then. */
const leastMs = 250;

/** Fields that are different in two answers, but for numbers and hashes, which times and tokens are; none where one of them is no data. */
export function differing(before: string, after: string): Fields {
  const [old, now] = [contentOf(before).json, contentOf(after).json];
  if (old === undefined || now === undefined) return new Set();
  const [was, is] = [leaves(old), leaves(now)];
  return new Set([...was.keys(), ...is.keys()].filter((field) => was.get(field)?.join() !== is.get(field)?.join()));
}

/**
 * Fields of a thing that change though nobody does anything: a link that is signed anew for whoever looks, a mark that it was seen, a state that the app
 * goes on to in the background. It is left alone for as long as somebody had to change it.
 */
export async function restless(run: Pick<Sender, 'signal'>, look: Looking, ms: number): Promise<Fields> {
  const first = await look();
  await pause(run, Math.max(ms, leastMs));
  const then: Look = await look();
  return first.is === 'there' && then.is === 'there' ? differing(first.text, then.text) : new Set();
}

const calm = (text: string): string => text.replace(/[0-9a-f-]{8,}|\d+/gi, '');

/** The values of each field, wherever in a list they stand. */
function leaves(value: unknown, at = '', into = new Map<string, string[]>()): Map<string, string[]> {
  if (value !== null && typeof value === 'object') {
    into.set(at, [...(into.get(at) ?? []), Array.isArray(value) ? '[]' : '{}']);
    for (const [key, one] of Object.entries(value)) leaves(one, Array.isArray(value) ? at : `${at}.${calm(key)}`, into);
  } else into.set(at, [...(into.get(at) ?? []), calm(JSON.stringify(value) ?? '')]);
  return into;
}
