import type { Node, SelectStmt } from 'libpg-query';
import type { PlBody } from '../sql/parser.ts';
import { itemsOf } from '../sql/nodes.ts';
import { type PlExpression, type PlIf, type PlStatement, queryOf, raiseEnds, targetsOf } from '../sql/plpgsql.ts';
import { truth } from './condition.ts';
import type { Analysis, Scope, Value } from './scope.ts';
import { and, no, not, or, type Term, withoutAccount, yes } from './term.ts';

/** One RETURN of a function: the value, and under what conditions it is reached. */
export interface Returned {
  readonly value: Value;
  /** Who gets `true` from it. */
  term(): Term;
}

/** A statement that reads or writes data, with the condition under which the caller gets to it. */
export interface Reached {
  readonly sql: string;
  readonly line: number;
  readonly path: Term;
  readonly scope: Scope;
  readonly kind: 'sql' | 'return-query' | 'execute' | 'return' | 'assign';
  /** Variables an INTO writes; the variable an assignment sets. */
  readonly into: readonly string[];
}

interface Walk {
  readonly analysis: Analysis;
  /** Variable names by number. */
  readonly names: readonly string[];
  readonly returned: Returned[];
  readonly onStatement: ((reached: Reached) => void) | undefined;
}

interface State {
  /** Condition under which this point is reached. */
  readonly path: Term;
  readonly scope: Scope;
}

/** Follows a PL/pgSQL body: which values it returns under which conditions, and which statements run under which. */
export function walkBody(analysis: Analysis, body: PlBody, scope: Scope, onStatement?: (reached: Reached) => void): Returned[] {
  const walk: Walk = { analysis, names: body.names, returned: [], onStatement };
  let start: Scope = { ...scope, variablesFirst: !body.columnsFirst };
  for (const { name, value } of body.variables) {
    if (scope.variables.has(name.toLowerCase())) continue;
    start = set(start, name, value === undefined ? { is: 'constant', value: null } : expression(analysis, value, start));
  }
  block(walk, body.statements, { path: yes, scope: start });
  return walk.returned;
}

const set = (scope: Scope, name: string, value: Value): Scope => ({
  ...scope,
  variables: new Map(scope.variables).set(name.toLowerCase(), value),
});

function expression(analysis: Analysis, text: string, scope: Scope): Value {
  const select = analysis.parser.expression(text);
  return select ? analysis.scalar(select, scope) : { is: 'other', of: [] };
}

const condition = (walk: Walk, slot: PlExpression | undefined, scope: Scope): Term => {
  const select = walk.analysis.parser.expression(queryOf(slot) ?? 'null');
  const target = select?.targetList?.[0];
  return target && 'ResTarget' in target ? walk.analysis.condition(target.ResTarget.val, scope) : no;
};

/** The state after the statements; `undefined` when none gets past them. */
function block(walk: Walk, statements: readonly PlStatement[], state: State): State | undefined {
  let now: State | undefined = state;
  for (const statement of statements) {
    now = step(walk, statement, now);
    if (!now) return undefined;
  }
  return now;
}

function step(walk: Walk, statement: PlStatement, state: State): State | undefined {
  const { analysis } = walk;
  if (statement.PLpgSQL_stmt_block) return inner(walk, statement.PLpgSQL_stmt_block, state);
  if (statement.PLpgSQL_stmt_if) return branch(walk, statement.PLpgSQL_stmt_if, state);
  if (statement.PLpgSQL_stmt_case) return cases(walk, statement.PLpgSQL_stmt_case, state);
  if (statement.PLpgSQL_stmt_raise) return raiseEnds(statement.PLpgSQL_stmt_raise.elog_level) ? undefined : state;
  if (statement.PLpgSQL_stmt_return) {
    const text = returnedText(walk, statement.PLpgSQL_stmt_return);
    if (text === undefined) return undefined;
    const { path, scope } = state;
    const value = expression(analysis, text, scope);
    report(walk, { sql: text, line: statement.PLpgSQL_stmt_return.lineno ?? 1, path, scope, kind: 'return', into: [] });
    walk.returned.push({ value, term: () => and([path, truth(value)]) });
    return undefined;
  }
  if (statement.PLpgSQL_stmt_assign) {
    const match = /^\s*"?([\w.]+)"?(?:\[[^\]]*\])?\s*:?=\s*([\s\S]+)$/.exec(queryOf(statement.PLpgSQL_stmt_assign.expr) ?? '');
    if (!match?.[1] || !match[2]) return state;
    report(walk, {
      sql: match[2],
      line: statement.PLpgSQL_stmt_assign.lineno ?? 1,
      ...state,
      kind: 'assign',
      into: [match[1].toLowerCase()],
    });
    return { ...state, scope: set(state.scope, match[1], expression(analysis, match[2], state.scope)) };
  }
  return data(walk, statement, state);
}

/** `RETURN v` and `RETURN NEXT v` name the variable by number. */
const returnedText = (walk: Walk, { expr, retvarno }: NonNullable<PlStatement['PLpgSQL_stmt_return']>): string | undefined =>
  queryOf(expr) ?? (retvarno === undefined ? undefined : walk.names[retvarno]);

function data(walk: Walk, statement: PlStatement, state: State): State | undefined {
  const sql = statement.PLpgSQL_stmt_execsql;
  if (sql) {
    const text = queryOf(sql.sqlstmt) ?? '';
    const targets = sql.into ? targetsOf(sql.target) : [];
    report(walk, { sql: text, line: sql.lineno ?? 1, ...state, kind: 'sql', into: targets.map((name) => name.toLowerCase()) });
    return sql.into ? { ...state, scope: selectInto(walk, text, targets, state.scope) } : state;
  }
  const run = statement.PLpgSQL_stmt_dynexecute;
  if (run) {
    report(walk, { sql: queryOf(run.query) ?? '', line: run.lineno ?? 1, ...state, kind: 'execute', into: [] });
    return state;
  }
  const perform = statement.PLpgSQL_stmt_perform;
  if (perform) {
    report(walk, { sql: queryOf(perform.expr) ?? '', line: perform.lineno ?? 1, ...state, kind: 'sql', into: [] });
    return { ...state, scope: found(walk, queryOf(perform.expr) ?? '', state.scope) };
  }
  const row = statement.PLpgSQL_stmt_return_next;
  if (row) {
    const text = returnedText(walk, row);
    if (text !== undefined) report(walk, { sql: text, line: row.lineno ?? 1, ...state, kind: 'return', into: [] });
    return state;
  }
  const query = statement.PLpgSQL_stmt_return_query;
  if (query) {
    const text = queryOf(query.query);
    report(walk, {
      sql: text ?? queryOf(query.dynquery) ?? '',
      line: query.lineno ?? 1,
      ...state,
      kind: text === undefined ? 'execute' : 'return-query',
      into: [],
    });
    return state;
  }
  return loops(walk, statement, state);
}

function loops(walk: Walk, statement: PlStatement, state: State): State {
  const rows = statement.PLpgSQL_stmt_fors;
  const loop =
    rows ??
    statement.PLpgSQL_stmt_dynfors ??
    statement.PLpgSQL_stmt_foreach_a ??
    statement.PLpgSQL_stmt_fori ??
    statement.PLpgSQL_stmt_loop ??
    statement.PLpgSQL_stmt_while;
  if (!loop) return state;
  let { scope } = state;
  if (rows) {
    const targets = targetsOf(rows.var);
    report(walk, {
      sql: queryOf(rows.query) ?? '',
      line: rows.lineno ?? 1,
      ...state,
      kind: 'sql',
      into: targets.map((name) => name.toLowerCase()),
    });
    scope = selectInto(walk, queryOf(rows.query) ?? '', targets, scope);
  }
  const each = statement.PLpgSQL_stmt_foreach_a;
  const item = each?.varno === undefined ? undefined : walk.names[each.varno];
  if (each && item !== undefined) scope = set(scope, item, expression(walk.analysis, queryOf(each.expr) ?? 'null', scope));
  return { path: state.path, scope: block(walk, loop.body ?? [], { path: state.path, scope })?.scope ?? scope };
}

function inner(walk: Walk, part: NonNullable<PlStatement['PLpgSQL_stmt_block']>, state: State): State | undefined {
  const after = block(walk, part.body ?? [], state);
  const handlers = part.exceptions?.PLpgSQL_exception_block?.exc_list ?? [];
  const ends = handlers.flatMap((item) => block(walk, item.PLpgSQL_exception?.action ?? [], state) ?? []);
  if (ends.length === 0) return after;
  // A handler that goes on swallows the RAISE of a guard: what follows the block is reached either way.
  return { path: state.path, scope: merge([after, ...ends].flatMap((end) => (end ? [end.scope] : []))) };
}

/** CASE as the IF it stands for. */
function cases(walk: Walk, choice: NonNullable<PlStatement['PLpgSQL_stmt_case']>, state: State): State | undefined {
  const [first, ...others] = (choice.case_when_list ?? []).flatMap((item) => item.PLpgSQL_case_when ?? []);
  const variable = choice.t_varno === undefined ? undefined : walk.names[choice.t_varno];
  const scope =
    variable === undefined
      ? state.scope
      : set(state.scope, variable, expression(walk.analysis, queryOf(choice.t_expr) ?? 'null', state.scope));
  const way = (item: typeof first): PlIf['elsif_list'] =>
    item ? [{ PLpgSQL_if_elsif: { ...(item.expr && { cond: item.expr }), stmts: item.stmts ?? [] } }] : [];
  return branch(
    walk,
    {
      ...(first?.expr && { cond: first.expr }),
      then_body: first?.stmts ?? [],
      elsif_list: others.flatMap((item) => way(item) ?? []),
      else_body: choice.else_stmts ?? [],
    },
    { ...state, scope },
  );
}

function branch(walk: Walk, choice: NonNullable<PlStatement['PLpgSQL_stmt_if']>, state: State): State | undefined {
  const ways = [
    { cond: choice.cond, body: choice.then_body },
    ...(choice.elsif_list ?? []).map((item) => ({ cond: item.PLpgSQL_if_elsif?.cond, body: item.PLpgSQL_if_elsif?.stmts })),
  ];
  const ends: State[] = [];
  let rest = state.path;
  for (const { cond, body } of ways) {
    const term = condition(walk, cond, state.scope);
    const end = block(walk, body ?? [], { ...state, path: and([rest, term]) });
    if (end) ends.push(end);
    // IF takes NULL for no: a check that compares with auth.uid() lets callers without an account past its RAISE.
    rest = and([rest, withoutAccount(term) === 'null' ? or([not(term), { is: 'signed-out' }]) : not(term)]);
  }
  const otherwise = block(walk, choice.else_body ?? [], { ...state, path: rest });
  if (otherwise) ends.push(otherwise);
  if (ends.length === 0) return undefined;
  return {
    path: ends.length === ways.length + 1 ? state.path : or(ends.map((end) => end.path)),
    scope: merge(ends.map((end) => end.scope)),
  };
}

/** Variables after branches that set them differently are any of their values. */
function merge(scopes: readonly Scope[]): Scope {
  const [first, ...others] = scopes as readonly [Scope, ...Scope[]];
  const variables = new Map(first.variables);
  for (const other of others)
    for (const [name, value] of other.variables) {
      const mine = variables.get(name);
      if (mine === undefined || mine === value) variables.set(name, value);
      else variables.set(name, { is: 'list', of: [mine, value] });
    }
  return { ...first, variables };
}

function selectInto(walk: Walk, sql: string, targets: readonly string[], scope: Scope): Scope {
  let after = found(walk, sql, scope);
  const select = walk.analysis.parser.select(sql);
  targets.forEach((name, index) => {
    const target = select?.targetList?.[index];
    const star = target && 'ResTarget' in target && target.ResTarget.val && JSON.stringify(target.ResTarget.val).includes('A_Star');
    if (select && target && !star) after = set(after, name, walk.analysis.scalar({ ...select, targetList: [target] }, scope));
    else if (select && elements(select)) after = set(after, name, walk.analysis.value(elements(select), scope));
    // A record: whichever field is used, it comes from the rows selected.
    else if (select)
      after = set(after, name, walk.analysis.scalar({ ...select, targetList: [firstColumn(select.targetList?.[0])] }, scope));
    else after = set(after, name, { is: 'other', of: [] });
  });
  return after;
}

/** The call of `SELECT * FROM jsonb_array_elements(...)`: rows made of what it was given. */
function elements({ fromClause }: SelectStmt): Node | undefined {
  const [item] = fromClause ?? [];
  return fromClause?.length === 1 && item && 'RangeFunction' in item ? itemsOf(item.RangeFunction.functions?.[0])[0] : undefined;
}

const firstColumn = (target: Node | undefined): Node => target ?? { ResTarget: { val: { A_Const: { isnull: true } } } };

/** FOUND after a SELECT or PERFORM is EXISTS of it. */
function found(walk: Walk, sql: string, scope: Scope): Scope {
  const select = walk.analysis.parser.select(sql);
  return select?.fromClause ? set(scope, 'found', { is: 'condition', term: walk.analysis.exists(select, scope) }) : scope;
}

function report(walk: Walk, reached: Reached): void {
  walk.onStatement?.(reached);
}
