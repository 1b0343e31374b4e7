import type { Node, SelectStmt } from 'libpg-query';
import { itemsOf, nameOf, stringsOf } from '../sql/nodes.ts';
import { evaluate, type Joined, type QueryResult, type Surroundings } from './evaluate.ts';
import { systemView } from './system-views.ts';
import { isRow, type Known } from './values.ts';

type Fields = Record<string, Known>;

/** Runs a SELECT over the simulated system views; `undefined` when it reads anything else. */
export function rowsOf(select: SelectStmt, around: Surroundings): QueryResult | undefined {
  if (select.op !== undefined && select.op !== 'SETOP_NONE') return union(select, around);
  if (select.valuesLists)
    return { rows: select.valuesLists.map((list) => positional(itemsOf(list).map((item) => evaluate(item, around)))), complete: true };
  if (!select.fromClause) {
    const list = unnested(select.targetList?.[0], around);
    if (list) return list;
  }
  let joined: Joined[] = [new Map()];
  let complete = true;
  for (const item of select.fromClause ?? []) {
    const more = relation(item, around);
    if (!more) return undefined;
    complete &&= more.complete;
    joined = joined.flatMap((left) => more.rows.map((right) => new Map([...left, ...right])));
    if (joined.length > 100_000) return undefined;
  }
  const kept = joined.filter((row) => {
    const holds = select.whereClause ? evaluate(select.whereClause, inside(row, around)) : true;
    if (holds === undefined) complete = false;
    return holds === true || holds === undefined;
  });
  return { rows: kept.map((row) => project(select.targetList ?? [], row, around)), complete };
}

/** SELECT unnest(ARRAY[...]) AS name: a row for each element. */
function unnested(target: Node | undefined, around: Surroundings): QueryResult | undefined {
  const call = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!target || !('ResTarget' in target) || !call || !('FuncCall' in call) || nameOf(call.FuncCall.funcname).name !== 'unnest')
    return undefined;
  const list = evaluate(call.FuncCall.args?.[0], around);
  const name = target.ResTarget.name ?? 'unnest';
  return Array.isArray(list) ? { rows: (list as readonly Known[]).map((value) => ({ [name]: value })), complete: true } : undefined;
}

function union(select: SelectStmt, around: Surroundings): QueryResult | undefined {
  const left = select.larg && rowsOf(select.larg, around);
  const right = select.rarg && rowsOf(select.rarg, around);
  if (!left || !right || select.op !== 'SETOP_UNION') return undefined;
  return { rows: [...left.rows, ...right.rows], complete: left.complete && right.complete };
}

const positional = (values: readonly Known[]): Fields => Object.fromEntries(values.map((value, index) => [`column${index + 1}`, value]));

function relation(node: Node, around: Surroundings): { rows: Joined[]; complete: boolean } | undefined {
  if ('RangeVar' in node) {
    const { schemaname, relname = '', alias } = node.RangeVar;
    const rows = systemView(around.catalog, schemaname, relname);
    return rows && { rows: rows.map((fields) => new Map([[alias?.aliasname ?? relname, fields]])), complete: true };
  }
  if ('JoinExpr' in node) return join(node.JoinExpr.larg, node.JoinExpr.rarg, node.JoinExpr.quals, around);
  if ('RangeFunction' in node) return unnest(node.RangeFunction.functions?.[0], node.RangeFunction.alias, around);
  if ('RangeSubselect' in node) {
    const { subquery, alias } = node.RangeSubselect;
    const result = subquery && 'SelectStmt' in subquery ? rowsOf(subquery.SelectStmt, around) : undefined;
    const names = stringsOf(alias?.colnames);
    return (
      result && {
        rows: result.rows.map((fields) => new Map([[alias?.aliasname ?? '', renamed(fields, names)]])),
        complete: result.complete,
      }
    );
  }
  return undefined;
}

const renamed = (fields: Fields, names: readonly string[]): Fields =>
  names.length === 0
    ? fields
    : Object.fromEntries(Object.values(fields).map((value, index) => [names[index] ?? `column${index + 1}`, value]));

function join(
  larg: Node | undefined,
  rarg: Node | undefined,
  quals: Node | undefined,
  around: Surroundings,
): { rows: Joined[]; complete: boolean } | undefined {
  const left = larg && relation(larg, around);
  const right = rarg && relation(rarg, around);
  if (!left || !right || left.rows.length * right.rows.length > 1_000_000) return undefined;
  let complete = left.complete && right.complete;
  const rows: Joined[] = [];
  for (const a of left.rows)
    for (const b of right.rows) {
      const row = new Map([...a, ...b]);
      const holds = quals ? evaluate(quals, inside(row, around)) : true;
      if (holds === undefined) complete = false;
      if (holds === true || holds === undefined) rows.push(row);
    }
  return { rows, complete };
}

function unnest(
  call: Node | undefined,
  alias: { aliasname?: string; colnames?: Node[] } | undefined,
  around: Surroundings,
): { rows: Joined[]; complete: boolean } | undefined {
  const [node] = itemsOf(call);
  if (!node || !('FuncCall' in node) || nameOf(node.FuncCall.funcname).name !== 'unnest') return undefined;
  const list = evaluate(node.FuncCall.args?.[0], around);
  if (!Array.isArray(list)) return undefined;
  const name = alias?.aliasname ?? 'unnest';
  const column = stringsOf(alias?.colnames)[0] ?? name;
  return { rows: (list as readonly Known[]).map((value) => new Map([[name, { [column]: value }]])), complete: true };
}

/** The surroundings seen from a row. */
const inside = (row: Joined, around: Surroundings): Surroundings => ({ ...around, rows: [row, ...(around.rows ?? [])] });

function project(targets: readonly Node[], row: Joined, around: Surroundings): Fields {
  const fields: Fields = {};
  const scope = inside(row, around);
  targets.forEach((target, index) => {
    if (!('ResTarget' in target)) return;
    const { val, name } = target.ResTarget;
    const path = val && 'ColumnRef' in val ? stringsOf(val.ColumnRef.fields) : [];
    if (path.at(-1) === '*') {
      for (const [alias, all] of row) if (path.length === 1 || path[0] === alias) Object.assign(fields, all);
      return;
    }
    const value = evaluate(val, scope);
    fields[name ?? path.at(-1) ?? `column${index + 1}`] = isRow(value) ? Object.values(value.fields)[0] : value;
  });
  return fields;
}
