import { expect, it } from 'vitest';
import type { Listening, Mail } from '../../access/mail/mailbox.ts';
import { secondsOf } from './arrival.ts';

const at = Date.UTC(2026, 11, 1, 8, 0, 0);
const mail = (received?: string): Mail => ({
  id: '1',
  subject: '',
  text: '',
  html: '',
  raw: Buffer.from(
    `${received === undefined ? '' : `Received: from a by b; ${received}\r\n`}Received: from app by a; ${inWords(1)}\r\n\r\n`,
  ),
});
const inWords = (seconds: number): string => new Date(at + seconds * 1000).toUTCString().replace('GMT', '+0000');
/** Looked for at these seconds, and seen at the second. */
const seen = (from: number, to: number): Listening => ({
  next: () => Promise.resolve(undefined),
  fault: () => undefined,
  between: () => [at + from * 1000, at + to * 1000],
});

it.each<readonly [name: string, mail: Mail, listening: Listening, seconds: number | undefined]>([
  ['seen as it came', mail(), seen(7, 8), 8],
  ['found long after the last look: by the clock of its receiver', mail(inWords(70)), seen(60, 300), 70],
  ['a clock that says it came before', mail(inWords(10)), seen(60, 300), undefined],
  ['a clock that is ahead', mail(inWords(4_000)), seen(60, 300), undefined],
  ['a receiver that does not say', mail('no date'), seen(60, 300), undefined],
])('the seconds of a mail: %s', (_, one, listening, seconds) => expect(secondsOf(one, at, listening)).toBe(seconds));
