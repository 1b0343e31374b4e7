import type { DkimFacts, DkimKey } from './dkim.ts';
import type { MailProof } from './mail-proof.ts';
import { mailSenders } from './mail-senders.ts';

/** A key, and whether a mail that came was signed with it. */
export interface UsedKey extends DkimKey {
  readonly signed: boolean;
}

/** The keys of a domain: those that the DNS was asked for, and those that mails which came were signed with. */
export function keysInUse({ domain, keys }: DkimFacts, { mails }: Pick<MailProof, 'mails'>): UsedKey[] {
  const shown = mails.flatMap(({ dkim }) => dkim.flatMap(({ key }) => (key?.domain === domain ? [key] : [])));
  const told = keys.map((key) => ({ ...key, signed: shown.some(({ selector }) => selector === key.selector) }));
  const more = new Map(shown.filter(({ selector }) => !keys.some((key) => key.selector === selector)).map((key) => [key.selector, key]));
  return [...told, ...[...more.values()].map((key) => ({ ...key, told: 'mail' as const, signed: true }))];
}

/** Whether mail can be verified with a key. */
export const isUsable = ({ state, problem, revoked }: DkimKey): boolean => state === 'found' && problem === undefined && !revoked;

/** Whether one service usually takes both selectors, in turn. */
export const areOfOneService = (one: string, other: string): boolean =>
  mailSenders.some(({ selectors }) => selectors.includes(one) && selectors.includes(other));
