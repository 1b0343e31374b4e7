import { type Value, alternativesOf, inputOf, unknown, whoOf } from '../interpret/value.ts';
import { type Filter, isCredentialColumn } from './access.ts';

const only = (item: Value): Value => (item.items?.length === 1 ? (item.items[0] ?? item) : item);

const unequal = /^\$?(?:not|notIn|ne|nin|lte?|gte?|contains|startsWith|endsWith|search|regex)$/;

/** Comparisons in a filter object (`where: { id, organisation: { ownerId } }`), nested relations by their last name. */
export function filtersOf(where: Value | undefined, prefix = '', depth = 5): { filters: Filter[]; open: boolean } {
  if (!where) return { filters: [], open: false };
  const filters: Filter[] = [];
  let open = false;
  for (const { value } of alternativesOf(where)) {
    if (!value.props) {
      if (value !== unknown && (value.input ?? value.who ?? value.row)) filters.push({ column: prefix || 'id', value });
      else if (!value.literal) open = true;
      continue;
    }
    if (value.open) open = true;
    for (const [name, item] of value.props) {
      if (/^(AND|\$and)$/.test(name)) for (const part of item.items ?? [item]) merge(filtersOf(part, prefix, depth - 1));
      else if (/^(OR|\$or)$/.test(name)) {
        const tie = tieOfAll((item.items ?? [item]).map((part) => filtersOf(part, prefix, depth - 1).filters));
        if (tie && !item.open) filters.push(tie);
        else open = true;
      } else if (/^(NOT|\$nor)$/.test(name)) open = true;
      else if (/^(equals|in|is|some|every|\$eq|\$in|_eq|_in)$/.test(name))
        merge(
          depth > 0 && item.props
            ? filtersOf(item, prefix, depth - 1)
            : { filters: [{ column: prefix || name, value: only(item) }], open: false },
        );
      else if (prefix && unequal.test(name)) {
        // Whose rows are not wanted, or lie below or above, is no tie to them.
        if (inputOf(item) && !whoOf(item)) filters.push({ column: prefix, value: item });
      } else if (item.props && depth > 0 && !item.api) merge(filtersOf(item, name, depth - 1));
      else filters.push({ column: name, value: item });
    }
  }
  function merge(inner: { filters: Filter[]; open: boolean }): void {
    filters.push(...inner.filters);
    open ||= inner.open;
  }
  return { filters, open };
}

// `OR: [{ ownerId: me }, { memberId: me }]` ties the rows to the caller as long as each of its branches does.
function tieOfAll(branches: readonly (readonly Filter[])[]): Filter | undefined {
  const ties = [
    (filter: Filter): boolean =>
      whoOf(filter.value) !== undefined && whoOf(filter.value)?.level !== 'presence' && whoOf(filter.value)?.part !== 'role',
    (filter: Filter): boolean => inputOf(filter.value) !== undefined && isCredentialColumn(filter.column),
  ];
  const fits = ties.find((isTie) => branches.length > 0 && branches.every((filters) => filters.some(isTie)));
  return fits && branches[0]?.find(fits);
}
