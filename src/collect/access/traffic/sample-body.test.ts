import { describe, expect, it } from 'vitest';
import { bodiesLike, countedUp } from './sample-body.ts';

const canary = 'lr0123456789';
const known = (name: string): readonly string[] => (name === 'ProductId' ? ['24', '25', '26'] : name === 'BasketId' ? ['6'] : []);

describe('a body that is sent again', () => {
  it('has our mark in its texts, and everything else as it was', () => {
    const sent = {
      title: 'Leak in the roof',
      state: 'open',
      amount: 7,
      due: '2026-12-24',
      contact: 'a@b.example',
      tags: ['Urgent matter'],
    };
    expect(bodiesLike(sent, sent, { canary, known, nth: 0 })).toEqual([
      {
        title: `Launch Ready ${canary}-title`,
        state: 'open',
        amount: 7,
        due: '2026-12-24',
        contact: `${canary}@example.com`,
        tags: [`Launch Ready ${canary}-tags`],
      },
    ]);
  });

  it('takes one of the ids after the other that the person knows, in the type it was sent as', () => {
    const sent = { ProductId: 24, BasketId: '6', quantity: 1 };
    expect(bodiesLike(sent, sent, { canary, known, nth: 0 })).toEqual([sent, { ...sent, ProductId: 25 }, { ...sent, ProductId: 26 }]);
    // The next one begins elsewhere: the app may take one of each only.
    expect(bodiesLike(sent, sent, { canary, known, nth: 1 })[1]).toEqual({ ...sent, ProductId: 26 });
  });

  it('of another person is about what is his own', () => {
    const [first] = bodiesLike({ ProductId: 24, BasketId: '5', quantity: 1 }, undefined, { canary, known, nth: 0 });
    expect(first).toEqual({ ProductId: 24, BasketId: '6', quantity: 1 });
  });

  it('is changed by numbers where it holds no text', () => {
    expect(countedUp({ quantity: 1, BasketId: 6, price: 0.5 })).toEqual({ quantity: 2, price: 0.5 });
  });
});
