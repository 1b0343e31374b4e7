import type { Row } from '../world/rows.ts';
import type { Worlds } from '../world/world.ts';
import { isRoleColumn } from '../../source/database/facts/words.ts';
import { type Tried, tryAfter } from './attempt.ts';
import { type Lanes, overLanes } from './lanes.ts';
import { whereRow } from './tables.ts';

/**
 * Finds, for what somebody with rows got, the row of his without which he does not get it: his rows are taken away one table at a time.
 * A grant that hangs on a row we gave him, such as a role, is told apart from a leak that way.
 */
export async function rowsItHangsOn(lanes: Lanes, got: readonly Tried[], worlds: Worlds, signal?: AbortSignal): Promise<Map<Tried, Row>> {
  const found = new Map<Tried, Row>();
  const sort = ({ attempt: { object, verb, variant } }: Tried): string => [object, verb, variant].join('\u0000');
  // What somebody without rows gets as well hangs on none.
  const anyway = new Set(got.filter(({ attempt: { who } }) => who === 'anon' || who === 'newcomer').map(sort));
  const asked = got.filter((one) => !anyway.has(sort(one)));
  const rows = worlds.planner.rows.filter(({ state, relation }) => state !== 'failed' && worlds.ownership.persons.has(relation.id));
  const answers = await overLanes(lanes, rows, async (db, row) => {
    const tried = asked.filter(({ attempt }) => attempt.who === row.holder.name);
    if (tried.length === 0) return [];
    const gone = { sql: `DELETE FROM ${row.relation.sql} WHERE ${whereRow(row)}`, unchecked: true };
    const without = await tryAfter(db, [gone], tried, signal);
    return tried.filter((_, index) => without[index]?.outcome !== 'got');
  });
  for (const [index, row] of rows.entries()) for (const one of answers[index] ?? []) if (!found.has(one)) found.set(one, row);
  return found;
}

/** A row that a grant hangs on, as `table (column = value)`; the table alone where no role is written in it. */
export function grantOf({ relation, values }: Row): string {
  for (const { name } of relation.columns) {
    const value = isRoleColumn(name) ? /^'((?:[^']|'')*)'/.exec(values.get(name) ?? '')?.[1] : undefined;
    if (value !== undefined && !/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(value))
      return `${relation.name} (${name} = ${value.replaceAll("''", "'")})`;
  }
  return relation.name;
}
