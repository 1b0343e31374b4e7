import type { Catalog } from '../catalog/catalog.ts';
import type { Source } from '../catalog/state.ts';
import { selectOf } from '../sql/nodes.ts';
import type { PlBody, SqlParser } from '../sql/parser.ts';
import { type PlExpression, type PlStatement, queryOf, targetsOf } from '../sql/plpgsql.ts';
import { evaluate } from './evaluate.ts';
import { rowsOf } from './query.ts';
import type { Known, Variables } from './values.ts';

/** Carries out one statement found inside a block, with its text and whether it is certain to run. */
export type Carry = (sql: string, source: Source) => void;

/** What a walk needs besides the body; `given` are arguments. */
export interface Setting {
  readonly parser: SqlParser;
  readonly catalog: Catalog;
  readonly carry: Carry;
  readonly given?: Variables;
}

interface Walk extends Setting {
  readonly names: readonly string[];
  /** Loop variables that are records, not single values. */
  readonly records: ReadonlySet<string>;
  /** Loop bodies still allowed to run; a migration that needs more is not read to its end. */
  budget: number;
}

const protects = /row\s+level\s+security|\bpolicy\b|\bgrant\b|\brevoke\b/i;

/** Walks through a DO block (or a function a migration calls) over the simulated catalog, and carries out the statements it would run. */
export function interpret(setting: Setting, body: PlBody, source: Source): void {
  const variables: Variables = new Map(setting.given);
  const walk: Walk = { ...setting, names: body.names, records: recordsOf(body), budget: 5000 };
  for (const { name, value } of body.variables)
    if (!variables.has(name.toLowerCase()))
      variables.set(name.toLowerCase(), value === undefined ? undefined : worth(walk, value, variables));
  block(walk, body.statements, variables, source);
}

const recordsOf = (body: PlBody): ReadonlySet<string> =>
  new Set(body.variables.filter(({ type }) => type === 'record').map(({ name }) => name.toLowerCase()));

const worth = (walk: Walk, text: string, variables: Variables): Known => {
  const target = walk.parser.expression(text)?.targetList?.[0];
  return target && 'ResTarget' in target ? evaluate(target.ResTarget.val, { catalog: walk.catalog, variables, query: rowsOf }) : undefined;
};

const worthOf = (walk: Walk, expression: PlExpression | undefined, variables: Variables): Known => {
  const text = queryOf(expression);
  return text === undefined ? undefined : worth(walk, text, variables);
};

function block(walk: Walk, statements: readonly PlStatement[], variables: Variables, source: Source): void {
  for (const statement of statements) step(walk, statement, variables, source);
}

function step(walk: Walk, statement: PlStatement, variables: Variables, source: Source): void {
  if (statement.PLpgSQL_stmt_block) block(walk, statement.PLpgSQL_stmt_block.body ?? [], variables, source);
  else if (statement.PLpgSQL_stmt_if) choose(walk, statement.PLpgSQL_stmt_if, variables, source);
  else if (statement.PLpgSQL_stmt_assign) assign(walk, queryOf(statement.PLpgSQL_stmt_assign.expr) ?? '', variables);
  else if (statement.PLpgSQL_stmt_dynexecute) run(walk, statement.PLpgSQL_stmt_dynexecute.query, variables, source);
  else if (statement.PLpgSQL_stmt_perform) walk.carry(queryOf(statement.PLpgSQL_stmt_perform.expr) ?? '', source);
  else if (statement.PLpgSQL_stmt_execsql) {
    const { sqlstmt, into, target } = statement.PLpgSQL_stmt_execsql;
    const text = queryOf(sqlstmt) ?? '';
    if (into) select(walk, text, targetsOf(target), variables);
    else walk.carry(text, source);
  } else loop(walk, statement, variables, source);
}

function loop(walk: Walk, statement: PlStatement, variables: Variables, source: Source): void {
  const rows = statement.PLpgSQL_stmt_fors ?? statement.PLpgSQL_stmt_dynfors;
  const list = statement.PLpgSQL_stmt_foreach_a;
  if (rows) {
    const text = statement.PLpgSQL_stmt_fors ? queryOf(rows.query) : worthOf(walk, rows.query, variables);
    return loopOver(walk, typeof text === 'string' ? text : '', { names: targetsOf(rows.var), body: rows.body ?? [] }, variables, source);
  }
  if (list) {
    const values = worthOf(walk, list.expr, variables);
    const name = (walk.names[list.varno ?? 0] ?? '').toLowerCase();
    for (const value of Array.isArray(values) ? (values as readonly Known[]) : [undefined])
      once(walk, list.body ?? [], variables.set(name, value), source);
    return;
  }
  const plain = statement.PLpgSQL_stmt_fori ?? statement.PLpgSQL_stmt_loop ?? statement.PLpgSQL_stmt_while;
  if (plain) once(walk, plain.body ?? [], variables, source);
}

function once(walk: Walk, body: readonly PlStatement[], variables: Variables, source: Source): void {
  walk.budget -= 1;
  if (walk.budget > 0) block(walk, body, variables, source);
}

function choose(walk: Walk, choice: NonNullable<PlStatement['PLpgSQL_stmt_if']>, variables: Variables, source: Source): void {
  const branches = [
    { cond: choice.cond, body: choice.then_body },
    ...(choice.elsif_list ?? []).map((item) => ({ cond: item.PLpgSQL_if_elsif?.cond, body: item.PLpgSQL_if_elsif?.stmts })),
  ];
  let certain = source;
  for (const { cond, body } of branches) {
    const holds = worthOf(walk, cond, variables);
    if (holds === false || holds === null) continue;
    if (holds === true) return block(walk, body ?? [], variables, certain);
    certain = { ...source, uncertain: `it runs only if ${(queryOf(cond) ?? 'a condition').slice(0, 120)}` };
    block(walk, body ?? [], variables, certain);
  }
  block(walk, choice.else_body ?? [], variables, certain);
}

function assign(walk: Walk, text: string, variables: Variables): void {
  const match = /^\s*"?(\w+)"?\s*:?=\s*([\s\S]+)$/.exec(text);
  if (match?.[1] && match[2]) variables.set(match[1].toLowerCase(), worth(walk, match[2], variables));
}

function select(walk: Walk, text: string, names: readonly string[], variables: Variables): void {
  const result = query(walk, text, variables);
  const row = result?.complete ? result.rows[0] : undefined;
  const values = row ? Object.values(row) : [];
  names.forEach((name, index) => variables.set(name.toLowerCase(), result?.complete && !row ? null : values[index]));
}

function query(walk: Walk, text: string, variables: Variables) {
  try {
    const statement = selectOf(walk.parser.parse(text)[0]);
    return statement && rowsOf(statement, { catalog: walk.catalog, variables, query: rowsOf });
  } catch {
    return undefined;
  }
}

function loopOver(
  walk: Walk,
  text: string,
  loop: { names: readonly string[]; body: readonly PlStatement[] },
  variables: Variables,
  source: Source,
): void {
  const result = query(walk, text, variables);
  if (!result) {
    for (const name of loop.names) variables.set(name.toLowerCase(), undefined);
    return once(walk, loop.body, variables, source);
  }
  const certain = result.complete ? source : { ...source, uncertain: 'it runs for tables chosen by a condition that depends on data' };
  for (const row of result.rows) {
    const [first = '', ...rest] = loop.names;
    if (rest.length === 0) variables.set(first.toLowerCase(), isScalar(row, walk, first) ? Object.values(row)[0] : { fields: row });
    else loop.names.forEach((name, index) => variables.set(name.toLowerCase(), Object.values(row)[index]));
    once(walk, loop.body, variables, certain);
  }
}

const isScalar = (row: Readonly<Record<string, Known>>, walk: Walk, name: string): boolean =>
  Object.keys(row).length === 1 && !walk.records.has(name.toLowerCase());

function run(walk: Walk, expression: PlExpression | undefined, variables: Variables, source: Source): void {
  const text = worthOf(walk, expression, variables);
  if (typeof text === 'string') return walk.carry(text, source);
  const written = queryOf(expression) ?? '';
  if (!protects.test(written)) return;
  walk.catalog.gaps.push({
    what: `EXECUTE ${written.slice(0, 160)}`,
    why: 'the statement is put together from data we cannot see',
    place: source.place,
  });
}
