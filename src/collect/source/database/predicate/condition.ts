import type { A_Expr, Node, SelectStmt, SubLink } from 'libpg-query';
import { findRoutines } from '../catalog/catalog.ts';
import type { RoutineState } from '../catalog/state.ts';
import { constantOf, itemsOf, nameOf, selectOf, stringOf } from '../sql/nodes.ts';
import { equal, loose, parent } from './compare.ts';
import type { Analysis, Scope, Value } from './scope.ts';
import { halvesOf, isSetOperation, naming } from './subquery.ts';
import { and, no, not, or, solidity, withoutAccount, type Term, unknown, yes } from './term.ts';

/** Who passes a boolean expression. */
export function conditionOf(analysis: Analysis, node: Node | undefined, scope: Scope): Term {
  if (!node) return yes;
  const constant = constantOf(node);
  if (constant !== undefined) return constant === true || constant === 'true' || constant === 't' ? yes : no;
  if ('BoolExpr' in node) {
    const terms = (node.BoolExpr.args ?? []).map((arg) => analysis.condition(arg, scope));
    if (node.BoolExpr.boolop === 'AND_EXPR') return and(terms);
    return node.BoolExpr.boolop === 'OR_EXPR' ? or(terms) : not(terms[0] ?? unknown('NOT of nothing'));
  }
  if ('TypeCast' in node) return analysis.condition(node.TypeCast.arg, scope);
  if ('A_Expr' in node) return ofOperator(analysis, node.A_Expr, scope);
  if ('SubLink' in node) return ofSubLink(analysis, node.SubLink, scope);
  if ('NullTest' in node) {
    const term = present(analysis.value(node.NullTest.arg, scope));
    return node.NullTest.nulltesttype === 'IS_NULL' ? not(term) : term;
  }
  if ('BooleanTest' in node) {
    const term = analysis.condition(node.BooleanTest.arg, scope);
    const positive = ['IS_TRUE', 'IS_NOT_FALSE', 'IS_NOT_UNKNOWN'].includes(node.BooleanTest.booltesttype ?? '');
    return positive ? term : not(term);
  }
  if ('CoalesceExpr' in node) return ofCoalesce(analysis, node.CoalesceExpr.args ?? [], scope);
  if ('CaseExpr' in node) return ofCase(analysis, node, scope);
  return truth(analysis.value(node, scope));
}

/** A value used as a condition. */
export function truth(value: Value): Term {
  if (value.is === 'condition') return value.term;
  if (value.is === 'constant') return value.value === true || value.value === 'true' ? yes : no;
  return equal(value, { is: 'constant', value: true });
}

/** `x IS NOT NULL`. */
function present(value: Value): Term {
  switch (value.is) {
    case 'caller':
    case 'jwt':
      return { is: 'signed-in' };
    case 'claim':
      return value.trusted ? { is: 'role', roles: [] } : { is: 'user-metadata' };
    case 'caller-role':
      return yes;
    case 'looked-up':
      return value.rowColumns.length > 0
        ? { is: 'tenant', columns: value.rowColumns, via: value.via, roles: value.roles, solid: true }
        : { is: 'role', via: value.via, roles: value.roles, solid: true };
    case 'related':
      return parent(value);
    case 'row':
      return { is: 'row', columns: [value.column], flag: /publish|public/i.test(value.column) };
    case 'constant':
      return value.value === null ? no : yes;
    case 'condition':
      return yes;
    default:
      return loose([value]);
  }
}

function ofOperator(analysis: Analysis, expression: A_Expr, scope: Scope): Term {
  const { kind, lexpr, rexpr } = expression;
  const operator = stringOf(expression.name?.[0]) ?? '';
  const left = analysis.value(lexpr, scope);
  if (kind === 'AEXPR_IN') {
    const list = equal(left, { is: 'list', of: itemsOf(rexpr).map((item) => analysis.value(item, scope)) });
    return operator === '<>' ? not(list) : list;
  }
  const right = analysis.value(rexpr, scope);
  // IS [NOT] DISTINCT FROM never yields NULL.
  if (kind === 'AEXPR_DISTINCT') return not(solidity(equal(left, right), true));
  if (kind === 'AEXPR_NOT_DISTINCT') return solidity(equal(left, right), true);
  if (kind === 'AEXPR_OP_ANY' && operator === '=') return equal(left, right);
  if (kind === 'AEXPR_OP_ALL' && operator === '<>') return not(equal(left, right));
  if (kind === 'AEXPR_OP' && ties.has(operator)) return equal(left, right);
  if (kind === 'AEXPR_OP' && (operator === '<>' || operator === '!=')) return not(equal(left, right));
  const pattern = patterns.has(kind ?? '') ? !operator.startsWith('!') : operator === '~' || operator === '~*';
  const literal = left.is === 'constant' || right.is === 'constant';
  return pattern && !literal ? equal(left, right) : loose([left, right]);
}

/** Array containment and overlap tie the two sides together much as equality does. */
const ties = new Set(['=', '@>', '<@', '&&']);
const patterns = new Set(['AEXPR_LIKE', 'AEXPR_ILIKE', 'AEXPR_SIMILAR']);

function ofSubLink(analysis: Analysis, link: SubLink, scope: Scope): Term {
  const select = selectOf(link.subselect);
  if (!select) return unknown('a sub-query we do not know');
  if (link.subLinkType === 'EXISTS_SUBLINK') return analysis.exists(select, scope);
  if (link.subLinkType !== 'ANY_SUBLINK' && link.subLinkType !== 'ALL_SUBLINK') return truth(analysis.scalar(select, scope));
  const operator = stringOf(link.operName?.[0]) ?? '=';
  if (operator !== '=') return unknown('a comparison with all rows of a sub-query');
  const tested = analysis.value(link.testexpr, scope);
  return memberOf(analysis, select, scope, tested);
}

/** `x IN (SELECT y ...)` is EXISTS with `y = x` inside; both halves of a UNION count. */
function memberOf(analysis: Analysis, select: SelectStmt, scope: Scope, tested: Value): Term {
  if (isSetOperation(select)) {
    const around = naming(select, scope);
    const halves = halvesOf(select).map((half) => memberOf(analysis, half, around, tested));
    return select.op === 'SETOP_UNION' ? or(halves) : (halves[0] ?? no);
  }
  const target = select.targetList?.[0];
  const node = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  const settled = (term: Term): Term => (ofSetFunction(analysis, select, node) ? solidity(term, true) : term);
  if (!select.fromClause) return settled(equal(tested, analysis.value(node, scope)));
  return settled(analysis.exists(select, scope, (inner) => equal(tested, analysis.value(node, inner))));
}

/** `(SELECT f())` or `(SELECT * FROM f())` of a function that returns a set: it can be empty, and IN over nothing is false, not NULL. */
function ofSetFunction({ catalog }: Analysis, { fromClause = [] }: SelectStmt, target: Node | undefined): boolean {
  const [from] = fromClause;
  const ranged = from && 'RangeFunction' in from && fromClause.length === 1 ? itemsOf(from.RangeFunction.functions?.[0])[0] : undefined;
  const call = from ? ranged : target;
  return call !== undefined && 'FuncCall' in call && findRoutines(catalog, nameOf(call.FuncCall.funcname)).some(isSetOfRows);
}

const isSetOfRows = ({ returns, body }: RoutineState): boolean => /^setof |^table\(/.test(returns) && /\bfrom\b/i.test(body);

// A NULL condition lets nobody through, so the fall-back value decides only for those.
function ofCoalesce(analysis: Analysis, args: readonly Node[], scope: Scope): Term {
  const [first, ...rest] = args;
  const fallback = rest.map((arg) => constantOf(arg)).find((value) => value !== undefined);
  const bare = analysis.condition(first, scope);
  const term = solidity(bare, true);
  if (fallback !== true || bare.is === 'row') return term;
  // A comparison with auth.uid() is NULL for callers without an account.
  const stranger: readonly Term[] = withoutAccount(bare) === 'null' ? [{ is: 'signed-out' }] : [];
  return or([term, ...stranger, unknown('COALESCE(..., true)')]);
}

function ofCase(analysis: Analysis, node: Node, scope: Scope): Term {
  if (!('CaseExpr' in node)) return unknown('CASE');
  const subject = node.CaseExpr.arg;
  const branches: Term[] = [];
  const earlier: Term[] = [];
  for (const arg of node.CaseExpr.args ?? []) {
    if (!('CaseWhen' in arg)) continue;
    const test = subject
      ? equal(analysis.value(subject, scope), analysis.value(arg.CaseWhen.expr, scope))
      : analysis.condition(arg.CaseWhen.expr, scope);
    branches.push(and([...earlier, test, analysis.condition(arg.CaseWhen.result, scope)]));
    earlier.push(not(test));
  }
  if (node.CaseExpr.defresult) branches.push(and([...earlier, analysis.condition(node.CaseExpr.defresult, scope)]));
  return or(branches);
}
