import type { DeleteStmt, FuncCall, InsertStmt, Node, ResTarget, SelectStmt, UpdateStmt } from 'libpg-query';
import type { FunctionEffect, Verb } from '../../../../evidence/database.ts';
import { findRoutines, resolve } from '../catalog/catalog.ts';
import { key, type RoutineState } from '../catalog/state.ts';
import { type Reached, walkBody } from '../predicate/flow.ts';
import type { Analysis, Frame, Scope, Value } from '../predicate/scope.ts';
import { yieldsTotals } from '../facts/totals.ts';
import { relationOf } from '../predicate/scope.ts';
import { alternatives, and, type Atom, or, type Term, yes } from '../predicate/term.ts';
import type { Reaches } from '../reach.ts';
import { nameOf, relationName, walk } from '../sql/nodes.ts';
import { returnedNames } from './returned.ts';

interface Setting {
  readonly analysis: Analysis;
  readonly reaches: Reaches;
}

const deepest = 3;

/** What a function does with stored data, and for whom, when it is called with arguments of the caller's choice. */
export function effectsOf(setting: Setting, routine: RoutineState): FunctionEffect[] {
  const variables = new Map<string, Value>();
  routine.parameters.forEach((parameter, index) => {
    const value: Value = { is: 'argument', name: parameter.name || String(index + 1) };
    if (parameter.name !== '') variables.set(parameter.name.toLowerCase(), value);
    variables.set(`$${index + 1}`, value);
  });
  const scope: Scope = { frames: [], variables, definer: true, calls: [key(routine.schema, routine.name)] };
  setting.analysis.reading = `${routine.name}()`;
  return merged(inside(setting, routine, scope, yes));
}

function inside(setting: Setting, routine: RoutineState, scope: Scope, path: Term): FunctionEffect[] {
  const effects: FunctionEffect[] = [];
  const note = (reached: Reached, shown: boolean): void =>
    void effects.push(...ofStatement(setting, routine, { ...reached, path: and([path, reached.path]) }, shown));
  if (routine.language === 'plpgsql') {
    const body = setting.analysis.parser.plpgsql(routine.sql);
    if (!body) return [];
    const statements: Reached[] = [];
    walkBody(setting.analysis, body, scope, (reached) => statements.push(reached));
    const names = returnedNames(statements);
    for (const reached of statements)
      note(reached, reached.kind === 'return-query' || reached.kind === 'return' || reached.into.some((name) => names.has(name)));
    return effects;
  }
  note({ sql: routine.body, line: 1, path: yes, scope, kind: 'sql', into: [] }, true);
  return effects;
}

function ofStatement(setting: Setting, routine: RoutineState, reached: Reached, shown: boolean): FunctionEffect[] {
  const { analysis } = setting;
  const place = { ...routine.place, line: routine.bodyLine + reached.line - 1 };
  if (reached.kind === 'execute')
    return runsInput(analysis, reached)
      ? [{ ...callers(setting, reached.path), verb: 'execute', table: '*', place, lookups: [], sets: [], columns: [] }]
      : [];
  const expression = reached.kind === 'return' || reached.kind === 'assign';
  let nodes: Node[];
  try {
    nodes = analysis.parser.parse(expression ? `SELECT ${reached.sql}` : reached.sql);
  } catch {
    return [];
  }
  const effects: FunctionEffect[] = [];
  const emit = (verb: Verb, table: string, term: Term, written: Written = { sets: [], columns: [] }): void => {
    if (table.startsWith('pg_') || table.startsWith('information_schema.') || table === 'function' || table === 'derived') return;
    effects.push({ ...callers(setting, and([reached.path, term])), verb, table, place, lookups: lookupsOf(term), ...written });
  };
  const at: At = { analysis, scope: reached.scope, emit };
  nodes.forEach((node, index) => {
    const last = index === nodes.length - 1;
    if ('SelectStmt' in node && shown && last && !(reached.into.length > 0 && yieldsKeys(node.SelectStmt))) select(at, node.SelectStmt);
    writes(at, node);
    called(setting, node, reached, effects);
  });
  return effects;
}

type Written = Pick<FunctionEffect, 'sets' | 'columns' | 'fills'>;

interface At {
  readonly analysis: Analysis;
  readonly scope: Scope;
  readonly emit: (verb: Verb, table: string, term: Term, written?: Written) => void;
}

function callers(setting: Setting, term: Term): Pick<FunctionEffect, 'anon' | 'authenticated'> {
  const open = withoutArguments(term);
  return { anon: setting.reaches.rows(open, 'anon'), authenticated: setting.reaches.rows(open, 'authenticated') };
}

// The caller chooses the arguments, so a condition on them holds nobody back.
function withoutArguments(term: Term): Term {
  if (term.is === 'argument' || (term.is === 'not' && term.of.is === 'argument')) return yes;
  if (term.is === 'and') return and(term.of.map(withoutArguments));
  return term.is === 'or' ? or(term.of.map(withoutArguments)) : term;
}

function lookupsOf(term: Term): string[] {
  if (term.is === 'argument') return [...term.columns];
  return term.is === 'and' || term.is === 'or' ? [...new Set(term.of.flatMap(lookupsOf))] : [];
}

/** Keys alone tell that a row is there, not what it says. */
const yieldsKeys = ({ targetList = [] }: SelectStmt): boolean =>
  targetList.length > 0 &&
  targetList.every((node) => {
    const value = 'ResTarget' in node ? node.ResTarget.val : undefined;
    return value !== undefined && 'ColumnRef' in value && /^id$|_id$/.test(nameOf(value.ColumnRef.fields).name);
  });

/** Rows a SELECT shows; sub-queries in FROM and in the list show theirs. */
function select(at: At, statement: SelectStmt): void {
  for (const half of [statement.larg, statement.rarg]) if (half) select(at, half);
  const { scope, frame, joins } = at.analysis.from(statement, at.scope);
  const where = and([joins, at.analysis.condition(statement.whereClause, scope)]);
  const term = rowsOf(where, frame);
  // Totals give no rows away, nor does what they are made of.
  const totals = yieldsTotals(statement);
  if (!totals) for (const relation of frame.values()) at.emit('select', relation.table, term);
  walk([statement.targetList, ...(totals ? [] : [statement.fromClause, statement.withClause])], (kind, node) => {
    // What is handed to a function in FROM chooses its rows and does not come out itself.
    if (kind === 'RangeFunction') return false;
    if (kind !== 'SubLink' && kind !== 'RangeSubselect' && kind !== 'CommonTableExpr') return true;
    const sub = (node.subselect ?? node.subquery ?? node.ctequery) as Node | undefined;
    if (sub && 'SelectStmt' in sub && node.subLinkType !== 'EXISTS_SUBLINK') select({ ...at, scope }, sub.SelectStmt);
    return false;
  });
}

/** Which rows of the frame's relations satisfy a condition: tied to the caller, picked by an argument, or all. */
function rowsOf(where: Term, frame: Frame): Term {
  const own = new Set([...frame.values()].map((relation) => relation.id));
  const branches = alternatives(where);
  if (!branches) return { is: 'unknown', why: 'a condition with too many alternatives' };
  return or(branches.map((atoms) => and(atoms.map((atom) => seenFrom(atom, own)))));
}

function seenFrom(atom: Atom, own: ReadonlySet<number>): Term {
  if (atom.is === 'link-caller' && own.has(atom.relation.id))
    return atom.via === undefined
      ? { is: 'own', columns: [atom.column] }
      : { is: 'tenant', columns: [atom.column], via: atom.via, roles: atom.roles ?? [] };
  if (atom.is === 'link-row' && own.has(atom.relation.id)) return { is: 'argument', columns: [...(atom.by ?? [atom.column])] };
  if (atom.is === 'not' && 'relation' in atom.of) return { is: 'row', columns: [atom.of.column], flag: false };
  if (atom.is === 'inner') return { is: 'row', columns: [atom.column], flag: false };
  return atom.is === 'join' || atom.is === 'self' || atom.is === 'link-row' ? yes : atom;
}

function writes(at: At, node: Node): void {
  walk(node, (kind, value) => {
    if (kind === 'InsertStmt') insert(at, value as unknown as InsertStmt);
    if (kind === 'UpdateStmt') change(at, 'update', value as unknown as UpdateStmt);
    if (kind === 'DeleteStmt') change(at, 'delete', value as unknown as DeleteStmt);
  });
}

const tableOf = (analysis: Analysis, statement: Pick<InsertStmt, 'relation'>): string => {
  const { schema, name } = resolve(analysis.catalog, relationName(statement.relation));
  return key(schema, name);
};

function insert(at: At, statement: InsertStmt): void {
  const query = statement.selectStmt && 'SelectStmt' in statement.selectStmt ? statement.selectStmt.SelectStmt : undefined;
  const columns = (statement.cols ?? []).map((col) => ('ResTarget' in col ? (col.ResTarget.name ?? '') : ''));
  const frame = query?.fromClause ? at.analysis.from(query, at.scope) : undefined;
  const scope = frame?.scope ?? at.scope;
  const lists = query?.valuesLists?.map((list) => ('List' in list ? (list.List.items ?? []) : []));
  const targets = (query?.targetList ?? []).flatMap((target) =>
    'ResTarget' in target && target.ResTarget.val ? [target.ResTarget.val] : [],
  );
  const values = (lists?.[0] ?? targets).map((value) => at.analysis.value(value, scope));
  const tied = columns.filter((_, index) => mentions(values[index], (part) => part.is === 'caller' || part.is === 'looked-up'));
  const sets = columns.filter((_, index) => mentions(values[index], (part) => part.is === 'argument'));
  const where = frame && query ? rowsOf(and([frame.joins, at.analysis.condition(query.whereClause, scope)]), frame.frame) : yes;
  at.emit('insert', tableOf(at.analysis, statement), tied.length > 0 ? and([where, { is: 'own', columns: tied }]) : where, {
    sets,
    columns,
  });
}

function change(at: At, verb: 'update' | 'delete', statement: UpdateStmt & DeleteStmt): void {
  const { relation } = statement;
  const target = relationOf(at.analysis, relation?.schemaname, relation?.relname ?? '');
  const from: SelectStmt = {
    fromClause: [...(statement.fromClause ?? []), ...(statement.usingClause ?? [])],
    ...(statement.withClause && { withClause: statement.withClause }),
  };
  const base: Scope = {
    ...at.scope,
    frames: [new Map([[relation?.alias?.aliasname ?? relation?.relname ?? '', target]]), ...at.scope.frames],
  };
  const { scope, frame, joins } = at.analysis.from(from, base);
  const where = and([joins, at.analysis.condition(statement.whereClause, scope)]);
  const all = new Map([...frame, ['', target]]);
  const sets = (statement.targetList ?? []).flatMap((item) =>
    'ResTarget' in item && mentions(at.analysis.value(item.ResTarget.val, scope), (part) => part.is === 'argument')
      ? [item.ResTarget.name ?? '']
      : [],
  );
  const targets = (statement.targetList ?? []).flatMap((item) => ('ResTarget' in item ? [item.ResTarget] : []));
  const columns = targets.filter((target) => !onlyFills(target)).map(({ name = '' }) => name);
  const fills = targets.length > 0 && columns.length === 0 ? { fills: true as const } : {};
  at.emit(verb, tableOf(at.analysis, statement), rowsOf(where, all), { sets, columns, ...fills });
}

/** `SET x = COALESCE(x, ...)`: what is there stays. */
function onlyFills({ name, val }: ResTarget): boolean {
  const [first] = val && 'CoalesceExpr' in val ? (val.CoalesceExpr.args ?? []) : [];
  return first !== undefined && 'ColumnRef' in first && nameOf(first.ColumnRef.fields).name === name;
}

function mentions(value: Value | undefined, test: (part: Value) => boolean): boolean {
  if (!value) return false;
  return value.is === 'list' || value.is === 'other' ? value.of.some((part) => mentions(part, test)) : test(value);
}

/** Functions of the repo called by a statement do what they do with the caller's arguments. */
function called(setting: Setting, node: Node, reached: Reached, effects: FunctionEffect[]): void {
  if (reached.scope.calls.length >= deepest) return;
  walk(node, (kind, value) => {
    if (kind !== 'FuncCall') return;
    const call = value as unknown as FuncCall;
    const [routine] = findRoutines(setting.analysis.catalog, nameOf(call.funcname));
    const id = routine && key(routine.schema, routine.name);
    if (
      !routine ||
      id === undefined ||
      reached.scope.calls.includes(id) ||
      !/\b(?:insert\s+into|update|delete\s+from|execute)\b/i.test(routine.body)
    )
      return;
    const variables = new Map<string, Value>();
    routine.parameters.forEach((parameter, index) => {
      const arg = call.args?.[index];
      const own = arg && 'NamedArgExpr' in arg ? arg.NamedArgExpr.name : parameter.name;
      if (arg && own) variables.set(own.toLowerCase(), setting.analysis.value(arg, reached.scope));
    });
    const scope: Scope = { frames: [], variables, definer: true, calls: [...reached.scope.calls, id] };
    effects.push(...inside(setting, routine, scope, reached.path));
  });
}

/** EXECUTE of text that an argument is part of, other than through format's %I and %L or USING. */
function runsInput(analysis: Analysis, reached: Reached): boolean {
  const select = analysis.parser.expression(reached.sql);
  const target = select?.targetList?.[0];
  const node = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (!node) return false;
  const isArgument = (part: Value): boolean => part.is === 'argument';
  if ('FuncCall' in node && nameOf(node.FuncCall.funcname).name === 'format') {
    const [template, ...args] = node.FuncCall.args ?? [];
    const text = template && 'A_Const' in template ? (template.A_Const.sval?.sval ?? '') : '%s';
    const kinds = [...text.matchAll(/%(?:\d+\$)?([ILs])/g)].map((match) => match[1]);
    return args.some((arg, index) => kinds[index] === 's' && mentions(analysis.value(arg, reached.scope), isArgument));
  }
  return mentions(analysis.value(node, reached.scope), isArgument);
}

/** One effect for each table and verb: the widest. */
function merged(effects: readonly FunctionEffect[]): FunctionEffect[] {
  const width = ['none', 'own', 'tenant', 'role', 'other', 'flagged', 'condition', 'self-declared', 'all', 'unknown'];
  const kept = new Map<string, FunctionEffect>();
  for (const effect of effects) {
    const id = `${effect.verb} ${effect.table}${effect.fills ? ' (fills)' : ''}`;
    const known = kept.get(id);
    const wider = (who: 'anon' | 'authenticated'): number => width.indexOf(effect[who]) - width.indexOf(known?.[who] ?? 'none');
    if (!known || wider('authenticated') > 0 || (wider('authenticated') === 0 && wider('anon') > 0)) kept.set(id, effect);
  }
  return [...kept.values()];
}
