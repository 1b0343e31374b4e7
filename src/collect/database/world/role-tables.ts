import { isRoleColumn } from '../../source/database/facts/words.ts';
import type { LiveCatalog, Queryable, Relation } from '../live/catalog.ts';
import type { Ownership } from './ownership.ts';
import { keep } from './keep.ts';

/** A role that the repo's own SQL put into a table of roles: its row, and what it is called. */
export interface KnownRole {
  readonly row: Readonly<Record<string, unknown>>;
  readonly label: string;
}

const most = 40;

/** Roles in the tables that people's rows take theirs from, by `schema.name`: there somebody is given a role by its key, not by its word. */
export async function knownRoles(
  db: Queryable,
  catalog: LiveCatalog,
  ownership: Ownership,
): Promise<ReadonlyMap<string, readonly KnownRole[]>> {
  const named = new Map<string, { readonly table: Relation; readonly label: string }>();
  for (const { id, foreignKeys } of catalog.relations) {
    if (!ownership.persons.has(id)) continue;
    for (const { columns, target } of foreignKeys) {
      const table = columns.length === 1 && isRoleColumn(columns[0] ?? '') ? catalog.relations.find((one) => one.id === target) : undefined;
      const label = table && !ownership.persons.has(table.id) ? labelColumn(table) : undefined;
      if (table && label !== undefined) named.set(table.id, { table, label });
    }
  }
  const wanted = [...named.values()];
  const answers = await keep(
    db,
    wanted.map(({ table }) => `SELECT jsonb_build_object('rows', (SELECT jsonb_agg(t) FROM (SELECT * FROM ${table.sql} LIMIT ${most}) t))`),
  );
  return new Map(
    wanted.map(({ table, label }, index) => {
      const rows = (answers[index]?.row?.rows ?? []) as Record<string, unknown>[];
      return [table.id, rows.map((row) => ({ row, label: String(row[label] ?? '') }))];
    }),
  );
}

const labelColumn = ({ columns, key }: Relation): string | undefined => {
  const texts = columns.filter(({ base }) => /^(?:text|varchar|citext|enum)$/.test(base)).map(({ name }) => name);
  return (
    texts.find((name) => /^(?:name|slug|code|key|role|role_name|label|title|nome|nombre|codigo)$/i.test(name)) ??
    key.find((name) => texts.includes(name))
  );
};
