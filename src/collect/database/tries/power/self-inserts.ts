import { identifier, quote } from '../../world/literal.ts';
import type { Attack, Scene } from './attack.ts';
import { personal, powerIn, prizes } from './prizes.ts';

/** A row that says he is a member of the owner's tenant, or holds a role. */
export function selfInserts(scene: Scene): Attack[] {
  const { worlds } = scene;
  const me = worlds.people.account('newcomer');
  return personal(scene).flatMap((relation) => {
    const victim = worlds.row(relation, 'tenant-admin') ?? worlds.row(relation, 'owner');
    const account = relation.columns.filter(({ name }) => worlds.ownership.accountColumn(relation, name) !== undefined);
    const power = relation.columns.flatMap((column) => {
      const kind = powerIn(scene, relation, column);
      return kind === 'role' || kind === 'tenant' ? [{ column, kind }] : [];
    });
    if (!victim || account.length === 0 || power.length === 0) return [];
    return [true, false].map((top): Attack => {
      const values = new Map(worlds.planner.values(relation, victim.holder, 61));
      for (const name of relation.key) if (!account.some((one) => one.name === name)) values.delete(name);
      for (const { name, type } of account) values.set(name, `${quote(me.id)}::${type}`);
      for (const { column, kind } of power) {
        const [prize] = kind === 'role' && !top ? [] : prizes(scene, relation, column, kind);
        if (prize !== undefined && column.base !== 'array') values.set(column.name, `${quote(prize)}::${column.type}`);
      }
      for (const { name, type } of relation.columns)
        if (/mail/i.test(name) && values.get(name)?.includes('@')) values.set(name, `${quote(me.email)}::${type}`);
      const said = power.flatMap(({ column, kind }) => {
        const text = /^'((?:[^']|'')*)'/.exec(values.get(column.name) ?? '')?.[1];
        return text === undefined ? [] : [kind === 'tenant' ? `${column.name} of the owner's organisation` : `${column.name} = ${text}`];
      });
      const sql = `INSERT INTO ${relation.sql} (${[...values.keys()].map(identifier).join(', ')}) VALUES (${[...values.values()].join(', ')})`;
      const look = `SELECT 1 FROM ${relation.sql} WHERE ${account.map(({ name, type }) => `${identifier(name)} = ${quote(me.id)}::${type}`).join(' AND ')} AND ${
        power
          .flatMap(({ column }) =>
            values.has(column.name) ? [`${identifier(column.name)}::text IS NOT DISTINCT FROM (${values.get(column.name)})::text`] : [],
          )
          .join(' AND ') || 'true'
      }`;
      return {
        gained: {
          kind: 'self-insert',
          who: 'newcomer',
          what: `adds a row for himself to ${relation.name}${said.length > 0 ? ` with ${said.join(' and ')}` : ''}`,
          relation,
          decides: power.map(({ column, kind: is }) => ({ column: column.name, is })),
          sql,
        },
        way: {
          before: [{ sql: `SELECT 1 / (1 - (SELECT count(*) FROM (${look} LIMIT 1) l))::int`, rows: true }],
          step: { sql },
          proof: { sql: look, worked: (rows) => rows.length > 0 },
        },
        as: me.caller,
        baseline: 'newcomer',
        onlyIfOpens: !power.some(({ kind }) => kind === 'role') || !top,
      };
    });
  });
}
