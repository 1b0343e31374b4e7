import type { DataAccess } from '../../../../evidence/routes.ts';
import { isPrivileged } from '../../../../evidence/database-questions.ts';
import { tiesToTenant } from '../interpret/member.ts';
import { alternativesOf, some, type Value } from '../interpret/value.ts';

/** What a write stores: which columns, and which of them as the request says. */
export function written(values: Value | undefined): Pick<DataAccess, 'wholeInput' | 'writes' | 'chosen' | 'joins'> {
  if (!values) return {};
  for (const { value } of alternativesOf(values)) {
    const one = value.items?.[0] ?? value;
    if (one.input && !one.input.name && one.input.source !== 'path')
      return { wholeInput: one.input.source, writes: [...(one.props?.keys() ?? [])] };
    if (!one.props) continue;
    const chosen = [...one.props].flatMap(([column, item]) => (isChosen(item) ? [column] : []));
    const joins = joinedTenant(one.props);
    return { writes: [...one.props.keys()], ...(chosen.length > 0 && { chosen }), ...(joins !== undefined && { joins }) };
  }
  return {};
}

// `body.role`, `body.role ?? 'user'`: on some path the value is the request's own. One found out with it (the id of a row) is not, and
// neither is one of a few that give no power over others.
const isChosen = (value: Value): boolean =>
  some(value, (inner) => inner.input !== undefined && !inner.who && !inner.row && !inner.among?.every((one) => !isPrivileged(one)), 2);

/** `organizationId: organization.id`, also in a relation (`memberOf: { create: { organizationId } }`), where it was found by a domain. */
function joinedTenant(props: ReadonlyMap<string, Value>, depth = 4): string | undefined {
  for (const [column, value] of props) {
    let found: string | undefined;
    if (tiesToTenant(column))
      some(
        value,
        ({ row }) => {
          if (row?.access.inputs.some((input) => /domain/i.test(input.column))) found = row.access.name;
          return found !== undefined;
        },
        1,
      );
    for (const inner of depth > 0 ? alternativesOf(value) : []) if (inner.value.props) found ??= joinedTenant(inner.value.props, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
