import { absent } from '../interpret/rows.ts';
import { nothing } from '../interpret/state.ts';
import { tally } from '../interpret/made.ts';
import { type Value, literal, object, oneOf } from '../interpret/value.ts';

/** Whoever Supabase says is calling. */
export const user = (): Value => ({ who: { level: 'identity', part: 'user' } });

/** `{ data, error }` as every Supabase call gives it: one of the two is null. */
export const answer = (data: Value, found = nothing): Value =>
  oneOf([
    { value: object({ data, error: literal(null), count: tally }, true), state: found },
    {
      value: object({ data: literal(null), error: { ...object({}, true), ...tally }, count: literal(null) }, true),
      state: absent(data.row),
    },
  ]);
