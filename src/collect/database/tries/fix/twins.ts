import type { Relation } from '../../live/catalog.ts';
import { identifier, quote } from '../../world/literal.ts';
import type { Row } from '../../world/rows.ts';
import { keyOf, type Worlds } from '../../world/world.ts';
import type { Attempt } from '../attempt.ts';
import type { Gained } from '../power/attack.ts';
import { whereRow } from '../tables.ts';

/**
 * The same gain by another door: what may not be changed in a row of one's own any more is written into a new one. He deletes his row and adds it
 * again, as it was but for that column.
 */
export function addedAgain(relation: Relation, { who, column: name, value }: Gained, worlds: Worlds): Attempt[] {
  const row = rowOf(relation, who, worlds);
  const column = relation.columns.find((one) => one.name === name);
  if (!row || !column || value === undefined || (who !== 'newcomer' && who !== 'stranger')) return [];
  const as = worlds.people.account(who).caller;
  const where = whereRow(row);
  const columns = relation.columns.filter(({ generated, identity }) => !generated && !identity).map((one) => identifier(one.name));
  const kept = `current_setting('launch_ready.twin')::jsonb`;
  const changed = `${kept} || jsonb_build_object(${quote(column.name)}, ${quote(value)}::${column.type})`;
  return [
    {
      object: relation.id,
      verb: 'insert',
      variant: 'own',
      who,
      as,
      ways: [
        {
          before: [
            {
              sql: `SELECT set_config('launch_ready.twin', (SELECT to_jsonb(mine) FROM ${relation.sql} mine WHERE ${where} LIMIT 1)::text, true)`,
              rows: true,
            },
            { sql: `DELETE FROM ${relation.sql} WHERE ${where}`, as },
          ],
          step: {
            sql: `INSERT INTO ${relation.sql} (${columns.join(', ')}) SELECT ${columns.map((one) => `again.${one}`).join(', ')} FROM jsonb_populate_record(NULL::${relation.sql}, ${changed}) again`,
          },
          proof: {
            sql: `SELECT 1 FROM ${relation.sql} WHERE ${where} AND ${identifier(column.name)}::text IS NOT DISTINCT FROM (${quote(value)}::${column.type})::text`,
            worked: (rows) => rows.length > 0,
          },
        },
      ],
    },
  ];
}

/** His row: by signing up, else the one we gave him. */
function rowOf(relation: Relation, who: Gained['who'], worlds: Worlds): Row | undefined {
  if (who === 'stranger') return worlds.row(relation, 'stranger');
  const born = worlds.born.find((one) => one.relation.id === relation.id);
  return (
    born && {
      relation,
      holder: worlds.people.account('newcomer'),
      values: new Map(),
      key: keyOf(relation, born.row),
      state: 'adopted',
    }
  );
}
