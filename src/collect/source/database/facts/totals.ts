import type { Node, SelectStmt } from 'libpg-query';
import { nameOf, stringsOf, walk } from '../sql/nodes.ts';

const totals = new Set(['count', 'sum', 'avg', 'min', 'max', 'bool_or', 'bool_and', 'array_agg', 'json_agg', 'jsonb_agg', 'string_agg']);
const showsRows = new Set(['array_agg', 'json_agg', 'jsonb_agg', 'string_agg', 'json_object_agg', 'jsonb_object_agg']);
/** Columns that say whose total it is. The id of a thing says nothing to somebody who cannot look it up. */
const identifies =
  /(?:^|_)(?:uuid|e?mail|name|phone|number|code|slug|nome|nombre)$|^id$|(?:user|profile|customer|client|patient|employee|member|owner|company|tenant|org|organi[sz]ation|account|student|worker|staff|contact|lead|supplier|vendor|cliente|usuario|empresa|fornecedor|proveedor)_id$/i;

/** Names of the columns a query yields; `*` where it yields all of something. */
export function columnsOf(query: SelectStmt): string[] {
  const select = query.larg ?? query;
  return (select.targetList ?? []).flatMap((target) => {
    if (!('ResTarget' in target)) return [];
    const { name, val } = target.ResTarget;
    if (name !== undefined) return [name];
    return val && 'ColumnRef' in val ? [stringsOf(val.ColumnRef.fields).at(-1) ?? '*'] : [];
  });
}

// Columns that the groups are told by, also where an expression is made of them: `case when … then s.name else 'none' end as category`.
function groupedBy(query: SelectStmt): string[] {
  const found = columnsOf(query);
  walk(query.targetList, (kind, node) => {
    if (kind === 'SubLink' || (kind === 'FuncCall' && totals.has(nameOf(node.funcname as Node[]).name))) return false;
    if (kind === 'ColumnRef') found.push(stringsOf(node.fields as Node[]).at(-1) ?? '');
    return true;
  });
  return found;
}

/** True when a query yields totals: grouped by month or status it is still a sum, grouped by a person it is a list of them. */
export function yieldsTotals(query: SelectStmt): boolean {
  let aggregates = false;
  let rows = false;
  walk(query.targetList, (kind, node) => {
    if (kind === 'SubLink') return false;
    if (kind === 'FuncCall' && node.over === undefined) {
      const { name } = nameOf(node.funcname as Node[]);
      if (totals.has(name)) aggregates = true;
      if (showsRows.has(name)) rows = true;
    }
    return true;
  });
  return aggregates && !rows && (!query.groupClause || !groupedBy(query).some((name) => identifies.test(name)));
}
