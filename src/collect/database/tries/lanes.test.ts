import { describe, expect, it } from 'vitest';
import type { Queryable } from '../live/catalog.ts';
import { batchesFor, lanesOf, overLanes } from './lanes.ts';

const lane = (): Queryable => ({ query: async () => [] });

describe('pieces of work', () => {
  it('are done by whichever connection is free, and told in their order', async () => {
    const [slow, quick] = [lane(), lane()];
    const did: [Queryable, number][] = [];
    const results = await overLanes([slow, quick], [0, 1, 2, 3], async (db, piece) => {
      if (db === slow) await new Promise((resolve) => setTimeout(resolve, 50));
      did.push([db, piece]);
      return piece * 2;
    });
    expect(results).toEqual([0, 2, 4, 6]);
    expect(did.filter(([db]) => db === slow).map(([, piece]) => piece)).toEqual([0]);
  });

  it('need a connection', () => {
    const one = lane();
    expect(lanesOf(one)).toEqual([one]);
    expect(() => lanesOf([])).toThrow('no connection');
  });
});

describe('batches', () => {
  const sizes = (lanes: number, count: number): number[] =>
    batchesFor(
      Array.from({ length: lanes }, () => lane()),
      count,
    ).map(({ length }) => length);

  it('keep every connection busy, but for a few tries that are not worth dividing', () => {
    expect(sizes(1, 200)).toEqual([96, 96, 8]);
    expect(sizes(2, 300)).toEqual([96, 96, 96, 12]);
    expect(sizes(2, 60)).toEqual([30, 30]);
    expect(sizes(2, 12)).toEqual([12]);
    expect(sizes(2, 0)).toEqual([]);
  });

  it('hold every try once', () => {
    expect(batchesFor([lane(), lane()], 50).flat()).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });
});
