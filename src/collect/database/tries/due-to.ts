import type { Queryable } from '../live/catalog.ts';
import type { Row } from '../world/rows.ts';
import type { Worlds } from '../world/world.ts';
import { type Attempt, type Tried, tryAll } from './attempt.ts';
import { whereRow } from './tables.ts';

/**
 * Finds, for what somebody with rows got, the row of his without which he does not get it: his rows are taken away one table at a time.
 * A grant that hangs on a row we gave him, such as a role, is told apart from a leak that way.
 */
export async function rowsItHangsOn(db: Queryable, got: readonly Tried[], worlds: Worlds, signal?: AbortSignal): Promise<Map<Tried, Row>> {
  const questions = got.flatMap((tried) => {
    const { who } = tried.attempt;
    if (who === 'anon' || who === 'newcomer') return [];
    const own = worlds.planner.rows.filter(
      ({ holder, state, relation }) => holder.name === who && state !== 'failed' && worlds.ownership.persons.has(relation.id),
    );
    return own.map((row) => {
      const [way] = [tried.way];
      const gone = { sql: `DELETE FROM ${row.relation.sql} WHERE ${whereRow(row)}`, unchecked: true };
      const attempt: Attempt = { ...tried.attempt, ways: [{ ...way, before: [gone, ...(way.before ?? [])] }] };
      return { tried, row, attempt };
    });
  });
  const answers = await tryAll(
    db,
    questions.map(({ attempt }) => attempt),
    signal,
  );
  const found = new Map<Tried, Row>();
  for (const [index, { tried, row }] of questions.entries())
    if (answers[index]?.outcome !== 'got' && !found.has(tried)) found.set(tried, row);
  return found;
}
