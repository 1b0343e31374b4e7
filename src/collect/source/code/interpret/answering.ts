import { answered, type State } from './state.ts';
import { literal, oneOf, type Value } from './value.ts';

/** `reply.sent`, `res.headersSent`: testing it leaves the paths that are still to be answered. */
export function hasAnswered(state: State | undefined): Value {
  if (!state || state.unanswered === undefined) return literal(false);
  if (state.unanswered === null) return literal(true);
  return oneOf([
    { value: literal(true), state: answered(state) },
    { value: literal(false), state: state.unanswered },
  ]);
}
