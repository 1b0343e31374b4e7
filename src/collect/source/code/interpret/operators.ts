import { both, nothing, type State } from './state.ts';
import { tally } from './made.ts';
import { type Value, alternativesOf, literal, oneOf, whoOf } from './value.ts';

export function compare(left: Value, right: Value, operator: string, role: () => State): Value {
  const [a, b] = [left.literal?.is, right.literal?.is];
  // `rows.length > 0`, `rowCount < 1`: whether there is a row at all.
  if (!left.alternatives && left.whenTrue && typeof b === 'number')
    return operator.startsWith('>') ? { whenTrue: left.whenTrue, ...tally } : b <= 1 ? { whenFalse: left.whenTrue, ...tally } : tally;
  // `rankOf[user.role] >= rankOf.admin`: enough of a role.
  const [least, most] = operator.startsWith('>') ? [left, right] : [right, left];
  if (isRole(least) && !isRole(most)) return { whenTrue: role(), ...tally };
  if (isRole(most) && !isRole(least)) return { whenFalse: role(), ...tally };
  if (typeof a !== 'number' || typeof b !== 'number') return tally;
  return literal(operator === '>' ? a > b : operator === '>=' ? a >= b : operator === '<' ? a < b : a <= b);
}

/** `a ^ b`, which is 0 only where both are equal: how comparisons that take the same time for any input find a difference. */
export const difference = (equal: Value): Value => ({
  ...tally,
  ...(equal.whenTrue && { whenFalse: equal.whenTrue }),
});

/** `found | a ^ b`, which is 0 only where both sides are. */
export const anyBit = (left: Value, right: Value): Value => ({
  of: [left, right],
  ...((left.whenFalse ?? right.whenFalse) && { whenFalse: both(left.whenFalse ?? nothing, right.whenFalse ?? nothing) }),
});

const isRole = (value: Value): boolean => {
  const who = whoOf(value);
  return who?.part === 'role' && who.level !== 'presence';
};

// `result instanceof Response` tells the refusing return of a guard from its good one.
export function instanceOf(left: Value, right: Value): Value {
  const response = right.api?.kind === 'Response';
  return boolean(left, (one) =>
    response ? (one.response ? true : one.props || one.who || one.literal || one.row ? false : undefined) : one.literal ? false : undefined,
  );
}

const boolean = (value: Value, answer: (one: Value) => boolean | undefined): Value =>
  oneOf(
    alternativesOf(value).map((item) => {
      const known = answer(item.value);
      return { value: known === undefined ? tally : literal(known), state: item.state };
    }),
  );

export const typeOf = (value: Value): Value => boolean2(value);
const boolean2 = (value: Value): Value => {
  const is = value.literal?.is;
  if (value.literal) return literal(is === null ? 'object' : typeof is);
  return value.closure || value.native ? literal('function') : value.parts ? literal('string') : value.props ? literal('object') : tally;
};
