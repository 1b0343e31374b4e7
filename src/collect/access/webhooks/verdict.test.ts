import { describe, expect, it } from 'vitest';
import type { Answer } from '../wire/sender.ts';
import { alike, type Forgeries, judgeReplay, judgeStale, judgeUnsigned } from './verdict.ts';

const answer = (status: number, text = ''): Answer => ({ status, text, headers: {}, setCookies: [] });
const right = (status: number, text = ''): NonNullable<Forgeries['signed']> => ({ how: 'rightly signed', answer: answer(status, text) });
const unsigned = (forged: readonly (Answer | undefined)[], more: Partial<Forgeries> = {}) =>
  judgeUnsigned({
    forged: forged.map((one, at) => ({ how: `in way ${at}`, ...(one && { answer: one }) })),
    odd: [],
    effects: { forged: [], signed: [] },
    ...more,
  }).outcome;

it('answers mean the same where only ids, numbers and times differ', () => {
  expect(alike(answer(200, '{"id":"evt_0123456789abcdef","n":1}'), answer(200, '{"id":"evt_fedcba9876543210","n":22}'))).toBe(true);
  expect(alike(answer(200, 'ok'), answer(200, 'ignored'))).toBe(false);
  expect(alike(answer(200), answer(201))).toBe(false);
  expect(alike(undefined, undefined)).toBe(false);
});

describe('nothing is said of a webhook', () => {
  it.each<[string, Parameters<typeof unsigned>]>([
    ['that did not answer', [[answer(400), undefined], { signed: right(200) }]],
    ['that is not there', [[answer(404), answer(405)], { signed: right(404) }]],
    ['that takes only so many messages', [[answer(200), answer(429)], { signed: right(200) }]],
    ['that refuses the right one as well', [[answer(400, 'no'), answer(400, 'no')], { signed: right(400, 'no') }]],
    ['that takes forged messages and not the right one', [[answer(200), answer(400)], { signed: right(500) }]],
    ['that refuses what we say, and not how it is signed', [[answer(400, 'email is required')]]],
    ['that does not answer to strange contents', [[answer(200)], { signed: right(200), odd: [{ signed: answer(500) }] }]],
  ])('%s', (_, args) => {
    expect(unsigned(...args)).toBe('unknown');
  });
});

it('who refuses forged messages with 404 and takes the right one is right', () => {
  expect(unsigned([answer(404), answer(404)], { signed: right(200) })).toBe('holds');
});

it('an effect counts only where the right message has no other', () => {
  const effects = { forged: ['nora /log: a message came'], signed: ['nora /log: a message came', 'nora /invoices: paid'] };
  expect(unsigned([answer(200)], { signed: right(200), effects })).toBe('holds');
  expect(unsigned([answer(200)], { signed: right(200), effects: { ...effects, signed: [] } })).toBe('broken');
});

describe('an old message', () => {
  const holds = { outcome: 'holds', text: '' } as const;
  const tries = { forged: [{ how: '', answer: answer(400) }], signed: right(200) };
  const old = (tenMinutes: number, day: number) => ({
    tenMinutes: { answer: answer(tenMinutes), shown: false },
    day: { answer: answer(day), shown: false },
  });

  it('is refused, taken when it is not very old, or taken', () => {
    expect(judgeStale(holds, tries, false, old(400, 400))).toEqual({
      outcome: 'holds',
      text: expect.stringMatching(/ten minutes ago$/) as string,
    });
    expect(judgeStale(holds, tries, false, old(200, 400))).toEqual({
      outcome: 'holds',
      text: expect.stringMatching(/refuses one a day old$/) as string,
    });
    expect(judgeStale(holds, tries, false, old(200, 200)).outcome).toBe('broken');
  });

  it('is no question where signatures do not count, and no answer where all are answered alike', () => {
    expect(judgeStale({ outcome: 'broken', text: '' }, tries, false, undefined).outcome).toBe('none');
    expect(judgeStale(holds, { ...tries, forged: [{ how: '', answer: answer(200) }] }, false, old(200, 200)).outcome).toBe('unknown');
  });
});

it('a message taken again is a flaw only where it counted again', () => {
  const holds = { outcome: 'holds', text: '' } as const;
  const nothing = { visible: false, counted: [] };
  expect(judgeReplay(holds, answer(200), answer(200), nothing).outcome).toBe('unknown');
  expect(judgeReplay(holds, answer(200, '{"balance":"ten"}'), answer(200, '{"balance":"twenty"}'), nothing).outcome).toBe('unknown');
  expect(judgeReplay(holds, answer(200), answer(200), { visible: true, counted: ['twice'] }).outcome).toBe('broken');
  expect(judgeReplay(holds, answer(400), undefined, nothing).outcome).toBe('unknown');
});
