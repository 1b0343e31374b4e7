import type { Relation } from '../live/catalog.ts';
import { quote } from '../world/literal.ts';
import { uuidWith } from '../world/people.ts';
import type { Row } from '../world/rows.ts';
import { plainValue } from '../world/values.ts';
import type { Worlds } from '../world/world.ts';

/** Everything that makes the new row differ from the one that is there: its key, and texts and numbers that must be unique. */
export function freshValues(relation: Relation, worlds: Worlds, holder: Row['holder'], values: Map<string, string>): Map<string, string> {
  const fresh = new Map(values);
  const linked = new Set(relation.foreignKeys.flatMap(({ columns }) => columns));
  const unique = new Set([...relation.key, ...relation.uniques.flat()]);
  for (const column of relation.columns) {
    if (!unique.has(column.name) || column.generated) continue;
    if (
      linked.has(column.name) ||
      worlds.ownership.accountColumn(relation, column.name) ||
      worlds.ownership.isTenantColumn(relation, column.name)
    )
      continue;
    if (column.identity || /nextval|gen_random_uuid|uuid_generate/.test(column.fallback ?? '')) fresh.delete(column.name);
    else if (column.base === 'uuid') fresh.set(column.name, `${quote(uuidWith(holder.mark))}::${column.type}`);
    else if (!column.labels) {
      const value =
        worlds.planner.values(relation, holder, 83).get(column.name) ??
        plainValue(column, { mark: holder.mark, email: holder.email, nth: 83, relation: relation.name });
      if (value !== undefined && fresh.has(column.name)) fresh.set(column.name, value);
    }
  }
  return fresh;
}

/** The values with the key of the row that is there. */
export function withKey(values: ReadonlyMap<string, string>, relation: Relation, victim: Row): Map<string, string> {
  const result = new Map(values);
  for (const column of relation.columns) {
    const key = victim.key[column.name];
    if (key !== undefined && !column.identity) result.set(column.name, `${quote(key)}::${column.type}`);
  }
  return result;
}

/** What must be there, and what says whose it is. */
export const onlyNeeded = (relation: Relation, values: ReadonlyMap<string, string>): Map<string, string> =>
  new Map(
    [...values].filter(([name]) => {
      const column = relation.columns.find((one) => one.name === name);
      return column?.notNull === true || /_id$|^id$|_by$/.test(name);
    }),
  );
