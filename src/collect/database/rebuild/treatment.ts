import type { Node } from 'libpg-query';
import { relationName, rolesOf } from '../../source/database/sql/nodes.ts';
import { quoted } from '../sandbox/quoted.ts';
import type { Statement } from './statements.ts';

/**
 * What is done with a statement. `skip`: it says nothing about the schema and does not count. `done`: it changes nothing here, or a stand-in is
 * there already. `stubs`: extensions that it makes inside of a block, which is run without that. `refuse`: it reaches out of the database. `superuser`: on Supabase an extension lets `postgres` do it.
 */
export type Treatment =
  | { readonly way: 'run'; readonly sql: string; readonly setting: boolean; readonly stubs?: readonly string[] }
  | { readonly way: 'superuser'; readonly sql: string }
  | { readonly way: 'skip' }
  | { readonly way: 'done'; readonly stub?: string; readonly schema?: string | undefined }
  | { readonly way: 'refuse'; readonly why: string };

const skip: Treatment = { way: 'skip' };
const done: Treatment = { way: 'done' };
const refuse = (why: string): Treatment => ({ way: 'refuse', why });

/** Extensions that are part of PostgreSQL and reach nothing outside of the database; the owner may make them. */
const trusted = new Set(
  'btree_gin btree_gist citext cube dict_int fuzzystrmatch hstore intarray isn lo ltree pg_trgm pgcrypto seg tablefunc tcn tsm_system_rows tsm_system_time unaccent uuid-ossp plpgsql'.split(
    ' ',
  ),
);
/** The same, but only a superuser may make them; Supabase lets `postgres`. */
const harmless = new Set('autoinc earthdistance insert_username moddatetime bloom dict_xsyn pg_stat_statements'.split(' '));
/** Those reach files, programs, or other servers. */
const reaching = /^(?:dblink|.*_fdw|adminpack|pl(?!pgsql).*|pg_read.*|orafce|plpython.*|wrappers)$/;
/** Index methods of extensions that are not built here: an index tells nothing about who reaches what. */
const foreignIndexes = new Set(['ivfflat', 'hnsw', 'rum', 'pgroonga', 'bm25']);
/** Roles of the platform, which only get settings. */
const platformRoles = /^(?:anon|authenticated|service_role|authenticator|supabase_.*|pgbouncer|dashboard_user)$/;
const guards = /^keep_platform_/;
const reachingCalls = /\b(?:lo_import|lo_export|pg_read_file|pg_read_binary_file|pg_ls_dir|pg_stat_file|dblink\w*)\s*\(/i;

/** @param database name of the database the statement runs in. */
export function treat({ node, text }: Statement, database: string): Treatment {
  if (text.includes('\0')) return refuse('it holds a NUL byte');
  if (text.length > 16 * 2 ** 20) return refuse('it is longer than 16 MB');
  if (!node) return unparsed(text);
  const [kind = ''] = Object.keys(node);
  if (ignored.has(kind)) return skip;
  return (
    extensionOrServer(node, text) ?? roleOrDatabase(node, text, database) ?? data(node, text) ?? { way: 'run', sql: text, setting: false }
  );
}

const ignored = new Set([
  'TransactionStmt',
  'LockStmt',
  'VacuumStmt',
  'CheckPointStmt',
  'DiscardStmt',
  'ListenStmt',
  'UnlistenStmt',
  'NotifyStmt',
  'ClusterStmt',
  'ReindexStmt',
  'ExplainStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'ConstraintsSetStmt',
]);

function unparsed(text: string): Treatment {
  if (/^(?:begin|commit|rollback|vacuum|analyze)\b/i.test(text) && text.length < 100) return skip;
  return { way: 'run', sql: text, setting: false };
}

function extensionOrServer(node: Node, text: string): Treatment | undefined {
  if ('CreateExtensionStmt' in node) return extension(node.CreateExtensionStmt.extname ?? '', node.CreateExtensionStmt.options);
  if ('AlterExtensionStmt' in node || 'AlterExtensionContentsStmt' in node) return done;
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_EXTENSION') return done;
  if ('CommentStmt' in node && ['OBJECT_EXTENSION', 'OBJECT_DATABASE', 'OBJECT_ROLE'].includes(node.CommentStmt.objtype ?? '')) return done;
  if ('CreateForeignServerStmt' in node || 'CreateFdwStmt' in node || 'CreateForeignTableStmt' in node || 'CreateUserMappingStmt' in node)
    return refuse('it connects to another server');
  if ('ImportForeignSchemaStmt' in node || 'CreateSubscriptionStmt' in node) return refuse('it connects to another server');
  if ('AlterSystemStmt' in node || 'LoadStmt' in node || 'CreateTableSpaceStmt' in node) return refuse('it changes the server');
  if ('CreatePLangStmt' in node) return refuse('its language can reach files and programs');
  if ('CreateFunctionStmt' in node) return language(node.CreateFunctionStmt.options);
  if ('DoStmt' in node) return language(node.DoStmt.args) ?? block(text);
  return undefined;
}

function extension(name: string, options: readonly Node[] | undefined): Treatment | undefined {
  if (trusted.has(name)) return undefined;
  const schema = (options ?? []).flatMap((option) =>
    'DefElem' in option && option.DefElem.defname === 'schema' && option.DefElem.arg && 'String' in option.DefElem.arg
      ? [option.DefElem.arg.String.sval ?? '']
      : [],
  )[0];
  if (harmless.has(name))
    return { way: 'superuser', sql: `CREATE EXTENSION IF NOT EXISTS "${name}" SCHEMA ${quoted(schema ?? 'extensions')}` };
  if (reaching.test(name)) return refuse(`the extension ${name} reaches other servers, files or programs`);
  return { way: 'done', stub: name, schema };
}

const makesExtension = /\bcreate\s+extension\s+(?:if\s+not\s+exists\s+)?"?([\w-]+)"?[^;']*;/gi;

/** A block that makes extensions which are not built here: the rest of it is run. */
function block(text: string): Treatment | undefined {
  const stubs: string[] = [];
  const sql = text.replace(makesExtension, (statement, name: string) => {
    const treatment = extension(name, undefined);
    if (treatment?.way !== 'done') return statement;
    stubs.push(name);
    // Lines stay where they are.
    return `NULL;${statement.replace(/[^\n]/g, '')}`;
  });
  return stubs.length === 0 ? undefined : { way: 'run', sql, setting: false, stubs };
}

function language(options: readonly Node[] | undefined): Treatment | undefined {
  for (const option of options ?? []) {
    if (!('DefElem' in option) || option.DefElem.defname !== 'language') continue;
    const { arg } = option.DefElem;
    const name = arg && 'String' in arg ? (arg.String.sval ?? '').toLowerCase() : '';
    if (!['sql', 'plpgsql'].includes(name)) return refuse(`functions in the language ${name} are not run`);
  }
  return undefined;
}

function roleOrDatabase(node: Node, text: string, database: string): Treatment | undefined {
  if ('CreatedbStmt' in node || 'DropdbStmt' in node) return refuse('it makes or removes whole databases');
  if ('AlterDatabaseStmt' in node || 'AlterDatabaseRefreshCollStmt' in node) return done;
  const renamed = (): Treatment => ({
    way: 'run',
    setting: false,
    sql: text.replace(/\bdatabase\s+(?:"[^"]+"|\w+)/i, `DATABASE "${database}"`),
  });
  if ('AlterDatabaseSetStmt' in node) return renamed();
  if ('GrantStmt' in node && node.GrantStmt.objtype === 'OBJECT_DATABASE') return renamed();
  if ('AlterRoleSetStmt' in node) {
    const [role = ''] = node.AlterRoleSetStmt.role ? rolesOf([{ RoleSpec: node.AlterRoleSetStmt.role }]) : [];
    return platformRoles.test(role) ? done : undefined;
  }
  const trigger = eventTrigger(node);
  if (trigger !== undefined) return guards.test(trigger) ? refuse('it is no trigger of the repo') : { way: 'superuser', sql: text };
  return undefined;
}

function eventTrigger(node: Node): string | undefined {
  if ('CreateEventTrigStmt' in node) return node.CreateEventTrigStmt.trigname ?? '';
  if ('AlterEventTrigStmt' in node) return node.AlterEventTrigStmt.trigname ?? '';
  if (!('DropStmt' in node) || node.DropStmt.removeType !== 'OBJECT_EVENT_TRIGGER') return undefined;
  const [object] = node.DropStmt.objects ?? [];
  return object && 'String' in object ? object.String.sval : 'keep_platform_';
}

/** Row-level security is on there from the start, and only its owner may say so. */
function isOnAlready(node: Node): boolean {
  if (!('AlterTableStmt' in node)) return false;
  const { schema = 'public', name } = relationName(node.AlterTableStmt.relation);
  return (
    /^(?:storage\.(?:objects|buckets)|realtime\.messages|auth\.users)$/.test(`${schema}.${name}`) &&
    (node.AlterTableStmt.cmds ?? []).every(
      (command) => 'AlterTableCmd' in command && command.AlterTableCmd.subtype === 'AT_EnableRowSecurity',
    )
  );
}

/** Each statement is a transaction of its own here, and what is to go at its end would be gone for the next. */
function keptUntilTheEnd(node: Node, text: string): Treatment | undefined {
  const goes =
    'CreateStmt' in node ? node.CreateStmt.oncommit : 'CreateTableAsStmt' in node ? node.CreateTableAsStmt.into?.onCommit : undefined;
  return goes === 'ONCOMMIT_DROP' ? { way: 'run', sql: text.replace(/\bon\s+commit\s+drop\b/i, ''), setting: false } : undefined;
}

function data(node: Node, text: string): Treatment | undefined {
  if (isOnAlready(node)) return done;
  const kept = keptUntilTheEnd(node, text);
  if (kept) return kept;
  if ('CopyStmt' in node) {
    if (node.CopyStmt.is_program) return refuse('it runs a program');
    if (node.CopyStmt.filename !== undefined) return refuse('it reads or writes a file of the server');
    return skip;
  }
  if ('IndexStmt' in node && foreignIndexes.has(node.IndexStmt.accessMethod ?? ''))
    return { way: 'done', stub: node.IndexStmt.accessMethod ?? '' };
  if ('VariableSetStmt' in node) return setting(node.VariableSetStmt, text);
  if ('SelectStmt' in node) {
    if (reachingCalls.test(text)) return refuse('it reads or writes files of the server');
    return { way: 'run', sql: text, setting: /\bset_config\s*\(/i.test(text) };
  }
  return undefined;
}

function setting(statement: { kind?: string; name?: string; is_local?: boolean }, text: string): Treatment {
  if (statement.name === 'session_authorization') return refuse('it changes who we are');
  if (statement.name === 'role' || statement.kind === 'VAR_SET_MULTI') return { way: 'run', sql: text, setting: true };
  // Statements run one by one, so what holds for a transaction has to hold for the file.
  return { way: 'run', setting: true, sql: statement.is_local ? text.replace(/^set\s+local\b/i, 'SET') : text };
}
