import type { Node, SelectStmt } from 'libpg-query';
import { itemsOf, nameOf, stringsOf } from '../sql/nodes.ts';
import { type Analysis, type Frame, type Relation, relationOf, type Scope, type Value } from './scope.ts';
import { fold, folded } from './fold.ts';
import { and, no, or, solidity, type Term, unknown, yes } from './term.ts';

/** EXISTS (SELECT ... FROM ... WHERE ...). */
export function existsIn(analysis: Analysis, select: SelectStmt, scope: Scope, inside?: (inner: Scope) => Term): Term {
  if (isSetOperation(select)) {
    const around = naming(select, scope);
    const halves = halvesOf(select).map((half) => existsIn(analysis, half, around, inside));
    return select.op === 'SETOP_UNION' ? or(halves) : (halves[0] ?? no);
  }
  const { scope: inner, frame, joins } = analysis.from(select, scope);
  const where = and([joins, analysis.condition(select.whereClause, inner), inside?.(inner) ?? yes]);
  return fold(analysis, where, frame, scope);
}

/** The value of (SELECT x FROM ... WHERE ...). */
export function scalarOf(analysis: Analysis, select: SelectStmt, scope: Scope): Value {
  if (isSetOperation(select)) {
    const around = naming(select, scope);
    return { is: 'list', of: halvesOf(select).map((half) => scalarOf(analysis, half, around)) };
  }
  const target = select.targetList?.[0];
  const node = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!select.fromClause) {
    const value = analysis.value(node, scope);
    // SELECT f() WHERE condition: the condition guards the value.
    return select.whereClause && value.is === 'condition'
      ? { is: 'condition', term: and([value.term, analysis.condition(select.whereClause, scope)]) }
      : value;
  }
  const { scope: inner, frame, joins } = analysis.from(select, scope);
  const where = and([joins, analysis.condition(select.whereClause, inner)]);
  const value = isAggregate(node, 'bool_or') ? analysis.value(argumentOf(node), inner) : analysis.value(node, inner);
  if (value.is === 'condition') return { is: 'condition', term: solidity(fold(analysis, and([where, value.term]), frame, scope), false) };
  return folded(analysis, where, frame, value);
}

function isAggregate(node: Node | undefined, name: string): boolean {
  return node !== undefined && 'FuncCall' in node && nameOf(node.FuncCall.funcname).name === name;
}

const argumentOf = (node: Node | undefined): Node | undefined => (node && 'FuncCall' in node ? node.FuncCall.args?.[0] : undefined);

/** The relations of a FROM clause, and what its joins demand. */
export function fromOf(analysis: Analysis, select: SelectStmt, scope: Scope): { scope: Scope; frame: Frame; joins: Term } {
  const frame = new Map<string, Relation>();
  const inner: Scope = { ...naming(select, scope), frames: [frame, ...scope.frames] };
  const joins = (select.fromClause ?? []).map((item) => enter(analysis, item, frame, inner));
  return { scope: inner, frame, joins: and(joins) };
}

export const isSetOperation = (select: SelectStmt): boolean => select.op !== undefined && select.op !== 'SETOP_NONE';

/** The two queries of a UNION, INTERSECT or EXCEPT. */
export const halvesOf = (select: SelectStmt): SelectStmt[] => [select.larg, select.rarg].flatMap((half) => (half ? [half] : []));

/** Inside a query, the queries its WITH names can be selected from. */
export function naming(select: SelectStmt, scope: Scope): Scope {
  const named = (select.withClause?.ctes ?? []).flatMap((node): [string, SelectStmt][] => {
    const { ctename = '', ctequery } = 'CommonTableExpr' in node ? node.CommonTableExpr : {};
    return ctequery && 'SelectStmt' in ctequery ? [[ctename, ctequery.SelectStmt]] : [];
  });
  return named.length === 0 ? scope : { ...scope, named: new Map([...(scope.named ?? []), ...named]) };
}

// Inside itself a recursive query means the rows it starts from; any other does not see itself.
function within(name: string, query: SelectStmt, scope: Scope): Scope {
  const named = new Map(scope.named);
  const start = isSetOperation(query) ? query.larg : undefined;
  if (start && start !== query) named.set(name, start);
  else named.delete(name);
  return { ...scope, named };
}

function enter(analysis: Analysis, item: Node, frame: Map<string, Relation>, scope: Scope): Term {
  if ('RangeVar' in item) {
    const { schemaname, relname = '', alias } = item.RangeVar;
    const query = schemaname === undefined ? scope.named?.get(relname) : undefined;
    const derived = query && derivedFrom(analysis, query, within(relname, query, scope), []);
    frame.set(alias?.aliasname ?? relname, derived ?? relationOf(analysis, schemaname, relname));
    return yes;
  }
  if ('JoinExpr' in item) {
    const { larg, rarg, quals, usingClause, jointype } = item.JoinExpr;
    const sides = [larg, rarg].flatMap((side) => (side ? [enter(analysis, side, frame, scope)] : []));
    // An outer join does not demand that the other side exists.
    if (jointype !== 'JOIN_INNER') return and(sides);
    return usingClause ? and(sides) : and([...sides, quals ? analysis.condition(quals, scope) : yes]);
  }
  if ('RangeSubselect' in item) {
    const { subquery, alias } = item.RangeSubselect;
    if (!subquery || !('SelectStmt' in subquery)) return unknown('a derived table');
    frame.set(alias?.aliasname ?? '', derivedFrom(analysis, subquery.SelectStmt, scope, stringsOf(alias?.colnames)));
    return yes;
  }
  if ('RangeFunction' in item) {
    const { functions, alias } = item.RangeFunction;
    const [call] = itemsOf(functions?.[0]);
    const value = analysis.value(call, scope);
    frame.set(alias?.aliasname ?? (call && 'FuncCall' in call ? nameOf(call.FuncCall.funcname).name : ''), {
      id: analysis.nextId(),
      table: 'function',
      column: () => value,
    });
    return yes;
  }
  return unknown('a FROM we do not know');
}

/** A sub-select in FROM or a WITH: each of its columns is the value it would yield alone, from any of its halves. */
function derivedFrom(analysis: Analysis, select: SelectStmt, scope: Scope, names: readonly string[]): Relation {
  const outer: Scope = { ...scope, frames: scope.frames.slice(1) };
  const [first, ...others] = plainOf(select, naming(select, outer));
  const column = (name: string): Value => {
    const targets = first?.select.targetList ?? [];
    const at = targets.findIndex(
      (node, index) =>
        'ResTarget' in node && (index === names.indexOf(name) || (node.ResTarget.name ?? lastName(node.ResTarget.val)) === name),
    );
    const values = [first, ...others].flatMap((half) => {
      const target = half?.select.targetList?.[at];
      return half && target ? [analysis.scalar({ ...half.select, targetList: [target] }, half.scope)] : [];
    });
    const [only, ...more] = values;
    return only === undefined ? { is: 'other', of: [] } : more.length === 0 ? only : { is: 'list', of: values };
  };
  const known = (first?.select.targetList ?? []).map((node, index) =>
    'ResTarget' in node && !isStar(node.ResTarget.val) ? (names[index] ?? node.ResTarget.name ?? lastName(node.ResTarget.val)) : undefined,
  );
  // `*` and expressions without a name may be anything.
  const has = (name: string): boolean => known.includes(name) || known.includes(undefined);
  return { id: analysis.nextId(), table: 'derived', column, has };
}

/** The queries whose rows a query gives: both halves of a UNION, the first of the rest. */
function plainOf(select: SelectStmt, scope: Scope): { readonly select: SelectStmt; readonly scope: Scope }[] {
  if (!isSetOperation(select)) return [{ select, scope }];
  const halves = halvesOf(select).map((half) => plainOf(half, naming(half, scope)));
  return select.op === 'SETOP_UNION' ? halves.flat() : (halves[0] ?? []);
}

const isStar = (node: Node | undefined): boolean =>
  node !== undefined && 'ColumnRef' in node && (node.ColumnRef.fields ?? []).some((field) => 'A_Star' in field);

const lastName = (node: Node | undefined): string | undefined =>
  node && 'ColumnRef' in node ? nameOf(node.ColumnRef.fields).name : undefined;
