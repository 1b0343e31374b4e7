import { describe, expect, it } from 'vitest';
import { bolaScore, type Replayed, rules } from './rules.ts';

const said = (status: number, body: unknown = '') => ({ status, text: typeof body === 'string' ? body : JSON.stringify(body) });
const order = { id: 7, note: 'lr0a1b2c3d4e', price: 12, city: 'Bern', open: true };
const other = { ...order, id: 8, note: 'his own', price: 9, city: 'Basel' };
const refused = said(403, { error: 'forbidden' });

/** Names of the rules that say yes. */
const yes = (owner: Replayed['owner'], answer: Replayed['other'], hasParameter = true): string[] =>
  Object.entries(rules).flatMap(([name, rule]) => (rule({ owner, other: answer, hasParameter }) ? [name] : []));

describe('rules of tools that send the same request as somebody else', () => {
  it.each<[string, Replayed['owner'], Replayed['other'], string[]]>([
    ['a leak', said(200, order), said(200, order), ['2xx', 'Autorize', 'Akto', 'bola']],
    ['a refusal', said(200, order), refused, []],
    ['a refusal as a redirect', said(200, order), said(302), []],
    ['each his own, of the same shape', said(200, order), said(200, other), ['2xx', 'bola']],
    [
      'nine of ten values',
      said(200, Object.fromEntries([...'abcdefghij'].map((key) => [key, key]))),
      said(200, Object.fromEntries([...'abcdefghix'].map((key) => [key === 'x' ? 'j' : key, key]))),
      ['2xx', 'Akto', 'bola'],
    ],
    ['the same empty list', said(200, []), said(200, []), ['2xx', 'Autorize', 'bola']],
    ['a change without words', said(204), said(204), ['2xx', 'bola']],
    [
      'a word of refusal in what is given',
      said(200, { ...order, note: 'Invalid' }),
      said(200, { ...order, note: 'Invalid' }),
      ['2xx', 'Autorize', 'bola'],
    ],
    ['200 with an error', said(200, order), said(200, { success: false, error: 'not yours' }), ['2xx']],
    ['the same redirect for a form', said(302), said(302), ['Autorize', 'bola']],
    ['pages of one length', said(200, '<p>anna</p>'), said(200, '<p>bert</p>'), ['2xx', 'bola']],
    ['an error for both', said(500, 'oops'), said(500, 'oops'), ['Autorize']],
  ])('%s', (_, owner, answer, expected) => expect(yes(owner, answer)).toEqual(expected));

  it('asks Akto only where something names a thing', () =>
    expect(yes(said(200, order), said(200, order), false)).toEqual(['2xx', 'Autorize', 'bola']));

  it.each([
    ['everything alike', said(200, order), said(200, order), 100],
    ['created, not changed', said(201, order), said(200, order), 85],
    [
      'something else',
      said(200, order),
      said(200, '<html>a page that is a good deal longer than the record was, twice as long perhaps, and that is no JSON at all</html>'),
      40,
    ],
    ['an error page', said(200, order), said(200, { status: 'fail' }), 0],
    ['refused', said(200, order), refused, 0],
  ])('score of bola: %s', (_, owner, answer, expected) => expect(bolaScore(owner, answer)).toBe(expected));
});
