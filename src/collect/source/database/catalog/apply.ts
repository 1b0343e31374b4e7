import type { DropStmt, Node, RenameStmt } from 'libpg-query';
import { itemsOf, nameOf, relationName, stringOf, stringsOf } from '../sql/nodes.ts';
import { changeBuckets } from './buckets.ts';
import { type Catalog, findRoutines, findTable, findView, resolve } from './catalog.ts';
import { alterDefaults, grant } from './grants.ts';
import { alterPolicy, createPolicy, dropPolicy } from './policies.ts';
import { alterFunction, changeEnum, changeOwner, createFunction, createTrigger, dropFunction } from './routines.ts';
import { key, type Source } from './state.ts';
import { alterTable, createTable, dropPoliciesReading } from './tables.ts';
import { createTableAs, createView } from './views.ts';

/** Applies one parsed statement to the catalog. Statements that change nothing we look at are passed over. */
export function apply(catalog: Catalog, node: Node, source: Source): void {
  if ('CreateStmt' in node) createTable(catalog, node.CreateStmt, source);
  else if ('AlterTableStmt' in node) alterTable(catalog, node.AlterTableStmt, source);
  else if ('CreatePolicyStmt' in node) createPolicy(catalog, node.CreatePolicyStmt, source);
  else if ('AlterPolicyStmt' in node) alterPolicy(catalog, node.AlterPolicyStmt, source);
  else if ('DropStmt' in node) drop(catalog, node.DropStmt, source);
  else if ('RenameStmt' in node) rename(catalog, node.RenameStmt);
  else if ('GrantStmt' in node) grant(catalog, node.GrantStmt);
  else if ('AlterDefaultPrivilegesStmt' in node) alterDefaults(catalog, node.AlterDefaultPrivilegesStmt);
  else if ('CreateFunctionStmt' in node) createFunction(catalog, node.CreateFunctionStmt, source);
  else if ('AlterFunctionStmt' in node) alterFunction(catalog, node.AlterFunctionStmt);
  else if ('CreateTrigStmt' in node) createTrigger(catalog, node.CreateTrigStmt, source);
  else applyRest(catalog, node, source);
}

function applyRest(catalog: Catalog, node: Node, source: Source): void {
  if ('ViewStmt' in node) createView(catalog, node.ViewStmt, source);
  else if ('CreateTableAsStmt' in node) createTableAs(catalog, node.CreateTableAsStmt, source);
  else if ('CreateEnumStmt' in node || 'AlterEnumStmt' in node) changeEnum(catalog, node);
  else if ('InsertStmt' in node || 'UpdateStmt' in node || 'DeleteStmt' in node) changeBuckets(catalog, node, source);
  else if ('AlterObjectSchemaStmt' in node)
    moveTable(catalog, relationName(node.AlterObjectSchemaStmt.relation), node.AlterObjectSchemaStmt.newschema);
  else if ('AlterOwnerStmt' in node && ['OBJECT_FUNCTION', 'OBJECT_ROUTINE'].includes(node.AlterOwnerStmt.objectType ?? ''))
    changeOwner(catalog, node.AlterOwnerStmt.object, node.AlterOwnerStmt.newowner?.rolename ?? '');
  else if ('CreateSchemaStmt' in node) catalog.schemas.add(node.CreateSchemaStmt.schemaname ?? '');
  else if ('CreateEventTrigStmt' in node) createEventTrigger(catalog, nameOf(node.CreateEventTrigStmt.funcname), source);
  else if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'search_path') setSearchPath(catalog, node.VariableSetStmt.args);
}

function createEventTrigger(catalog: Catalog, routine: { schema?: string; name: string }, source: Source): void {
  if (findRoutines(catalog, routine).some(({ body }) => /enable\s+row\s+level\s+security/i.test(body))) catalog.enablesRls = source;
}

function setSearchPath(catalog: Catalog, args: readonly Node[] | undefined): void {
  const names = (args ?? []).flatMap((arg) => ('A_Const' in arg ? [arg.A_Const.sval?.sval ?? ''] : []));
  // An empty path (pg_dump) means that every name is qualified; the default does no harm then.
  catalog.searchPath = names.find((name) => name !== '' && name !== '"$user"' && name !== '$user' && catalog.schemas.has(name)) ?? 'public';
}

function drop(catalog: Catalog, statement: DropStmt, source: Source): void {
  const cascade = statement.behavior === 'DROP_CASCADE';
  for (const object of statement.objects ?? []) {
    const parts = stringsOf(itemsOf(object));
    if (statement.removeType === 'OBJECT_TABLE') dropTable(catalog, nameOf(itemsOf(object)), cascade);
    else if (statement.removeType === 'OBJECT_VIEW' || statement.removeType === 'OBJECT_MATVIEW') {
      const view = findView(catalog, nameOf(itemsOf(object)));
      if (view) catalog.views.delete(key(view.schema, view.name));
    } else if (statement.removeType === 'OBJECT_POLICY') {
      dropPolicy(catalog, tableOfPart(parts), parts.at(-1) ?? '', source);
    } else if (statement.removeType === 'OBJECT_TRIGGER') {
      findTable(catalog, tableOfPart(parts))?.triggers.delete(parts.at(-1) ?? '');
    } else if (statement.removeType === 'OBJECT_FUNCTION' || statement.removeType === 'OBJECT_ROUTINE')
      dropFunction(catalog, object, cascade);
    else if (statement.removeType === 'OBJECT_SCHEMA') dropSchema(catalog, stringOf(object) ?? '');
  }
}

/** `[schema,] table, part` of a policy or trigger. */
function tableOfPart(parts: readonly string[]): { schema?: string; name: string } {
  const name = parts.at(-2) ?? '';
  const schema = parts.at(-3);
  return schema === undefined ? { name } : { schema, name };
}

function dropTable(catalog: Catalog, name: { schema?: string; name: string }, cascade: boolean): void {
  const at = resolve(catalog, name);
  const id = key(at.schema, at.name);
  catalog.dropped.add(id);
  if (!catalog.tables.delete(id)) return;
  for (const table of catalog.tables.values()) {
    for (const column of table.columns.values()) if (column.references === id) delete column.references;
    if (cascade) dropPoliciesReading(table, at);
  }
  if (!cascade) return;
  for (const [viewId, view] of catalog.views) {
    // A view over the table goes with it; views over that view are rare enough to leave.
    if (JSON.stringify(view.query).includes(`"relname":${JSON.stringify(at.name)}`)) catalog.views.delete(viewId);
  }
}

function dropSchema(catalog: Catalog, schema: string): void {
  for (const store of [catalog.tables, catalog.views]) for (const [id, entry] of store) if (entry.schema === schema) store.delete(id);
  for (const id of catalog.routines.keys()) if (id.startsWith(`${schema}.`)) catalog.routines.delete(id);
}

function rename(catalog: Catalog, statement: RenameStmt): void {
  const name = relationName(statement.relation);
  const to = statement.newname ?? '';
  const from = statement.subname ?? '';
  if (statement.renameType === 'OBJECT_TABLE' || statement.renameType === 'OBJECT_VIEW') moveTable(catalog, name, undefined, to);
  const table = findTable(catalog, name);
  if (statement.renameType === 'OBJECT_COLUMN' && table) {
    const column = table.columns.get(from);
    if (!column) return;
    table.columns.delete(from);
    table.columns.set(to, { ...column, name: to });
  }
  if (statement.renameType === 'OBJECT_POLICY' && table) {
    const policy = table.policies.get(from);
    if (!policy) return;
    table.policies.delete(from);
    table.policies.set(to, { ...policy, name: to });
  }
  if (statement.renameType === 'OBJECT_FUNCTION' && statement.object && 'ObjectWithArgs' in statement.object) {
    const old = resolve(catalog, nameOf(statement.object.ObjectWithArgs.objname));
    const overloads = findRoutines(catalog, old);
    for (const routine of overloads) routine.name = to;
    catalog.routines.delete(key(old.schema, old.name));
    catalog.routines.set(key(old.schema, to), overloads);
  }
}

function moveTable(catalog: Catalog, name: { schema?: string; name: string }, schema?: string, newName?: string): void {
  const entry = findTable(catalog, name) ?? findView(catalog, name);
  if (!entry) return;
  const old = key(entry.schema, entry.name);
  entry.schema = schema ?? entry.schema;
  entry.name = newName ?? entry.name;
  const id = key(entry.schema, entry.name);
  if ('policies' in entry) {
    catalog.tables.delete(old);
    catalog.tables.set(id, entry);
    catalog.dropped.add(old);
    for (const table of catalog.tables.values())
      for (const column of table.columns.values()) if (column.references === old) column.references = id;
  } else {
    catalog.views.delete(old);
    catalog.views.set(id, entry);
  }
}
