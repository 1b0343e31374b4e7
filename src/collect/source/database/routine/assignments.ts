import type { InsertStmt, Node, UpdateStmt } from 'libpg-query';
import { resolve } from '../catalog/catalog.ts';
import { key } from '../catalog/state.ts';
import type { Analysis } from '../predicate/scope.ts';
import { relationName, walk } from '../sql/nodes.ts';

/** A value stored by an INSERT or UPDATE. */
export interface Assignment {
  /** `schema.table`. */
  readonly table: string;
  readonly column: string;
  readonly node: Node;
}

/** Column and expression of every value a statement stores; nothing on bad syntax. */
export function assignments(analysis: Analysis, sql: string): Assignment[] {
  const found: Assignment[] = [];
  let nodes: Node[];
  try {
    nodes = analysis.parser.parse(sql);
  } catch {
    return [];
  }
  const tableOf = (statement: Pick<InsertStmt, 'relation'>): string => {
    const { schema, name } = resolve(analysis.catalog, relationName(statement.relation));
    return key(schema, name);
  };
  const add = (table: string, targets: readonly Node[] | undefined): void => {
    for (const target of targets ?? [])
      if ('ResTarget' in target && target.ResTarget.val)
        found.push({ table, column: target.ResTarget.name ?? '', node: target.ResTarget.val });
  };
  walk(nodes, (kind, value) => {
    if (kind === 'UpdateStmt') add(tableOf(value as unknown as UpdateStmt), (value as unknown as UpdateStmt).targetList);
    if (kind !== 'InsertStmt') return;
    const statement = value as unknown as InsertStmt;
    const query = statement.selectStmt && 'SelectStmt' in statement.selectStmt ? statement.selectStmt.SelectStmt : undefined;
    const table = tableOf(statement);
    const named = (statement.cols ?? []).map((col) => ('ResTarget' in col ? (col.ResTarget.name ?? '') : ''));
    // Without a list of columns the values stand in the order of the table.
    const columns = named.length > 0 ? named : [...(analysis.catalog.tables.get(table)?.columns.keys() ?? [])];
    const lists = query?.valuesLists?.map((list) => ('List' in list ? (list.List.items ?? []) : []));
    const values =
      lists?.[0] ??
      (query?.targetList ?? []).flatMap((target) => ('ResTarget' in target && target.ResTarget.val ? [target.ResTarget.val] : []));
    values.forEach((node, index) => found.push({ table, column: columns[index] ?? '', node }));
    add(table, statement.onConflictClause?.targetList);
  });
  return found;
}
