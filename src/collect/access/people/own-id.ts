import type { Seen } from '../objects/seen.ts';
import { record } from '../surface/schema.ts';
import type { Account } from './account.ts';

/** What the app calls somebody by: the id in the record at `path` that holds his address or his name; `undefined` where none does. */
export function ownIdOf({ sights }: Seen, path: string, { email, username }: Account): string | undefined {
  const queue: unknown[] = [sights.get(path)?.content.json];
  for (let nth = 0; nth < queue.length && nth < 2_000; nth += 1) {
    const one = queue[nth];
    if (Array.isArray(one)) queue.push(...(one as unknown[]).slice(0, 500));
    const row = record(one);
    const values = Object.values(row);
    const id = row['id'] ?? row['_id'] ?? row['uuid'];
    if ((values.includes(email) || values.includes(username)) && (typeof id === 'string' || typeof id === 'number')) return String(id);
    queue.push(...values);
  }
  return undefined;
}
