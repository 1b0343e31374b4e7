import { describe, expect, it } from 'vitest';
import { contentOf } from '../wire/content.ts';
import { countedTwice, newIn, shows, steady, type Views } from './views.ts';

const view = (value: unknown): Views => new Map([['nora /x', contentOf(typeof value === 'string' ? value : JSON.stringify(value))]]);
const mark = 'lr0123456789';

describe('what is new', () => {
  it('is a text more, even one that stood there before', () => {
    expect(newIn(view([{ status: 'paid' }, { status: 'sent' }]), view([{ status: 'paid' }, { status: 'paid' }]))).toEqual([
      'nora /x: paid',
    ]);
    expect(newIn(view('<p>open</p>'), view('<p>open</p><p>Paid by Acme</p>'))).toEqual(['nora /x: Paid by Acme']);
  });

  it.each([
    ['a time', { at: '2026-01-01T10:00:00Z' }, { at: '2026-01-01T10:00:05Z' }],
    ['a number', { count: 1 }, { count: 2 }],
    ['a token', { token: 'a'.repeat(30) }, { token: 'b'.repeat(30) }],
    ['how long ago something is', { seen: '1 minute ago' }, { seen: '2 minutes ago' }],
    ['that something was refused', { note: '' }, { note: 'Webhook refused' }],
    ['less than before', { a: 'x', b: 'y' }, { a: 'x' }],
  ])('is not %s', (_, before, after) => {
    expect(newIn(view(before), view(after))).toEqual([]);
  });

  it('is not looked for where things change by themselves', () => {
    expect([...steady(view({ quote: 'one' }), view({ quote: 'two' })).keys()]).toEqual([]);
    expect([...steady(view({ at: 1, name: 'x' }), view({ at: 2, name: 'x' })).keys()]).toEqual(['nora /x']);
    expect(newIn(new Map(), view({ name: 'x' }))).toEqual([]);
  });
});

describe('what a repeated message did twice', () => {
  const rows = (count: number): Views => view({ data: Array.from({ length: count }, () => ({ id: `evt-${mark}`, note: mark })) });

  it('is a row more with its mark', () => {
    expect(countedTwice(rows(0), rows(1), rows(2), mark, [])).toEqual(['nora /x: once 1 with its mark, then 2']);
    expect(countedTwice(rows(0), rows(1), rows(1), mark, [])).toEqual([]);
    // A row that was never seen once may be there for another reason.
    expect(countedTwice(rows(0), rows(0), rows(1), mark, [])).toEqual([]);
    expect([shows(rows(0), mark), shows(rows(1), mark)]).toEqual([false, true]);
  });

  it('is a number that grew twice by an amount it names, and no other', () => {
    const balance = (value: number): Views => view({ account: { balance: value } });
    expect(countedTwice(balance(0), balance(70), balance(140), mark, [7000, 70])).toEqual([
      'nora /x: account.balance went from 0 to 70 and on to 140',
    ]);
    for (const [a, b, c] of [
      [0, 70, 70],
      [0, 1, 2],
      [0, 70, 139],
    ] as const)
      expect(countedTwice(balance(a), balance(b), balance(c), mark, [70])).toEqual([]);
  });
});
