import type { AlterDefaultPrivilegesStmt, GrantStmt, Node } from 'libpg-query';
import type { Verb } from '../../../../evidence/database.ts';
import { itemsOf, nameOf, relationName, rolesOf, stringOf, stringsOf, typeText } from '../sql/nodes.ts';
import { type Catalog, findRoutines, findTable, findView } from './catalog.ts';
import { browserRoles, type BrowserRole, type RoleGrants, type RoutineState, verbs } from './state.ts';

interface Privileges {
  /** Verbs on whole tables. */
  readonly verbs: ReadonlySet<Verb>;
  readonly columns: ReadonlyMap<Verb, readonly string[]>;
  /** EXECUTE or ALL. */
  readonly execute: boolean;
}

function privilegesOf(nodes: readonly Node[] | undefined): Privileges {
  if (!nodes || nodes.length === 0) return { verbs: new Set(verbs), columns: new Map(), execute: true };
  const whole = new Set<Verb>();
  const columns = new Map<Verb, readonly string[]>();
  let execute = false;
  for (const node of nodes) {
    if (!('AccessPriv' in node)) continue;
    const name = node.AccessPriv.priv_name?.toLowerCase();
    const cols = stringsOf(node.AccessPriv.cols);
    if (name === 'execute') execute = true;
    // ALL (col, ...) comes without a name.
    for (const verb of verbs.filter((one) => name === undefined || name === one)) {
      if (cols.length > 0) columns.set(verb, cols);
      else whole.add(verb);
    }
  }
  return { verbs: whole, columns, execute };
}

function change<T>(set: Set<T>, item: T, give: boolean): void {
  if (give) set.add(item);
  else set.delete(item);
}

const rolesNamed = (nodes: readonly Node[] | undefined): BrowserRole[] => {
  const names = rolesOf(nodes);
  return browserRoles.filter((role) => names.includes(role));
};

/** GRANT and REVOKE on tables, views and functions for the browser's roles; other roles and objects do not matter here. */
export function grant(catalog: Catalog, statement: GrantStmt): void {
  const roles = rolesNamed(statement.grantees);
  if (roles.length === 0 || statement.grant_option) return;
  const give = statement.is_grant ?? false;
  const privileges = privilegesOf(statement.privileges);
  if (statement.objtype === 'OBJECT_TABLE')
    for (const grants of relationsOf(catalog, statement)) changeTable(grants, roles, privileges, give);
  if (['OBJECT_FUNCTION', 'OBJECT_ROUTINE', 'OBJECT_PROCEDURE'].includes(statement.objtype ?? ''))
    for (const routine of routinesOf(catalog, statement)) changeExecute(routine, roles, give);
}

function relationsOf(catalog: Catalog, statement: GrantStmt): Record<BrowserRole, RoleGrants>[] {
  const found: Record<BrowserRole, RoleGrants>[] = [];
  if (statement.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') {
    const schemas = stringsOf(statement.objects);
    for (const relation of [...catalog.tables.values(), ...catalog.views.values()])
      if (schemas.includes(relation.schema)) found.push(relation.grants);
    return found;
  }
  for (const node of statement.objects ?? []) {
    if (!('RangeVar' in node)) continue;
    const table = findTable(catalog, relationName(node.RangeVar));
    if (table) table.explicitGrants = true;
    const relation = table ?? findView(catalog, relationName(node.RangeVar));
    if (relation) found.push(relation.grants);
  }
  return found;
}

function changeTable(grants: Record<BrowserRole, RoleGrants>, roles: readonly BrowserRole[], privileges: Privileges, give: boolean): void {
  for (const role of roles) {
    const held = grants[role];
    for (const verb of privileges.verbs) {
      change(held.verbs, verb, give);
      // Revoking a verb on the table takes the column grants of that verb as well.
      if (!give) held.columns.delete(verb);
    }
    for (const [verb, columns] of privileges.columns) {
      const set = held.columns.get(verb) ?? new Set<string>();
      for (const column of columns) change(set, column, give);
      held.columns.set(verb, set);
    }
  }
}

/** Functions named by signature, by name alone, or all of a schema. */
export function routinesNamed(catalog: Catalog, node: Node | undefined): RoutineState[] {
  if (!node || !('ObjectWithArgs' in node)) return [];
  const overloads = findRoutines(catalog, nameOf(node.ObjectWithArgs.objname));
  if (node.ObjectWithArgs.args_unspecified || overloads.length < 2) return overloads;
  const wanted = (node.ObjectWithArgs.objargs ?? []).map((arg) => ('TypeName' in arg ? typeText(arg.TypeName) : ''));
  return overloads.filter((routine) => routine.parameters.map((parameter) => parameter.type).join() === wanted.join());
}

function routinesOf(catalog: Catalog, statement: GrantStmt): RoutineState[] {
  if (statement.targtype !== 'ACL_TARGET_ALL_IN_SCHEMA') return (statement.objects ?? []).flatMap((node) => routinesNamed(catalog, node));
  const schemas = stringsOf(statement.objects);
  return [...catalog.routines.values()].flat().filter((routine) => schemas.includes(routine.schema));
}

function changeExecute(routine: RoutineState, roles: readonly BrowserRole[], give: boolean): void {
  for (const role of roles) {
    change(routine.execute, role, give);
    change(routine.named, role, give);
    if (role === 'public') routine.publicRevoked = !give;
  }
}

/** ALTER DEFAULT PRIVILEGES: what later tables and functions get. */
export function alterDefaults(catalog: Catalog, statement: AlterDefaultPrivilegesStmt): void {
  const { action } = statement;
  if (!action) return;
  const schemas = optionStrings(statement.options, 'schemas');
  const owners = optionStrings(statement.options, 'roles');
  if (schemas.length > 0 && !schemas.includes('public')) return;
  if (owners.length > 0 && !owners.includes('postgres') && !owners.includes('current_user')) return;
  const give = action.is_grant ?? false;
  const privileges = privilegesOf(action.privileges);
  for (const role of rolesNamed(action.grantees)) {
    if (action.objtype === 'OBJECT_TABLE') for (const verb of privileges.verbs) change(catalog.defaults.tables[role], verb, give);
    if (action.objtype !== 'OBJECT_FUNCTION' && action.objtype !== 'OBJECT_ROUTINE') continue;
    // A default for one schema only ever adds: it cannot take away PostgreSQL's own EXECUTE for PUBLIC (supabase/supabase#49338).
    if (give) catalog.defaults.functions.add(role);
    else if (role !== 'public' || schemas.length === 0) catalog.defaults.functions.delete(role);
  }
}

function optionStrings(options: readonly Node[] | undefined, name: string): string[] {
  return (options ?? []).flatMap((option) => {
    if (!('DefElem' in option) || option.DefElem.defname !== name) return [];
    return itemsOf(option.DefElem.arg).flatMap((item) => ('RoleSpec' in item ? rolesOf([item]) : [stringOf(item) ?? '']));
  });
}
