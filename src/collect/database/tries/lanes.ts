import type { Queryable } from '../live/catalog.ts';

/** One connection to the database, or several that share the work; all of the same owner, each to a database of its own with the same content. */
export type Lanes = Queryable | readonly Queryable[];

/** The connections; there is at least one. */
export const lanesOf = (lanes: Lanes): readonly [Queryable, ...Queryable[]] => {
  const [first, ...others] = Array.isArray(lanes) ? (lanes as readonly Queryable[]) : [lanes as Queryable];
  if (!first) throw new Error('There is no connection to the database.');
  return [first, ...others];
};

/** Does each piece of work on the next connection that is free; what came of it in the order of the pieces. */
export async function overLanes<T, R>(lanes: Lanes, pieces: readonly T[], work: (db: Queryable, piece: T) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: pieces.length });
  const open = pieces.entries();
  await Promise.all(
    lanesOf(lanes).map(async (db) => {
      for (const [index, piece] of open) results[index] = await work(db, piece);
    }),
  );
  return results;
}

/** Tries of one batch, when there is enough for a full one on each connection. */
const batchSize = 96;
/** Fewer than these are not divided: each batch prepares and plans for itself. */
const leastDivided = 12;

/** Indexes of that many tries, a batch each: none is larger than needed to keep every connection busy. */
export function batchesFor(lanes: Lanes, count: number): number[][] {
  const share = Math.ceil(count / lanesOf(lanes).length);
  const size = Math.min(batchSize, Math.max(share, leastDivided));
  return Array.from({ length: Math.ceil(count / size) }, (_, nth) =>
    Array.from({ length: Math.min(size, count - nth * size) }, (__, at) => nth * size + at),
  );
}
