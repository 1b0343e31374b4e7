import type { Exchange, Recording } from './exchange.ts';
import { isSecretValue } from './secrets.ts';

const whose =
  'tenant|org(?:ani[sz]ation)?|company|workspace|team|account|customer|project|browser|device|instance|store|shop|site|location|agency';
const named = new RegExp(`^(?:x-(?:${whose})(?:-(?:id|key|slug|name|code|uuid))?|(?:${whose})-(?:id|key|slug|uuid))$`, 'i');

/** Whether a header binds a session to something, and signs nobody in by itself: `X-Tenant`, `X-Org-Id`, `browser-id`. */
export const isBinding = (name: string, value: string): boolean =>
  named.test(name) && value !== '' && value.length <= 200 && !isSecretValue(value);

/** The headers that somebody's pages sent along in a recording, so that his session is bound to them: of several values the most frequent. */
export function boundIn(recordings: readonly Recording[], who: string): (readonly [string, string])[] {
  const counts = new Map<string, Map<string, number>>();
  const all = recordings.flatMap((one): readonly Exchange[] => (one.who === who ? one.exchanges : []));
  for (const [name, value] of all.flatMap(({ bound = [] }) => bound)) {
    const values = counts.get(name) ?? new Map<string, number>();
    counts.set(name, values.set(value, (values.get(value) ?? 0) + 1));
  }
  return [...counts].map(([name, values]) => [name, [...values].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? ''] as const);
}
