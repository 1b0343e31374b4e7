import type { InsertStmt, Node, UpdateStmt } from 'libpg-query';
import { constantOf, itemsOf } from '../sql/nodes.ts';
import type { Catalog } from './catalog.ts';
import type { Source } from './state.ts';

/** INSERT, UPDATE and DELETE on storage.buckets: which buckets there are and whether they are public. */
export function changeBuckets(catalog: Catalog, node: Node, source: Source): void {
  if ('InsertStmt' in node && isBuckets(node.InsertStmt)) insertBuckets(catalog, node.InsertStmt, source);
  if ('UpdateStmt' in node && isBuckets(node.UpdateStmt)) updateBuckets(catalog, node.UpdateStmt, source);
  if ('DeleteStmt' in node && isBuckets(node.DeleteStmt))
    for (const name of namesIn(node.DeleteStmt.whereClause)) catalog.buckets.delete(name);
}

const isBuckets = (statement: Pick<InsertStmt, 'relation'>): boolean =>
  statement.relation?.schemaname === 'storage' && statement.relation.relname === 'buckets';

function insertBuckets(catalog: Catalog, { cols, selectStmt, onConflictClause }: InsertStmt, source: Source): void {
  const select = selectStmt && 'SelectStmt' in selectStmt ? selectStmt.SelectStmt : undefined;
  const names = (cols ?? []).map((col) => ('ResTarget' in col ? (col.ResTarget.name ?? '') : ''));
  const single = (select?.targetList ?? []).map((target) => ('ResTarget' in target ? constantOf(target.ResTarget.val) : undefined));
  const rows = select?.valuesLists ? select.valuesLists.map((list) => itemsOf(list).map(constantOf)) : [single];
  for (const values of rows) {
    const name = values[names.indexOf('id')] ?? values[names.indexOf('name')];
    if (typeof name !== 'string') continue;
    // DO NOTHING leaves a bucket that exists as it is.
    if (catalog.buckets.has(name) && onConflictClause?.action !== 'ONCONFLICT_UPDATE') continue;
    catalog.buckets.set(name, { ...source, name, public: names.includes('public') && isTrue(values[names.indexOf('public')]) });
  }
}

function updateBuckets(catalog: Catalog, { targetList, whereClause }: UpdateStmt, source: Source): void {
  const target = (targetList ?? []).find((item) => 'ResTarget' in item && item.ResTarget.name === 'public');
  const open = target && 'ResTarget' in target ? constantOf(target.ResTarget.val) : undefined;
  if (open === undefined) return;
  const named = namesIn(whereClause);
  for (const [name, bucket] of catalog.buckets)
    if (!whereClause || named.includes(name)) catalog.buckets.set(name, { ...bucket, ...source, public: isTrue(open) });
}

const isTrue = (value: unknown): boolean => value === true || value === 'true' || value === 't' || value === '1';

function namesIn(where: Node | undefined): string[] {
  if (!where || !('A_Expr' in where)) return [];
  const nodes = [where.A_Expr.lexpr, ...itemsOf(where.A_Expr.rexpr)];
  const values = nodes.flatMap((node) =>
    node && 'A_ArrayExpr' in node ? (node.A_ArrayExpr.elements ?? []).map(constantOf) : [constantOf(node)],
  );
  return values.filter((value) => typeof value === 'string');
}
