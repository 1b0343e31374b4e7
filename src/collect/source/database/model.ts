import type {
  Bucket,
  DatabaseFunction,
  DatabaseModel,
  DatabaseSource,
  Nature,
  Policy,
  Predicate,
  Table,
  View,
} from '../../../evidence/database.ts';
import type { Catalog } from './catalog/catalog.ts';
import { browserRoles, type RoutineState, type Source, type TableState, verbs, type ViewState } from './catalog/state.ts';
import { holdsOf, kindsAmong } from './facts/holds.ts';
import { natureOf } from './facts/nature.ts';
import { powersOf } from './facts/power.ts';
import { tenancies } from './facts/tenancy.ts';
import { writableColumns } from './facts/writable.ts';
import { createAnalysis } from './predicate/analysis.ts';
import type { Analysis } from './predicate/scope.ts';
import { columnsOf, noteOf, type Term } from './predicate/term.ts';
import { createReaches, granted, kindOf, type PolicyTerms, type Reaches } from './reach.ts';
import { effectsOf } from './routine/effects.ts';
import { signupTriggers } from './routine/signup.ts';
import { bucketAccess, bucketsNamed } from './storage.ts';
import type { SqlParser } from './sql/parser.ts';
import { viewFacts } from './view-facts.ts';

type Part = Omit<DatabaseModel, 'exposure' | 'databases'>;

/** Turns the simulated catalog of one database into evidence. */
export function modelOf(parser: SqlParser, catalog: Catalog, source: DatabaseSource, schemas: readonly string[]): Part {
  const analysis = createAnalysis(parser, catalog);
  const reaches = createReaches(analysis);
  const own = [...catalog.tables.values()].filter((table) => !isSystem(table.schema) || isChannels(table));
  const objects = catalog.tables.get('storage.objects');
  // Every policy is read before anything is told about a table: the conditions say which tables decide.
  for (const table of catalog.tables.values()) reaches.terms(table);
  const decisions = analysis.decisions.slice();
  const tenancy = tenancies(catalog, reaches, decisions);
  const powers = powersOf(catalog, decisions, tenancy);
  const served = catalog.supabase ? schemas : [];
  const tables = own.map((table): Table => {
    const decides = powers.decides(table);
    const globalRoles = powers.globalRoles(table);
    const tied = tenancy.get(table);
    const holds = holdsOf(table);
    return {
      ...identity(source, table),
      ...(isChannels(table) && { place: [...table.policies.values()][0]?.place ?? table.place }),
      origin: table.origin,
      columns: [...table.columns.values()].map((column) => {
        const power = powers.power(table, column.name);
        return {
          name: column.name,
          type: column.type,
          ...(column.references !== undefined && { references: column.references }),
          ...(column.values && { values: column.values }),
          ...(power && { power }),
        };
      }),
      rls: table.rls,
      ...(table.rlsSource && { rlsPlace: table.rlsSource.place, rlsSql: clip(table.rlsSource.sql, 300) }),
      ...(table.uncertain !== undefined && { uncertain: table.uncertain }),
      policies: reaches.terms(table).map((item) => policyOf(source, reaches, item)),
      exposed: served.includes(table.schema) || isChannels(table),
      grants: {
        anon: verbs.filter((verb) => granted(table, verb, 'anon')),
        authenticated: verbs.filter((verb) => granted(table, verb, 'authenticated')),
        explicit: table.explicitGrants,
      },
      access: { anon: reaches.access(table, 'anon'), authenticated: reaches.access(table, 'authenticated') },
      withoutRole: reaches.access(table, 'authenticated', 'no role'),
      writable: {
        insert: writableColumns(catalog, reaches, table, 'insert', globalRoles),
        update: writableColumns(catalog, reaches, table, 'update', globalRoles),
      },
      ...(tied && { tenancy: tied }),
      decides,
      holds,
      nature: isChannels(table) ? channels : natureOf(table, tied, holds),
    };
  });
  return {
    tables,
    views: [...catalog.views.values()].map((view) => viewOf(analysis, source, view, served)),
    functions: [...catalog.routines.values()]
      .flat()
      .filter((routine) => !isSystem(routine.schema))
      .map((routine) => functionOf(analysis, reaches, source, routine, served)),
    buckets: bucketsOf(reaches, catalog, source),
    storagePolicies: objects ? reaches.terms(objects).map((item) => policyOf(source, reaches, item)) : [],
    signupTriggers: signupTriggers({ analysis, powers, database: source.folder }),
    gaps: catalog.gaps,
  };
}

// Clients reach it by opening a channel, and only where a policy lets them.
const isChannels = (table: TableState): boolean => table.schema === 'realtime' && table.name === 'messages' && table.policies.size > 0;
const channels: Nature = { kind: 'private', why: 'what is sent through private channels passes through it' };

const isSystem = (schema: string): boolean =>
  [
    'auth',
    'storage',
    'extensions',
    'realtime',
    'vault',
    'cron',
    'net',
    'graphql',
    'graphql_public',
    'pgmq',
    'supabase_functions',
    'supabase_migrations',
    'pg_catalog',
    'information_schema',
  ].includes(schema);

const identity = (source: DatabaseSource, entry: { schema: string; name: string; place: TableState['place'] }) => ({
  database: source.folder,
  schema: entry.schema,
  name: entry.name,
  place: entry.place,
});

/** At most `longest` characters; a cut is marked. */
export const clip = (text: string, longest: number): string => (text.length <= longest ? text : `${text.slice(0, longest - 1)}…`);

function bucketsOf(reaches: Reaches, catalog: Catalog, source: DatabaseSource): Bucket[] {
  const objects = catalog.tables.get('storage.objects');
  const named = [...bucketsNamed(reaches, objects)].filter(([name]) => !catalog.buckets.has(name));
  const all = [
    ...[...catalog.buckets.values()].map((bucket) => ({ ...bucket, created: true })),
    ...named.map(([name, policy]) => ({ name, public: false, created: false, place: policy.place, sql: policy.sql })),
  ];
  return all.map((bucket): Bucket => ({
    database: source.folder,
    name: bucket.name,
    public: bucket.public,
    created: bucket.created,
    place: bucket.place,
    sql: clip(bucket.sql, 600),
    access: {
      anon: bucketAccess(reaches, objects, bucket.name, 'anon'),
      authenticated: bucketAccess(reaches, objects, bucket.name, 'authenticated'),
    },
  }));
}

function policyOf(source: DatabaseSource, reaches: Reaches, { policy, using, check }: PolicyTerms): Policy {
  return {
    database: source.folder,
    name: policy.name,
    place: policy.place,
    sql: clip(policy.sql, 600),
    permissive: policy.permissive,
    command: policy.command,
    roles: policy.roles,
    ...(using && { using: predicate(reaches, using, written(policy, 'using')) }),
    ...(check && { check: predicate(reaches, check, written(policy, 'with\\s+check')) }),
    ...(policy.uncertain !== undefined && { uncertain: policy.uncertain }),
  };
}

function predicate(reaches: Reaches, term: Term, text: string): Predicate {
  const note = noteOf(term);
  return { text: clip(text, 300), kind: kindOf(term, reaches), columns: columnsOf(term), ...(note !== undefined && { note }) };
}

/** The text between the parentheses of USING (...) or WITH CHECK (...). */
function written({ sql }: Source, clause: string): string {
  const start = new RegExp(`\\b${clause}\\s*\\(`, 'i').exec(sql);
  if (!start) return '';
  const from = start.index + start[0].length;
  let depth = 1;
  let at = from;
  for (; at < sql.length && depth > 0; at += 1) {
    if (sql[at] === '(') depth += 1;
    else if (sql[at] === ')') depth -= 1;
  }
  return sql
    .slice(from, at - 1)
    .replace(/\s+/g, ' ')
    .trim();
}

function viewOf(analysis: Analysis, source: DatabaseSource, view: ViewState, served: readonly string[]): View {
  return {
    ...identity(source, view),
    sql: clip(view.sql, 600),
    securityInvoker: view.securityInvoker,
    materialized: view.materialized,
    exposed: served.includes(view.schema),
    ...(view.gone !== undefined && { uncertain: view.gone }),
    ...viewFacts(analysis, view),
    grantedTo: (['anon', 'authenticated'] as const).filter((role) => granted(view, 'select', role)),
  };
}

function functionOf(
  analysis: Analysis,
  reaches: Reaches,
  source: DatabaseSource,
  routine: RoutineState,
  served: readonly string[],
): DatabaseFunction {
  const returnsTrigger = routine.returns === 'trigger' || routine.returns === 'event_trigger';
  // Invoker functions do nothing that the caller could not do without them.
  // One that belongs to a role of the app's own is held by the policies for that role.
  const effects = routine.definer && routine.owner === undefined && !returnsTrigger ? effectsOf({ analysis, reaches }, routine) : [];
  const shown = /^table\((.*)\)$/.exec(routine.returns)?.[1];
  const read = effects.filter((effect) => effect.verb === 'select').map((effect) => analysis.catalog.tables.get(effect.table));
  const shows =
    shown === undefined
      ? read.flatMap((table) => (table ? holdsOf(table) : []))
      : kindsAmong(shown.split(', ').map((name) => ({ name, type: '' })));
  const tablesOf = (write: boolean): string[] => [
    ...new Set(effects.filter((effect) => (effect.verb !== 'select') === write).map((effect) => effect.table)),
  ];
  const callable = new Set(browserRoles.filter((role) => routine.execute.has(role)));
  if (callable.has('public')) for (const role of browserRoles) callable.add(role);
  return {
    ...identity(source, routine),
    arguments: routine.parameters.map((parameter) => `${parameter.name} ${parameter.type}`.trim()),
    returns: routine.returns,
    sql: clip(routine.sql, 600),
    definer: routine.definer,
    returnsTrigger,
    exposed: served.includes(routine.schema),
    executableBy: [...callable],
    revokedFromPublicOnly:
      routine.publicRevoked && (['anon', 'authenticated'] as const).some((role) => routine.execute.has(role) && !routine.named.has(role)),
    grantedTo: [...routine.named],
    asksCaller:
      /\bauth\s*\.\s*(?:uid|jwt|email|role)\s*\(|request\.jwt|\bcurrent_user\b|\bsession_user\b/i.test(routine.body) ||
      effects.some((effect) => effect.authenticated !== 'all'),
    effects,
    shows: [...new Set(shows)],
    reads: tablesOf(false),
    writes: tablesOf(true),
    searchPath: routine.searchPath,
    ...(routine.gone !== undefined && { uncertain: routine.gone }),
    language: routine.language,
  };
}
