import { noteExit } from './log.ts';
import { answered, type State, unanswered } from './state.ts';
import { literal, type Machine, oneOf, type Value } from './value.ts';

/**
 * Node's rule: the first answer counts. After `res.status(401).json(…)` without a `return` the code goes on and its writes happen, but
 * what it sends later throws (Express) or is logged (Fastify) and does not reach the caller. Without a body, what leaves cannot be told.
 */
export function answerOnce(machine: Machine, denies: boolean, body?: Value): Value {
  const open = machine.state && unanswered(machine.state);
  if (denies && body) machine.log.answers.push(body);
  else if (open && !denies) noteExit(machine.log, open, body);
  if (machine.state) machine.state = answered(machine.state);
  return { response: denies ? 'deny' : 'answer' };
}

/** `reply.sent`, `res.headersSent`: testing it leaves the paths that are still to be answered. */
export function hasAnswered(state: State | undefined): Value {
  if (!state || state.unanswered === undefined) return literal(false);
  if (state.unanswered === null) return literal(true);
  return oneOf([
    { value: literal(true), state: answered(state) },
    { value: literal(false), state: state.unanswered },
  ]);
}

/** Where a handler was not seen to answer, it does so out of sight (a stream, a library) on the paths that have not refused the caller. */
export function answersAtEnd({ log, state }: Machine, ends: readonly (State | undefined)[] = [state]): void {
  if (log.exits.length > 0) return;
  for (const end of ends) {
    const open = end && unanswered(end);
    if (open) noteExit(log, open);
  }
}
