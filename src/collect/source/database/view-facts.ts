import type { Node, SelectStmt } from 'libpg-query';
import type { View } from '../../../evidence/database.ts';
import { findView, resolve } from './catalog/catalog.ts';
import { key, type ViewState } from './catalog/state.ts';
import { kindsAmong } from './facts/holds.ts';
import { columnsOf, yieldsTotals } from './facts/totals.ts';
import type { Analysis, Scope } from './predicate/scope.ts';
import { nameOf, relationName, walk } from './sql/nodes.ts';

const asks = new Set(['uid', 'jwt', 'email', 'role']);

/** Base tables, columns and whether the query itself asks who is calling. */
export function viewFacts(analysis: Analysis, view: ViewState): Pick<View, 'reads' | 'columns' | 'restricted' | 'aggregated' | 'holds'> {
  const reads = [...basesOf(analysis, view.query, new Set([key(view.schema, view.name)]))];
  const columns = columnsOf(view.query);
  const shown = columns.includes('*') ? reads.flatMap((base) => [...(analysis.catalog.tables.get(base)?.columns.values() ?? [])]) : [];
  return {
    reads,
    columns,
    holds: kindsAmong([...shown, ...columns.map((name) => ({ name, type: '' }))]),
    restricted: restricts(analysis, view.query),
    aggregated: yieldsTotals(view.query),
  };
}

function basesOf(analysis: Analysis, query: SelectStmt, seen: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const local = new Set<string>();
  walk(query, (kind, node) => {
    if (kind === 'CommonTableExpr') local.add(String(node.ctename));
    if (kind !== 'RangeVar') return;
    const name = relationName(node);
    if (name.schema === undefined && local.has(name.name)) return;
    const at = resolve(analysis.catalog, name);
    const id = key(at.schema, at.name);
    const inner = findView(analysis.catalog, name);
    if (!inner) found.add(id);
    else if (inner.securityInvoker || seen.has(id)) return;
    else for (const base of basesOf(analysis, inner.query, new Set([...seen, id]))) found.add(base);
  });
  return found;
}

/** auth.uid() and the like anywhere in the query, or a function of the repo that uses them. */
function restricts(analysis: Analysis, query: SelectStmt): boolean {
  const scope: Scope = { frames: [], variables: new Map(), definer: true, calls: [] };
  let found = false;
  walk(query, (kind, node) => {
    if (kind === 'SQLValueFunction' && /USER|ROLE/.test(String(node.op))) found = true;
    if (kind !== 'FuncCall' || found) return;
    const { schema, name } = nameOf(node.funcname as Node[]);
    if ((schema === 'auth' && asks.has(name)) || name === 'current_setting') found = true;
    const inside = analysis.call(node, scope);
    if (inside && ['caller', 'caller-role', 'looked-up', 'claim', 'jwt'].includes(inside.is)) found = true;
    if (inside?.is === 'condition' && !['true', 'false', 'row', 'unknown'].includes(inside.term.is)) found = true;
  });
  return found;
}
