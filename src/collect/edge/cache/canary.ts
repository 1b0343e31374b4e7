import type { Account } from '../../access/people/account.ts';
import { contentOf } from '../../access/wire/content.ts';

/** How his address is told of, without showing it. */
export const ofAddress = 'the e-mail address';

/** Shorter texts turn up by chance. */
const telling = 6;
const isTime = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;
const most = 12;

/** What only its owner was shown, and what others are looked at for. */
export interface Canary {
  readonly text: string;
  /** For people, without showing it. */
  readonly shown: string;
}

/**
 * Texts that an address shows its owner each time, and nobody else: his address first. `own`: two answers to him, past any cache; `others`: what the others are
 * answered there by the app itself.
 */
export function canariesOf(own: readonly [string, string], others: readonly string[], account: Account | undefined): Canary[] {
  const [first, second] = own;
  const isHis = (text: string): boolean => second.includes(text) && !others.some((other) => other.includes(text));
  const address = account && first.includes(account.email) && isHis(account.email) ? [{ text: account.email, shown: ofAddress }] : [];
  const values = contentOf(first).values.filter(
    (value) => value.length >= telling && value.length < 2_000 && !isTime.test(value) && /[^\d.,\s-]/.test(value),
  );
  const texts = [...new Set(values)].filter((value) => value !== account?.email && isHis(value));
  return [...address, ...texts.map((text) => ({ text, shown: `a text of ${text.length} characters, “${text.slice(0, 3)}…”` }))].slice(
    0,
    most,
  );
}

/** Which of them an answer holds. */
export const shownIn = (text: string, canaries: readonly Canary[]): Canary[] => canaries.filter((one) => text.includes(one.text));
