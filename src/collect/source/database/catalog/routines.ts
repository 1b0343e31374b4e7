import type { AlterFunctionStmt, CreateFunctionStmt, CreateTrigStmt, Node } from 'libpg-query';
import { itemsOf, nameOf, relationName, stringOf, stringsOf, typeText } from '../sql/nodes.ts';
import { type Catalog, findTable, newProjectsGrantNothing, nobodyGrantsNothing, resolve } from './catalog.ts';
import { routinesNamed } from './grants.ts';
import { type BrowserRole, key, type ParameterState, type RoutineState, type Source, type TriggerState } from './state.ts';

/** CREATE [OR REPLACE] FUNCTION. Replacing keeps the grants. */
export function createFunction(catalog: Catalog, statement: CreateFunctionStmt, source: Source): void {
  const { schema, name } = resolve(catalog, nameOf(statement.funcname));
  const parameters: ParameterState[] = [];
  const columns: string[] = [];
  for (const node of statement.parameters ?? []) {
    if (!('FunctionParameter' in node)) continue;
    const { name: parameter = '', argType, mode, defexpr } = node.FunctionParameter;
    if (mode === 'FUNC_PARAM_TABLE' || mode === 'FUNC_PARAM_OUT') columns.push(parameter);
    else parameters.push({ name: parameter, type: typeText(argType), optional: defexpr !== undefined });
  }
  const body = bodyOf(statement, source.sql);
  const at = body === '' ? 0 : Math.max(0, source.sql.indexOf(body));
  const routine: RoutineState = {
    ...source,
    schema,
    name,
    parameters,
    returns: columns.length > 0 ? `table(${columns.join(', ')})` : typeText(statement.returnType),
    language: option(statement.options, 'language') ?? 'sql',
    body,
    bodyLine: (source.place.line ?? 1) + newlines(source.sql.slice(0, at)),
    definer: flag(statement.options, 'security') ?? false,
    searchPath: setsSearchPath(statement.options),
    execute: new Set(defaultExecute(catalog, schema)),
    publicRevoked: false,
    named: new Set(),
  };
  const id = key(schema, name);
  const overloads = catalog.routines.get(id) ?? [];
  const same = overloads.findIndex((other) => signature(other) === signature(routine));
  const previous = overloads[same];
  if (previous)
    overloads[same] = {
      ...routine,
      execute: previous.execute,
      publicRevoked: previous.publicRevoked,
      named: previous.named,
      ...(previous.owner !== undefined && { owner: previous.owner }),
    };
  else overloads.push(routine);
  catalog.routines.set(id, overloads);
}

function defaultExecute(catalog: Catalog, schema: string): ReadonlySet<BrowserRole> {
  if (schema !== 'public') return new Set(['public']);
  // The change of 2026 took Supabase's named grants away from new objects; PUBLIC's is PostgreSQL's own.
  const late = catalog.version !== undefined && catalog.version >= nobodyGrantsNothing && nobodyGrantsNothing > newProjectsGrantNothing;
  return late ? new Set([...catalog.defaults.functions].filter((role) => role === 'public')) : catalog.defaults.functions;
}

const signature = (routine: RoutineState): string => routine.parameters.map((parameter) => parameter.type).join();
const newlines = (text: string): number => text.split('\n').length - 1;

function bodyOf(statement: CreateFunctionStmt, sql: string): string {
  const texts = itemsOf(optionNode(statement.options, 'as')).map((item) => stringOf(item) ?? '');
  if (texts[0] !== undefined) return texts[0];
  const atomic = /\bbegin\s+atomic\b([\s\S]*)\bend\s*$/i.exec(sql);
  return atomic?.[1] ?? /\breturn\b([\s\S]*)$/i.exec(sql)?.[1]?.replace(/^/, 'select ') ?? '';
}

function optionNode(options: readonly Node[] | undefined, name: string): Node | undefined {
  const found = (options ?? []).findLast((node) => 'DefElem' in node && node.DefElem.defname === name);
  return found && 'DefElem' in found ? found.DefElem.arg : undefined;
}

const option = (options: readonly Node[] | undefined, name: string): string | undefined =>
  stringOf(optionNode(options, name))?.toLowerCase();

function flag(options: readonly Node[] | undefined, name: string): boolean | undefined {
  const node = optionNode(options, name);
  return node && 'Boolean' in node ? (node.Boolean.boolval ?? false) : undefined;
}

const setsSearchPath = (options: readonly Node[] | undefined): boolean =>
  (options ?? []).some((node) => {
    const set = 'DefElem' in node && node.DefElem.defname === 'set' ? node.DefElem.arg : undefined;
    return set && 'VariableSetStmt' in set && set.VariableSetStmt.name === 'search_path';
  });

/** ALTER FUNCTION: security and search_path; the rest does not matter here. */
export function alterFunction(catalog: Catalog, statement: AlterFunctionStmt): void {
  for (const routine of routinesNamed(catalog, statement.func && { ObjectWithArgs: statement.func })) {
    routine.definer = flag(statement.actions, 'security') ?? routine.definer;
    routine.searchPath ||= setsSearchPath(statement.actions);
  }
}

/** Owners that row-level security does not stop. */
const bypassing = new Set(['postgres', 'supabase_admin', 'current_user', 'session_user', 'service_role']);

/** ALTER FUNCTION ... OWNER TO. */
export function changeOwner(catalog: Catalog, node: Node | undefined, owner: string): void {
  for (const routine of routinesNamed(catalog, node)) {
    if (bypassing.has(owner)) delete routine.owner;
    else routine.owner = owner;
  }
}

/** DROP FUNCTION; with CASCADE the policies and triggers that use it go as well. */
export function dropFunction(catalog: Catalog, node: Node, cascade: boolean): void {
  for (const routine of routinesNamed(catalog, node)) {
    const id = key(routine.schema, routine.name);
    const left = (catalog.routines.get(id) ?? []).filter((other) => other !== routine);
    if (left.length > 0) catalog.routines.set(id, left);
    else catalog.routines.delete(id);
    if (!cascade || left.length > 0) continue;
    const call = new RegExp(`\\b${routine.name.replace(/\W/g, '\\$&')}\\s*"?\\(`, 'i');
    for (const table of catalog.tables.values()) {
      for (const [name, policy] of table.policies) if (call.test(policy.sql)) table.policies.delete(name);
      for (const [name, trigger] of table.triggers) if (trigger.function === id) table.triggers.delete(name);
    }
  }
}

// Bits of pg_trigger.tgtype as the grammar hands them over.
const before = 2;
const events = { insert: 4, delete: 8, update: 16 } as const;

/** CREATE TRIGGER. */
export function createTrigger(catalog: Catalog, statement: CreateTrigStmt, source: Source): void {
  const table = findTable(catalog, relationName(statement.relation));
  if (!table) return;
  const { schema, name } = resolve(catalog, nameOf(statement.funcname));
  const bits = statement.events ?? 0;
  const trigger: TriggerState = {
    ...source,
    name: statement.trigname ?? '',
    function: key(schema, name),
    before: ((statement.timing ?? 0) & before) !== 0,
    events: (['insert', 'update', 'delete'] as const).filter((event) => (bits & events[event]) !== 0),
    ...(statement.whenClause && { when: statement.whenClause }),
    enabled: true,
  };
  table.triggers.set(trigger.name, trigger);
}

/** CREATE TYPE ... AS ENUM, ALTER TYPE ... ADD VALUE / RENAME VALUE. */
export function changeEnum(catalog: Catalog, node: Node): void {
  if ('CreateEnumStmt' in node) setLabels(catalog, nameOf(node.CreateEnumStmt.typeName).name, stringsOf(node.CreateEnumStmt.vals));
  if (!('AlterEnumStmt' in node)) return;
  const { typeName, newVal, oldVal } = node.AlterEnumStmt;
  const { name } = nameOf(typeName);
  const labels = (catalog.enums.get(name) ?? []).filter((label) => label !== oldVal);
  if (newVal !== undefined && !labels.includes(newVal)) labels.push(newVal);
  setLabels(catalog, name, labels);
}

function setLabels(catalog: Catalog, type: string, labels: readonly string[]): void {
  catalog.enums.set(type, labels);
  for (const table of catalog.tables.values())
    for (const column of table.columns.values()) if (column.type === type) column.values = labels;
}
