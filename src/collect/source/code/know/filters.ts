import { type Value, alternativesOf, inputOf, unknown, whoOf } from '../interpret/value.ts';
import { type Filter, isCredentialColumn } from './access.ts';

const only = (item: Value): Value => (item.items?.length === 1 ? (item.items[0] ?? item) : item);

const unequal = /^\$?(?:not|notIn|ne|nin|lte?|gte?|contains|startsWith|endsWith|search|regex)$/;

/** A membership lies deep: `teamGroups: { some: { group: { members: { some: { member: { userId } } } } } }` are seven steps. */
const maxDepth = 12;

/** Comparisons in a filter object (`where: { id, organisation: { ownerId } }`), nested relations by their last name. */
export function filtersOf(where: Value | undefined, prefix = '', depth = maxDepth): { filters: Filter[]; open: boolean } {
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
        const ties = tiesOfAll((item.items ?? [item]).map((part) => filtersOf(part, prefix, depth - 1).filters));
        if (ties.length > 0 && !item.open) filters.push(...ties);
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

// `OR: [{ ownerId: me }, { teamId: myTeam.id }]` ties the rows to the caller as long as each of its branches does; what all of them ask
// for holds as well.
function tiesOfAll(branches: readonly (readonly Filter[])[]): Filter[] {
  const [first = []] = branches;
  const tie = ties.map((isTie) => branches.every((filters) => filters.some(isTie)) && first.find(isTie)).find(Boolean);
  if (!tie) return [];
  return [tie, ...first.filter((one) => one !== tie && branches.every((filters) => filters.some((other) => asksSame(one, other))))];
}

const ties = [
  ({ value }: Filter): boolean =>
    (whoOf(value) !== undefined && whoOf(value)?.level !== 'presence' && whoOf(value)?.part !== 'role') ||
    alternativesOf(value).every(({ value: { row } }) => row?.access.scope === 'owner' || row?.access.scope === 'tenant'),
  ({ column, value }: Filter): boolean => inputOf(value) !== undefined && isCredentialColumn(column),
];

const asksSame = (a: Filter, b: Filter): boolean =>
  a.column === b.column && (a.value === b.value || sameInput(inputOf(a.value), inputOf(b.value)));
const sameInput = (a: Value['input'], b: Value['input']): boolean =>
  a !== undefined && a.source === b?.source && a.name !== undefined && a.name === b.name;
