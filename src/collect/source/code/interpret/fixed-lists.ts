import type { Node } from 'oxc-parser';
import type { Value } from './value.ts';

/**
 * Lists that are as long as they are written: handed to a function as such (`withRoles(handler, ['admin'])`), or a constant of the module.
 * The length of any other list is not known, since it may be filled on a path that was not taken.
 */
const fixed = new WeakSet<readonly Value[]>();

/** The value of `node`, which is as long as it is written where that is a list written out. */
export function fix(node: Node, value: Value): Value {
  const plain = node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression' ? node.expression : node;
  if (plain.type === 'ArrayExpression' && value.items && value.items.length > 0 && !value.open) fixed.add(value.items);
  return value;
}

/** Its length, where that is known. */
export const fixedLength = ({ items, open }: Value): number | undefined => (items && !open && fixed.has(items) ? items.length : undefined);

const changing = new Set(['push', 'unshift', 'pop', 'shift', 'splice', 'fill']);

/** A list of which such a method is asked is changed. */
export function unfix({ items }: Value, method: string): void {
  if (items && changing.has(method)) fixed.delete(items);
}

const whole = new WeakSet<readonly Value[]>();

/** All values or keys of an object or enum, as a list. */
export function allOf(value: Value): Value {
  if (value.items) whole.add(value.items);
  return value;
}

/** True where a list is all that an object or enum has. */
export const isWhole = (items: readonly Value[]): boolean => whole.has(items);
