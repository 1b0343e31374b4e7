import type { Seen } from '../objects/seen.ts';
import { record } from '../surface/schema.ts';
import type { Account } from './account.ts';

/** What the app calls somebody by: the id in the record at `path` that holds his address or his name; `undefined` where none does. */
export function ownIdOf({ sights }: Seen, path: string, { email, username }: Account): string | undefined {
  const queue: unknown[] = [sights.get(path)?.content.json];
  for (let nth = 0; nth < queue.length && nth < 200; nth += 1) {
    const row = record(queue[nth]);
    const values = Object.values(row);
    const id = row['id'] ?? row['_id'] ?? row['uuid'];
    if ((values.includes(email) || values.includes(username)) && (typeof id === 'string' || typeof id === 'number')) return String(id);
    queue.push(...values);
  }
  return undefined;
}
