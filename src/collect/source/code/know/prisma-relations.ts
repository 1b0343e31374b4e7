import { both, flagged, guarded, nothing } from '../interpret/state.ts';
import { tally } from '../interpret/made.ts';
import { api, literal, native, type NativeCall, oneOf, type Value, whoOf } from '../interpret/value.ts';
import { filtersOf } from './filters.ts';

/**
 * Relations that a Prisma query narrows to the caller (`include: { users: { where: { userId: session.user.id } } }`): where such a
 * relation holds a row, the caller belongs to what was found. It is how Prisma apps look a membership up.
 */
export function ownRelations(call: NativeCall, model: string): Map<string, Value> {
  const [options] = call.args;
  const found = new Map<string, Value>();
  const place = call.module.placeOf(call.node);
  for (const part of ['include', 'select']) {
    for (const [name, relation] of options?.props?.get(part)?.props ?? []) {
      const { filters } = filtersOf(relation.props?.get('where'));
      if (!filters.some(({ value }) => whoOf(value) !== undefined && whoOf(value)?.level !== 'presence')) continue;
      const what = `${model}.${name} of the caller`;
      const state = both(guarded('tenant', what, place), flagged('ownership', what, place));
      const first = oneOf([
        { value: { who: { level: 'identity', part: 'user' } }, state },
        { value: literal(undefined), state: nothing },
      ]);
      found.set(
        name,
        api('relation', {
          member: (member) => {
            if (member === 'length') return { whenTrue: state, ...tally };
            if (member === '0') return first;
            return member === 'at' || member === 'find' ? native(() => first) : undefined;
          },
        }),
      );
    }
  }
  return found;
}
