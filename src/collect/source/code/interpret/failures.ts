import type { Statement } from 'oxc-parser';
import { walk } from '../codebase.ts';
import { both, flagged, isTied, type State } from './state.ts';
import type { Frame, Machine } from './value.ts';

type Try = Extract<Statement, { type: 'TryStatement' }>;

// Calls that throw at what the caller sends, or instead of refusing them.
const throwing = /OrThrow$|^(?:parse|validate|assert|ensure|require|verify|protect|authori[sz]e|authenticate|check|guard|enforce|must)/i;

const nameOf = (callee: { readonly type: string }): string => {
  const { name, property } = callee as { readonly name?: string; readonly property?: { readonly name?: string } };
  return name ?? property?.name ?? '';
};

/** Whether the caller may be the one who makes the block fail, as far as its own words tell. */
export function mayBeMadeToFail(statement: Try): boolean {
  let found = false;
  walk(statement.block, (node) => {
    found ||= node.type === 'ThrowStatement' || (node.type === 'CallExpression' && throwing.test(nameOf(node.callee)));
  });
  return found;
}

/**
 * `try { if (!member) return deny() } catch (error) { answer(error) }` and on: past it come callers who are tied to the data, and after a
 * failure anybody, who has been answered by then. Where nothing in the block throws to refuse, that failure is none the caller can make,
 * as far as can be seen: what comes after is no open door, and no closed one.
 */
export function barringFailure(
  machine: Machine,
  statement: Try,
  frame: Frame,
  ends: readonly [State | undefined, State | undefined],
): void {
  const [afterTry, afterCatch] = ends;
  if (!machine.state || !afterTry || !isTied(afterTry) || afterCatch?.unanswered !== null) return;
  machine.state = both(machine.state, flagged('barring-failure', '', frame.scope.module.placeOf(statement)));
}
