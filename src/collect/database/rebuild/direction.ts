import type { GrantStmt, InsertStmt, Node, RangeVar } from 'libpg-query';
import { isOwnerColumn, isProfileTable, isTenantColumn, isTenantTable } from '../../source/database/facts/words.ts';
import { nameOf, relationName, rolesOf } from '../../source/database/sql/nodes.ts';
import { full } from './keys.ts';
import type { Statement } from './statements.ts';
import { join, namedInText, type Way, wayOfText } from './unparsed.ts';

/** What a failed statement is about, and what it would have done to who reaches it. */
export interface Direction {
  readonly touches: readonly string[];
  readonly closes: boolean;
  readonly opens: boolean;
}

/** SQLSTATE of what was not there: undefined object, table, column, function, schema. */
const absent = new Set(['42704', '42P01', '42703', '42883', '3F000']);
/** SQLSTATE of what is there already: object, table, column, function. */
const there = new Set(['42710', '42P07', '42701', '42723']);
/** SQLSTATE of rows that are there already, or that refer to rows which only the running database has. */
const rowsOfTheirs = new Set(['23505', '23503', 'P0001']);

/**
 * Policies that permit are OR-ed, so what fails to permit cannot take away a leak that was seen, and what fails to restrict cannot make one. Whatever
 * is not told apart here counts as both.
 * @param code SQLSTATE of the failure.
 * @param stamping `schema.name` of trigger functions that only write when a row was changed.
 */
export function directionOf(statement: Statement, code: string, stamping: ReadonlySet<string> = new Set()): Direction {
  const way = changesDataOnly(statement)
    ? 'neither'
    : statement.node
      ? stamps(statement.node, stamping)
        ? 'neither'
        : wayOf(statement.node, code)
      : wayOfUnparsed(statement);
  return { touches: touchesOf(statement), closes: way === 'closes' || way === 'both', opens: way === 'opens' || way === 'both' };
}

const stamps = (node: Node, stamping: ReadonlySet<string>): boolean => {
  if (!('CreateTrigStmt' in node)) return false;
  const called = full(nameOf(node.CreateTrigStmt.funcname));
  return stamping.has(called) || stampsByName.test(called);
};

/** What such a function does is in its name, also where it is not in the repo. */
const stampsByName =
  /\.(?:(?:trigger_)?(?:set|update|handle|touch)_?)(?:updated_?at|modified_?at|timestamp)(?:_(?:column|timestamp|trigger|field))?$/i;

/** What was never looked at, because it is too long, may do anything. */
const wayOfUnparsed = ({ syntax, text }: Statement): Way => (syntax === undefined ? 'both' : wayOfText(text));

/** A block, parsed or not, that neither makes nor grants anything. */
function changesDataOnly({ node, text }: Statement): boolean {
  const isBlock = node ? 'DoStmt' in node : /^\s*do\b/i.test(text);
  return (
    isBlock &&
    text.length < 100_000 &&
    !/\b(?:execute|create|alter|drop|grant|revoke|storage|call)\b/i.test(text.replaceAll(/--[^\n]*/g, ''))
  );
}

function wayOf(node: Node, code: string): Way {
  // A policy with which the table asks itself without end lets nobody through, by whichever other policy.
  if ('CreatePolicyStmt' in node && code === '42P17') return 'neither';
  if ('CreatePolicyStmt' in node) return node.CreatePolicyStmt.permissive ? 'opens' : 'closes';
  if ('GrantStmt' in node && !reachesBrowser(node.GrantStmt)) return 'neither';
  if ('GrantStmt' in node) return node.GrantStmt.is_grant ? 'opens' : 'closes';
  if ('GrantRoleStmt' in node) return node.GrantRoleStmt.is_grant ? 'opens' : 'closes';
  if ('AlterDefaultPrivilegesStmt' in node) return node.AlterDefaultPrivilegesStmt.action?.is_grant ? 'opens' : 'closes';
  // What was to be dropped is not there, which is what the statement wanted.
  if ('DropStmt' in node) return absent.has(code) ? 'neither' : 'both';
  if ('AlterFunctionStmt' in node) return absent.has(code) ? 'neither' : 'both';
  if (leavesAsIs(node, code)) return 'neither';
  if ('AlterTableStmt' in node) return (node.AlterTableStmt.cmds ?? []).map(commandWay).reduce(join, 'neither');
  if ('IndexStmt' in node) return node.IndexStmt.unique ? 'closes' : 'neither';
  if ('InsertStmt' in node) return addsTheirs(node.InsertStmt, code) ? 'neither' : 'opens';
  if ('CopyStmt' in node || 'AlterPublicationStmt' in node || 'AlterEnumStmt' in node) return 'opens';
  if ('CreateStmt' in node || 'CreateTableAsStmt' in node) return 'opens';
  if ('ViewStmt' in node) return node.ViewStmt.replace ? 'both' : 'opens';
  // Rows of the running app decide nothing between people we make; a bucket's row says whether it is public.
  if ('UpdateStmt' in node) return node.UpdateStmt.relation?.schemaname === 'storage' ? 'both' : 'neither';
  if ('DeleteStmt' in node) return node.DeleteStmt.relation?.schemaname === 'storage' ? 'both' : 'neither';
  return Object.keys(node).every((kind) => inert.has(kind)) ? 'neither' : 'both';
}

/** A role that is not there, and none of the platform's, has no members among those who come through the browser. */
const reachesBrowser = ({ grantees }: GrantStmt): boolean =>
  rolesOf(grantees).some((role) =>
    /^(?:public|anon|authenticated|authenticator|service_role|postgres|current_user|session_user)$/i.test(role),
  );

/**
 * Nobody reaches more or less by a table, a column or an index that is there under this name, or by switching a trigger or taking a table out of a
 * publication that is not there.
 */
function leavesAsIs(node: Node, code: string): boolean {
  if ('AlterPublicationStmt' in node && absent.has(code)) return true;
  if (there.has(code) && ('CreateStmt' in node || 'IndexStmt' in node || 'AlterPublicationStmt' in node)) return true;
  const commands = 'AlterTableStmt' in node ? (node.AlterTableStmt.cmds ?? []) : [];
  if (commands.length === 0) return false;
  return (absent.has(code) && commands.every(switchesTrigger)) || (there.has(code) && commands.every(addsColumn));
}

/** Rows of named people and tenants of the running app: they open nothing to the people we make. */
function addsTheirs({ relation, cols = [] }: InsertStmt, code: string): boolean {
  const table = relation?.relname ?? '';
  return (
    relation?.schemaname !== 'storage' &&
    (rowsOfTheirs.has(code) || isTenantTable(table) || isProfileTable(table) || cols.some(namesSomebody))
  );
}

const addsColumn = (command: Node): boolean => 'AlterTableCmd' in command && command.AlterTableCmd.subtype === 'AT_AddColumn';

const switchesTrigger = (command: Node): boolean =>
  'AlterTableCmd' in command && /^AT_(?:En|Dis)ableTrig/.test(command.AlterTableCmd.subtype ?? '');

function namesSomebody(column: Node): boolean {
  const name = 'ResTarget' in column ? (column.ResTarget.name ?? '') : '';
  return isOwnerColumn(name) || isTenantColumn(name);
}

/** Kinds of which only their own absence follows; what needs them fails by itself. */
const inert = new Set([
  'CommentStmt',
  'CreateExtensionStmt',
  'CreateSchemaStmt',
  'CreateEnumStmt',
  'CompositeTypeStmt',
  'CreateDomainStmt',
  'CreateSeqStmt',
  'AlterSeqStmt',
  'CreatePublicationStmt',
  'CreateRoleStmt',
  'SelectStmt',
  'CreateStatsStmt',
]);

const ways: Readonly<Record<string, Way>> = {
  AT_EnableRowSecurity: 'closes',
  AT_ForceRowSecurity: 'closes',
  AT_DisableRowSecurity: 'opens',
  AT_NoForceRowSecurity: 'opens',
  AT_AddColumn: 'opens',
  AT_AddConstraint: 'closes',
  AT_SetNotNull: 'closes',
  AT_DropConstraint: 'opens',
  AT_DropNotNull: 'opens',
  AT_ReplicaIdentity: 'neither',
  AT_ClusterOn: 'neither',
  AT_SetStatistics: 'neither',
  AT_ValidateConstraint: 'neither',
};

const commandWay = (command: Node): Way => ('AlterTableCmd' in command ? (ways[command.AlterTableCmd.subtype ?? ''] ?? 'both') : 'both');

/** `schema.name` of what a statement names; `*` when it may be about anything. */
function touchesOf({ node, text }: Statement): string[] {
  if (!node || 'DoStmt' in node || 'CallStmt' in node) return namedInText(text);
  if ('AlterDefaultPrivilegesStmt' in node) return ['*'];
  if ('GrantStmt' in node && node.GrantStmt.targtype === 'ACL_TARGET_ALL_IN_SCHEMA') return ['*'];
  const target =
    'InsertStmt' in node ? node.InsertStmt : 'UpdateStmt' in node ? node.UpdateStmt : 'DeleteStmt' in node ? node.DeleteStmt : undefined;
  if (target) return [full(relationName(target.relation))];
  // What it reads is reached by it, not by itself.
  const made = 'ViewStmt' in node ? node.ViewStmt.view : 'CreateTableAsStmt' in node ? node.CreateTableAsStmt.into?.rel : undefined;
  if (made) return [full(relationName(made))];
  const found = new Set<string>();
  if ('DropStmt' in node) dropped(node.DropStmt.removeType ?? '', node.DropStmt.objects ?? [], found);
  if ('CreateFunctionStmt' in node) found.add(full(nameOf(node.CreateFunctionStmt.funcname)));
  mentioned(node, found);
  return found.size === 0 && 'SelectStmt' in node ? ['*'] : [...found];
}

/** Relations, functions and types below a node, those of sub-queries left out, and what a foreign key refers to: nobody reaches that by it. */
function mentioned(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) mentioned(item, found);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  if ('relname' in value) found.add(full(relationName(value as RangeVar)));
  else if ('objname' in value && Array.isArray(value.objname)) found.add(full(nameOf(value.objname as Node[])));
  else for (const [kind, inner] of Object.entries(value)) if (!aside.has(kind)) mentioned(inner, found);
}

const aside: ReadonlySet<string> = new Set(['SubLink', 'CommonTableExpr', 'pktable']);

function dropped(type: string, objects: readonly Node[], found: Set<string>): void {
  for (const object of objects) {
    if (!('List' in object)) continue;
    const items = object.List.items ?? [];
    found.add(full(nameOf(type === 'OBJECT_POLICY' || type === 'OBJECT_TRIGGER' ? items.slice(0, -1) : items)));
  }
}
