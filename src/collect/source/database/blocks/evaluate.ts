import type { A_Expr, FuncCall, Node, SelectStmt } from 'libpg-query';
import type { Catalog } from '../catalog/catalog.ts';
import { findRoutines, findTable, findView } from '../catalog/catalog.ts';
import { constantOf, itemsOf, nameOf, selectOf, stringOf, stringsOf, typeText } from '../sql/nodes.ts';
import { format, isRow, type Known, likePattern, quoteIdentifier, quoteLiteral, type Variables } from './values.ts';

/** Rows of a query over system views. `complete` is false when a condition could not be decided: the rows are candidates then. */
export interface QueryResult {
  readonly rows: readonly Readonly<Record<string, Known>>[];
  readonly complete: boolean;
}

/** A joined row: the fields of each relation by alias. */
export type Joined = ReadonlyMap<string, Readonly<Record<string, Known>>>;

/** What an expression needs to be worked out. */
export interface Surroundings {
  readonly catalog: Catalog;
  readonly variables: Variables;
  /** Rows that are being looked at: of this query first, then of the queries around it. */
  readonly rows?: readonly Joined[];
  /** Runs a sub-query over the system views; `undefined` when it reads anything else. */
  readonly query: (select: SelectStmt, around: Surroundings) => QueryResult | undefined;
}

/** Works out an expression of a DO block over the simulated catalog; `undefined` when it depends on data. */
export function evaluate(node: Node | undefined, around: Surroundings): Known {
  if (!node) return undefined;
  if ('A_Const' in node) return constantOf(node);
  if ('ColumnRef' in node) return variable(stringsOf(node.ColumnRef.fields), around);
  if ('TypeCast' in node) return cast(evaluate(node.TypeCast.arg, around), typeText(node.TypeCast.typeName));
  if ('BoolExpr' in node)
    return logic(
      node.BoolExpr.boolop,
      (node.BoolExpr.args ?? []).map((arg) => evaluate(arg, around)),
    );
  if ('NullTest' in node) {
    const value = evaluate(node.NullTest.arg, around);
    return value === undefined ? undefined : (value === null) === (node.NullTest.nulltesttype === 'IS_NULL');
  }
  if ('A_Expr' in node) return operator(node.A_Expr, around);
  if ('A_ArrayExpr' in node) return (node.A_ArrayExpr.elements ?? []).map((element) => evaluate(element, around));
  if ('CoalesceExpr' in node) {
    const values = (node.CoalesceExpr.args ?? []).map((arg) => evaluate(arg, around));
    return values.find((value) => value !== null);
  }
  if ('FuncCall' in node) return call(node.FuncCall, around);
  if ('SubLink' in node) {
    const select = selectOf(node.SubLink.subselect);
    if (!select) return undefined;
    if (node.SubLink.subLinkType === 'EXISTS_SUBLINK') return exists(select, around);
    if (node.SubLink.subLinkType === 'EXPR_SUBLINK') return firstValue(select, around);
    if (node.SubLink.subLinkType === 'ANY_SUBLINK')
      return among(evaluate(node.SubLink.testexpr, around), around.query(select, around)?.rows.map(single));
  }
  return undefined;
}

const single = (fields: Readonly<Record<string, Known>>): Known => Object.values(fields)[0];

function exists(select: SelectStmt, around: Surroundings): Known {
  const result = around.query(select, around);
  if (!result) return undefined;
  return result.rows.length === 0 ? false : result.complete ? true : undefined;
}

function firstValue(select: SelectStmt, around: Surroundings): Known {
  if (!select.fromClause) {
    const [target] = select.targetList ?? [];
    return target && 'ResTarget' in target ? evaluate(target.ResTarget.val, around) : undefined;
  }
  const result = around.query(select, around);
  if (!result?.complete) return undefined;
  const [row] = result.rows;
  return row ? single(row) : null;
}

function variable(path: readonly string[], { variables, rows = [] }: Surroundings): Known {
  const [first = '', second] = path;
  const name = first.toLowerCase();
  const value = relationIn(rows, name) ?? variables.get(name);
  if (second !== undefined) return isRow(value) ? value.fields[second] : undefined;
  if (value !== undefined) return value;
  // An unqualified column; of two with the same name the first counts.
  for (const row of rows) for (const fields of row.values()) if (Object.hasOwn(fields, name)) return fields[name];
  return undefined;
}

function relationIn(rows: readonly Joined[], name: string): Known {
  for (const row of rows) for (const [alias, fields] of row) if (alias.toLowerCase() === name) return { fields };
  return undefined;
}

function cast(value: Known, type: string): Known {
  if (typeof value !== 'string' || type !== 'regclass') return value;
  return value.includes('.') ? value.replaceAll('"', '') : `public.${value.replaceAll('"', '')}`;
}

function logic(operation: string | undefined, values: readonly Known[]): Known {
  if (operation === 'NOT_EXPR') return typeof values[0] === 'boolean' ? !values[0] : undefined;
  const decisive = operation === 'OR_EXPR';
  if (values.includes(decisive)) return decisive;
  return values.every((value) => value === !decisive) ? !decisive : undefined;
}

function among(value: Known, list: readonly Known[] | undefined): Known {
  if (value === undefined || !list) return undefined;
  if (list.includes(value)) return true;
  return list.includes(undefined) ? undefined : false;
}

function operator(expression: A_Expr, around: Surroundings): Known {
  const { kind } = expression;
  const name = stringOf(expression.name?.[0]) ?? '';
  const left = evaluate(expression.lexpr, around);
  if (kind === 'AEXPR_IN') {
    const found = among(
      left,
      itemsOf(expression.rexpr).map((item) => evaluate(item, around)),
    );
    return name === '<>' && typeof found === 'boolean' ? !found : found;
  }
  const right = evaluate(expression.rexpr, around);
  if (kind === 'AEXPR_OP_ANY') return Array.isArray(right) ? among(left, right as readonly Known[]) : undefined;
  if (kind === 'AEXPR_OP_ALL' && name === '<>' && Array.isArray(right)) {
    const found = among(left, right as readonly Known[]);
    return typeof found === 'boolean' ? !found : undefined;
  }
  if (left === undefined || right === undefined) return undefined;
  if (kind === 'AEXPR_DISTINCT' || name === '<>' || name === '!=') return left !== right;
  if (name === '=') return left === right;
  return typeof left === 'string' && typeof right === 'string'
    ? onTexts(name, kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE', left, right)
    : undefined;
}

function onTexts(name: string, like: boolean, left: string, right: string): Known {
  if (like) return likePattern(right, name.endsWith('*')).test(left) === !name.startsWith('!');
  if (name === '||') return left + right;
  if (name === '~' || name === '~*') return matches(left, right, name === '~*');
  return ['>', '<', '>=', '<='].includes(name) ? compareNumbers(name, Number(left), Number(right)) : undefined;
}

function compareNumbers(name: string, left: number, right: number): Known {
  if (Number.isNaN(left) || Number.isNaN(right)) return undefined;
  if (name === '>') return left > right;
  if (name === '<') return left < right;
  return name === '>=' ? left >= right : left <= right;
}

function matches(text: string, pattern: string, ignoreCase: boolean): Known {
  // The pattern comes from the repo: short ones only, so that no pattern can hang us.
  if (pattern.length > 60 || /[+*]\)?[+*]|\)[+*{]/.test(pattern)) return undefined;
  try {
    return new RegExp(pattern, ignoreCase ? 'i' : '').test(text);
  } catch {
    return undefined;
  }
}

function call(node: FuncCall, around: Surroundings): Known {
  const { name } = nameOf(node.funcname);
  const args = (node.args ?? []).map((arg) => evaluate(arg, around));
  const [first] = args;
  if (name === 'format') return typeof first === 'string' ? format(first, args.slice(1)) : undefined;
  if (name === 'concat') return args.every((arg) => typeof arg === 'string') ? args.join('') : undefined;
  if (typeof first !== 'string') return undefined;
  if (name === 'quote_ident') return quoteIdentifier(first);
  if (name === 'quote_literal') return quoteLiteral(first);
  if (name === 'lower') return first.toLowerCase();
  if (name === 'upper') return first.toUpperCase();
  if (name === 'replace' && typeof args[1] === 'string' && typeof args[2] === 'string') return first.replaceAll(args[1], args[2]);
  if (name === 'to_regclass') return regclass(first, around.catalog);
  if (name === 'to_regprocedure' || name === 'to_regproc') return findRoutines(around.catalog, named(first)).length > 0 ? first : null;
  if (name === 'pg_get_function_identity_arguments') return /\((.*)\)$/.exec(first)?.[1];
  return undefined;
}

const named = (text: string) => {
  const [name = '', schema] = text.replaceAll('"', '').replace(/\(.*$/, '').split('.').toReversed();
  return schema === undefined ? { name } : { schema, name };
};

function regclass(text: string, catalog: Catalog): Known {
  const found = findTable(catalog, named(text)) ?? findView(catalog, named(text));
  return found ? `${found.schema}.${found.name}` : null;
}
