import { speaksOf } from './mapping.ts';
import type { Alarm } from './rival.ts';

/** How a tool did on one flaw. Each level includes the ones above it. */
export type Answer =
  /** It alarms at the flaw, of the right kind, and does not where the flaw is absent. */
  | 'told apart'
  /** It alarms anew in a file that the flaw touches, of whatever kind. */
  | 'something new there'
  /** It alarms in such a file, but on the clean app just the same. */
  | 'same alarm when clean'
  | 'nothing';

/** Compares the alarms on a flawed twin with those on the clean one. Lines do not matter: edits move them. */
export function answerOf(checks: readonly string[], files: ReadonlySet<string>, clean: readonly Alarm[], flawed: readonly Alarm[]): Answer {
  const before = new Map<string, number>();
  const keyOf = ({ file, rule }: Alarm): string => `${file}\n${rule}`;
  for (const alarm of clean) before.set(keyOf(alarm), (before.get(keyOf(alarm)) ?? 0) + 1);
  const fresh: Alarm[] = [];
  for (const alarm of flawed) {
    const left = before.get(keyOf(alarm)) ?? 0;
    if (left > 0) before.set(keyOf(alarm), left - 1);
    else fresh.push(alarm);
  }
  if (fresh.some(({ rule }) => checks.some((check) => speaksOf(rule, check)))) return 'told apart';
  if (fresh.some(({ file }) => files.has(file))) return 'something new there';
  return flawed.some(({ file }) => files.has(file)) ? 'same alarm when clean' : 'nothing';
}
