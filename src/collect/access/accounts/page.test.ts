import { expect, it } from 'vitest';
import { judgePage } from './page.ts';

const outcome = (text: string, headers: Readonly<Record<string, string>> = {}): string =>
  judgePage({ path: '/reset/x', answer: { status: 200, headers, setCookies: [], text } }, 'http://localhost:3000').outcome;
const script = '<!doctype html><script src="https://stats.example/x.js"></script>';

it.each<[string, string, Readonly<Record<string, string>>, string]>([
  ['loads from elsewhere, and nothing is said', script, {}, 'broken'],
  ['the policy gives the whole address away', script, { 'referrer-policy': 'no-referrer-when-downgrade' }, 'broken'],
  ['the policy of the header holds it back', script, { 'referrer-policy': 'strict-origin-when-cross-origin' }, 'holds'],
  ['the policy stands in the page', `${script}<meta name="referrer" content="no-referrer">`, {}, 'holds'],
  ['the last policy that is given counts', script, { 'referrer-policy': 'no-referrer, unsafe-url' }, 'broken'],
  ['browsers do not load it', script, { 'content-security-policy': "default-src 'self'" }, 'holds'],
  ['browsers load it', script, { 'content-security-policy': "default-src 'self' https://stats.example" }, 'broken'],
  ['links lead elsewhere, nothing is loaded', '<p><a href="https://other.example/">x</a><img src="/logo.png"></p>', {}, 'holds'],
  ['it is no page', '{"ok":true}', {}, 'none'],
])('%s: %s', (_, text, headers, expected) => {
  expect(outcome(text, headers)).toBe(expected);
});
