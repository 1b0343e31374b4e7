import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint, CreateStmt, Node } from 'libpg-query';
import { constantOf, itemsOf, nameOf, relationName, stringsOf, typeText, walk } from '../sql/nodes.ts';
import { type Catalog, defaultGrants, findTable, findView, newTable, resolve, touchTable } from './catalog.ts';
import { type ColumnState, key, type Source, type TableState, type ViewState } from './state.ts';
import { optionTurnsOn } from './views.ts';

/**
 * CREATE TABLE. With IF NOT EXISTS a second one for a name that exists changes nothing, as in PostgreSQL. Without it, it fails on a table that
 * exists, and its whole migration with it: where a later migration with one is in force, the table of the earlier one was gone, policies and all.
 */
export function createTable(catalog: Catalog, statement: CreateStmt, source: Source): void {
  const { schema, name } = resolve(catalog, relationName(statement.relation));
  if (statement.relation?.relpersistence === 't') return;
  const id = key(schema, name);
  if (anew(catalog.tables.get(id), statement, source)) replaceTable(catalog, id, source);
  const existing = catalog.tables.get(id);
  if (existing && existing.origin !== 'types') return;
  const table = existing ?? newTable(schema, name, source.place);
  table.origin = 'migration';
  table.place = source.place;
  if (!existing) Object.assign(table.grants, defaultGrants(catalog, schema));
  else if (table.rls === 'unknown') table.rls = 'off';
  if (catalog.enablesRls && schema === 'public') setRowSecurity(table, 'on', catalog.enablesRls);
  catalog.tables.set(id, table);
  catalog.dropped.delete(id);
  for (const parent of statement.inhRelations ?? []) {
    const base = 'RangeVar' in parent ? findTable(catalog, relationName(parent.RangeVar)) : undefined;
    for (const column of base?.columns.values() ?? []) table.columns.set(column.name, { ...column });
  }
  for (const element of statement.tableElts ?? []) {
    if ('ColumnDef' in element) addColumn(catalog, table, element.ColumnDef);
    if ('Constraint' in element) addConstraint(catalog, table, element.Constraint);
    if ('TableLikeClause' in element) {
      const base = findTable(catalog, relationName(element.TableLikeClause.relation));
      for (const column of base?.columns.values() ?? []) table.columns.set(column.name, { ...column });
    }
  }
}

/** A dated migration's name, or its folder's: only these are known to run one after the other and to stop at an error. */
const dated = /(?:^|\/)20[1-4]\d[01]\d[0-3]\d\d*[^/]*(?:\/[^/]+)?$/;

function anew(existing: TableState | undefined, { if_not_exists: spares }: CreateStmt, { place, uncertain }: Source): boolean {
  if (!existing || existing.origin !== 'migration' || spares || uncertain !== undefined) return false;
  const [before = '', now = ''] = [existing.place.file, place.file];
  return before !== now && dated.test(before) && dated.test(now);
}

function replaceTable(catalog: Catalog, id: string, { place }: Source): void {
  catalog.tables.delete(id);
  catalog.gaps.push({
    what: `CREATE TABLE ${id}`,
    why: 'the table exists already, so it must have been dropped where the repo does not show it',
    place,
  });
}

function addColumn(catalog: Catalog, table: TableState, definition: ColumnDef): void {
  const name = definition.colname ?? '';
  if (table.columns.has(name) && table.origin !== 'types') return;
  const type = typeText(definition.typeName);
  const labels = catalog.enums.get(type.replace(/\[\]$/, ''));
  const column: ColumnState = { name, type, hasDefault: false, ...(labels && { values: labels }) };
  table.columns.set(name, column);
  for (const node of definition.constraints ?? []) {
    if (!('Constraint' in node)) continue;
    if (node.Constraint.contype === 'CONSTR_DEFAULT') column.hasDefault = true;
    addConstraint(catalog, table, node.Constraint, name);
  }
}

function addConstraint(catalog: Catalog, table: TableState, constraint: Constraint, column?: string): void {
  if (constraint.contype === 'CONSTR_PRIMARY') table.primaryKey = column === undefined ? stringsOf(constraint.keys) : [column];
  if (constraint.contype === 'CONSTR_FOREIGN') {
    const { schema, name } = resolve(catalog, relationName(constraint.pktable));
    const columns = column === undefined ? stringsOf(constraint.fk_attrs) : [column];
    for (const one of columns.length === 1 ? columns : []) {
      const state = table.columns.get(one);
      if (state) state.references = key(schema, name);
    }
  }
  if (constraint.contype === 'CONSTR_CHECK') {
    const list = listedValues(constraint.raw_expr);
    const state = list && table.columns.get(list.column);
    if (state) {
      state.values = list.values;
      state.valuesBy = constraint.conname ?? `${table.name}_${state.name}_check`;
    }
  }
}

/** `role IN ('a', 'b')` or `role = ANY (ARRAY['a', 'b'])` of a CHECK. */
export function listedValues(node: Node | undefined): { column: string; values: string[] } | undefined {
  if (!node || !('A_Expr' in node)) return undefined;
  const { kind, lexpr, rexpr } = node.A_Expr;
  if (kind !== 'AEXPR_IN' && kind !== 'AEXPR_OP_ANY') return undefined;
  let column: string | undefined;
  walk(lexpr, (type, value) => {
    if (type === 'ColumnRef') column = nameOf(value.fields as Node[]).name;
  });
  const list = uncast(rexpr);
  const nodes = list && 'A_ArrayExpr' in list ? (list.A_ArrayExpr.elements ?? []) : itemsOf(list);
  const values = nodes.flatMap((item) => {
    const value = constantOf(item);
    return typeof value === 'string' ? [value] : [];
  });
  return column !== undefined && values.length > 0 && values.length === nodes.length ? { column, values } : undefined;
}

const uncast = (node: Node | undefined): Node | undefined => (node && 'TypeCast' in node ? uncast(node.TypeCast.arg) : node);

/** ALTER TABLE, also on views (options only). */
export function alterTable(catalog: Catalog, statement: AlterTableStmt, source: Source): void {
  const name = relationName(statement.relation);
  const view = findView(catalog, name);
  const commands = (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
  if (view) return commands.forEach((command) => alterView(view, command));
  if (statement.objtype !== 'OBJECT_TABLE' || (statement.missing_ok && !findTable(catalog, name))) return;
  const table = touchTable(catalog, name, source);
  for (const command of commands) alter(catalog, table, command, source);
}

function alterView(view: ViewState, command: AlterTableCmd): void {
  if (command.subtype === 'AT_ResetRelOptions') view.securityInvoker = false;
  else view.securityInvoker = optionTurnsOn(itemsOf(command.def), 'security_invoker') ?? view.securityInvoker;
}

function alter(catalog: Catalog, table: TableState, { subtype, def, name = '', behavior }: AlterTableCmd, source: Source): void {
  if (subtype === 'AT_EnableRowSecurity') setRowSecurity(table, 'on', source);
  else if (subtype === 'AT_DisableRowSecurity') setRowSecurity(table, 'off', source);
  else if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) addColumn(catalog, table, def.ColumnDef);
  else if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def) addConstraint(catalog, table, def.Constraint);
  else if (subtype === 'AT_DropColumn') dropColumn(catalog, table, name, behavior === 'DROP_CASCADE');
  else if (subtype === 'AT_AlterColumnType' && def && 'ColumnDef' in def) retype(catalog, table, name, def.ColumnDef);
  else if (subtype === 'AT_DisableTrig' || subtype === 'AT_EnableTrig') enableTrigger(table, name, subtype === 'AT_EnableTrig');
  else if (subtype === 'AT_DropConstraint') dropCheck(table, name);
}

function setRowSecurity(table: TableState, rls: 'on' | 'off', source: Source): void {
  table.rls = rls;
  table.rlsSource = source;
  if (source.uncertain) table.uncertain = source.uncertain;
}

function dropCheck(table: TableState, constraint: string): void {
  for (const column of table.columns.values()) if (column.valuesBy === constraint) delete column.values;
}

function retype(catalog: Catalog, table: TableState, name: string, definition: ColumnDef): void {
  const column = table.columns.get(name);
  if (!column) return;
  column.type = typeText(definition.typeName);
  const labels = catalog.enums.get(column.type);
  if (labels) column.values = labels;
}

function enableTrigger(table: TableState, name: string, enabled: boolean): void {
  const trigger = table.triggers.get(name);
  if (trigger) trigger.enabled = enabled;
}

function dropColumn(catalog: Catalog, table: TableState, column: string, cascade: boolean): void {
  table.columns.delete(column);
  if (!cascade) return;
  for (const [name, policy] of table.policies) {
    let uses = false;
    walk([policy.using, policy.check], (kind, node) => {
      if (kind === 'SubLink') return false;
      if (kind === 'ColumnRef' && nameOf(node.fields as Node[]).name === column) uses = true;
      return true;
    });
    if (uses) table.policies.delete(name);
  }
  for (const other of catalog.tables.values()) if (other !== table) dropPoliciesReading(other, table, column);
}

/** Policies of `other` that read `table` (and `column`, when given) go when it is dropped with CASCADE. */
export function dropPoliciesReading(other: TableState, table: { schema: string; name: string }, column?: string): void {
  for (const [name, policy] of other.policies) {
    let reads = false;
    let uses = column === undefined;
    walk([policy.using, policy.check], (kind, node) => {
      if (kind === 'RangeVar' && node.relname === table.name && (node.schemaname ?? 'public') === table.schema) reads = true;
      if (kind === 'ColumnRef' && nameOf(node.fields as Node[]).name === column) uses = true;
    });
    if (reads && uses) other.policies.delete(name);
  }
}
