import { nothing } from './state.ts';
import { atMost, each, literal, oneOf, unknown, type Value, whoOf } from './value.ts';

/** `map[key]`: any of the listed values may come out. */
export function computedMember(object: Value, key: Value): Value {
  // `permissionsOf[user.role]` stands for what the caller's role may do.
  const who = whoOf(key);
  if (who?.part === 'role') return { who };
  return each(object, (one) => {
    if (one.props && one.of && !one.open)
      return oneOf([...one.props.values(), ...one.of, literal(undefined)].map((value) => ({ value, state: nothing })));
    if (one.props && !one.open && one.props.size > 0 && (one.props.size <= 8 || isNumberTable(one.props)))
      return oneOf([...one.props.values(), literal(undefined)].map((value) => ({ value, state: nothing })));
    if (one.items && one.items.length > 0)
      return oneOf(
        atMost(
          one.items.map((value) => ({ value, state: nothing })),
          8,
        ),
      );
    return one.input || one.who || one.row || one.digest ? one : unknown;
  });
}

// `statusOf[error.code]`: long tables of few different numbers.
function isNumberTable(props: ReadonlyMap<string, Value>): boolean {
  const numbers = new Set([...props.values()].map(({ literal: known }) => known?.is));
  return numbers.size <= 11 && [...numbers].every((number) => typeof number === 'number');
}
