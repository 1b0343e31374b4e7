import { record } from '../surface/schema.ts';
import type { Body } from '../wire/body.ts';
import { contentOf } from '../wire/content.ts';

/** What of a body that holds no text for a mark is found afterwards and was not before, `quantity is 3`; `undefined` where nothing is. */
export function fieldTaken(sent: Body | undefined, before: string, after: string): string | undefined {
  if (sent?.type !== 'json') return undefined;
  const [old, now] = [contentOf(before).json, contentOf(after).json];
  if (old === undefined || now === undefined) return undefined;
  for (const [name, value] of Object.entries(record(sent.value))) {
    if (typeof value !== 'number' && typeof value !== 'string') continue;
    const was = valuesOf(old, name);
    if (was.length > 0 && !was.includes(String(value)) && valuesOf(now, name).includes(String(value))) return `${name} is ${value}`;
  }
  return undefined;
}

/** All values of a field, wherever in an answer it stands. */
function valuesOf(json: unknown, name: string, depth = 0): string[] {
  if (depth > 4) return [];
  if (Array.isArray(json)) return json.slice(0, 50).flatMap((one) => valuesOf(one, name, depth + 1));
  return Object.entries(record(json)).flatMap(([key, value]) =>
    value !== null && typeof value === 'object' ? valuesOf(value, name, depth + 1) : key === name ? [String(value)] : [],
  );
}
