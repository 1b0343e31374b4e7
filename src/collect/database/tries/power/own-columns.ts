import { quote } from '../../world/literal.ts';
import type { Row } from '../../world/rows.ts';
import { keyOf } from '../../world/world.ts';
import { changeWay } from '../tables.ts';
import type { Attack, Scene } from './attack.ts';
import { powerIn, prizes } from './prizes.ts';

/** Rows in tables about people that somebody has: by signing up, else those we gave him. */
function rowsOf({ worlds }: Scene, who: 'newcomer' | 'stranger'): Row[] {
  if (who === 'stranger')
    return worlds.planner.rows.filter(
      ({ holder, state, relation }) =>
        holder.name === who && state !== 'failed' && (worlds.ownership.persons.has(relation.id) || worlds.ownership.roots.has(relation.id)),
    );
  const holder = worlds.people.account(who);
  return worlds.born.map(({ relation, row }) => ({
    relation,
    holder,
    values: new Map(),
    key: keyOf(relation, row),
    state: 'adopted' as const,
  }));
}

/** His own row, made more than it was. */
export function ownColumns(scene: Scene): Attack[] {
  return (['newcomer', 'stranger'] as const).flatMap((who) => {
    const account = scene.worlds.people.account(who);
    return rowsOf(scene, who).flatMap((row) =>
      row.relation.columns.flatMap((column) => {
        const power = row.relation.key.includes(column.name) ? undefined : powerIn(scene, row.relation, column);
        if (power === undefined || column.generated || column.base === 'array') return [];
        return prizes(scene, row.relation, column, power).map((value): Attack => {
          const way = changeWay(row.relation, row, column, `${quote(value)}::${column.type}`);
          return {
            gained: {
              kind: 'own-column',
              who,
              what: `sets ${row.relation.name}.${column.name} of his own row to ${power === 'tenant' ? "the owner's organisation" : value}`,
              relation: row.relation,
              column: column.name,
              value,
              sql: way.step.sql,
            },
            way,
            as: account.caller,
            baseline: who,
            // A column that only its name makes important has to open something.
            onlyIfOpens:
              power === 'tenant' ||
              !scene.hints.get(row.relation.id)?.columns.some(({ name, power: told }) => name === column.name && told !== undefined),
          };
        });
      }),
    );
  });
}
