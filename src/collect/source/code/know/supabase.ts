import { answer, user } from './supabase-answer.ts';
import { type DataAccess, type DataClient } from '../../../../evidence/routes.ts';
import { type Module } from '../module.ts';
import { found as foundRow } from '../interpret/rows.ts';
import { guarded, nothing, type State } from '../interpret/state.ts';
import { tally } from '../interpret/made.ts';
import {
  type Machine,
  type NativeCall,
  type Span,
  type Value,
  alternativesOf,
  api,
  literal,
  native,
  oneOf,
  some,
  stringOf,
  unknown,
} from '../interpret/value.ts';
import { type Filter, access, maybeRow, rows } from './access.ts';
import { type Asked, askedOfRest } from './asked.ts';
import { auth } from './supabase-auth.ts';
import { storage } from './supabase-storage.ts';

const packages = new Set([
  '@supabase/supabase-js',
  '@supabase/ssr',
  '@supabase/auth-helpers-nextjs',
  '@supabase/auth-helpers-react',
  '@supabase/auth-helpers-remix',
  '@supabase/auth-helpers-sveltekit',
  '@supabase/server',
]);

/** What the Supabase packages export. */
export function supabasePackage(packageName: string, name: string): Value | undefined {
  if (!packages.has(packageName)) return undefined;
  if (name === '*' || name === 'default') return api('supabase-module', { member: (member) => supabasePackage(packageName, member) });
  if (name === 'createClient') return native(({ args, machine }) => supabaseClient(clientRights(args, machine.state)));
  if (name === 'createServerClient') return native(({ args }) => supabaseClient(isService(args[1]) ? 'service' : 'user'));
  if (/^create.*Client$/.test(name)) return native(() => supabaseClient('user'));
  return undefined;
}

/** Nuxt's module gives its server helpers without an import. */
export const nuxtSupabase: ReadonlyMap<string, Value> = new Map([
  ['serverSupabaseServiceRole', native(() => supabaseClient('service'))],
  ['serverSupabaseClient', native(() => supabaseClient('user'))],
  [
    'serverSupabaseUser',
    native(({ node, module }) =>
      oneOf([
        { value: user(), state: guarded('identity', 'serverSupabaseUser()', module.placeOf(node)) },
        { value: literal(null), state: nothing },
      ]),
    ),
  ],
]);

const serviceName = /service|secret|admin/i;
const isService = (key: Value | undefined): boolean =>
  key !== undefined &&
  some(
    key,
    (value) =>
      (value.env !== undefined && serviceName.test(value.env)) ||
      (typeof value.literal?.is === 'string' &&
        (value.literal.is.startsWith('sb_secret_') || jwtRole(value.literal.is) === 'service_role')),
  );

function jwtRole(token: string): string | undefined {
  try {
    return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as { role?: string }).role;
  } catch {
    return undefined;
  }
}

const authorization = (headers: Value): Value | undefined =>
  [...(headers.props ?? [])].find(([name]) => name.toLowerCase() === 'authorization')?.[1];

// A header of one's own wins over the key: with the caller's, row-level security runs as the caller, whichever key stands beside it.
function runsAsCaller(headers: Value, state: State | undefined): boolean {
  const sent = alternativesOf(headers).map(({ value }) => authorization(value));
  const isCallers = (value: Value): boolean =>
    !isService(value) && some(value, ({ input, who }) => input !== undefined || who !== undefined);
  // `header ? { Authorization: header } : {}` is the key where no header comes, unless that is asked for before.
  const comes =
    state?.flags.has('verified-token') === true || (state?.guards.some(({ what }) => /^header authorization\b/.test(what)) ?? false);
  return sent.some((value) => value !== undefined) && sent.every((value) => (value ? isCallers(value) : comes));
}

function clientRights(args: readonly Value[], state: State | undefined): DataClient {
  const headers = args[2]?.props?.get('global')?.props?.get('headers');
  if (headers && runsAsCaller(headers, state)) return 'user';
  if (isService(args[1])) return 'service';
  if (headers && authorization(headers)) return 'user';
  if (args[2]?.props?.has('accessToken')) return 'user';
  const key = args[1];
  return key && (some(key, (value) => value.env !== undefined) || key.literal) ? 'anon' : 'unknown';
}

/** A Supabase client with these rights. */
export function supabaseClient(client: DataClient): Value {
  return api('supabase', {
    data: { client },
    member: (name) => {
      if (name === 'from' || name === 'table')
        return native((call) =>
          builder({
            client,
            kind: 'table',
            name: stringOf(call.args[0]) ?? '*',
            filters: [],
            open: false,
            node: call.node,
            module: call.module,
          }),
        );
      if (name === 'schema') return native(() => supabaseClient(client));
      if (name === 'rpc') return native((call) => rpc(call, client));
      if (name === 'auth') return auth(client);
      if (name === 'storage') return storage(client);
      if (name === 'functions') return api('supabase-functions', { member: () => native(() => unknown) });
      return undefined;
    },
  });
}

interface Query {
  readonly client: DataClient;
  readonly kind: DataAccess['kind'];
  readonly name: string;
  readonly operation?: DataAccess['operation'];
  readonly filters: readonly Filter[];
  readonly open: boolean;
  readonly values?: Value;
  readonly single?: boolean;
  /** Columns it asks for. */
  readonly asks?: Asked;
  /** Asks for the number of rows only. */
  readonly head?: boolean;
  readonly node: Span;
  readonly module: Module;
}

const comparisons = new Set(['eq', 'in', 'is', 'contains', 'containedBy', 'like', 'ilike', 'gt', 'gte', 'lt', 'lte', 'overlaps']);
const operations: Record<string, DataAccess['operation']> = {
  select: 'read',
  insert: 'create',
  upsert: 'update',
  update: 'update',
  delete: 'delete',
};

function builder(query: Query): Value {
  const next = (change: Partial<Query>): Value => builder({ ...query, ...change });
  return api('supabase-query', {
    data: query,
    settle: (machine) => run(machine, query),
    member: (name) => {
      const operation = operations[name];
      // `.insert(row).select()` returns the row: the write stays the operation.
      if (operation)
        return native(({ args }) =>
          next({
            ...(args[1]?.props?.get('head')?.literal?.is === true && { head: true }),
            operation: query.operation ?? operation,
            ...(name === 'select' && { asks: askedOfRest(args[0]) }),
            ...(args[0] && name !== 'select' && name !== 'delete' && { values: args[0] }),
          }),
        );
      if (comparisons.has(name))
        return native(({ args }) =>
          args[0]?.literal
            ? next({ filters: [...query.filters, { column: stringOf(args[0]) ?? '*', value: args[1] ?? unknown }] })
            : next({ open: true }),
        );
      if (name === 'match')
        return native(({ args }) =>
          args[0]?.props
            ? next({ filters: [...query.filters, ...[...args[0].props].map(([column, value]) => ({ column, value }))] })
            : next({ open: true }),
        );
      if (name === 'filter' || name === 'or' || name === 'not' || name === 'neq')
        return native(({ args }) =>
          name === 'filter'
            ? next({ filters: [...query.filters, { column: stringOf(args[0]) ?? '*', value: args[2] ?? unknown }] })
            : next(name === 'or' ? { open: true } : {}),
        );
      if (name === 'single' || name === 'maybeSingle') return native(() => next({ single: true }));
      if (name === 'then' || name === 'catch' || name === 'finally') return undefined;
      return native(() => next({}));
    },
  });
}

function run(machine: Machine, query: Query): Value {
  const { row, found } = access(machine, {
    kind: query.kind,
    name: query.name,
    operation: query.operation ?? 'read',
    client: query.client,
    filters: query.filters,
    openFilter: query.open,
    ...(query.values && { values: query.values }),
    asks: query.asks,
    node: query.node,
    module: query.module,
  });
  // Only the number of rows comes back.
  if (query.head) return answer(tally);
  return answer(query.single ? foundRow(row) : rows(row), query.single ? found : nothing);
}

function rpc(call: NativeCall, client: DataClient): Value {
  const name = stringOf(call.args[0]) ?? '*';
  const values = call.args[1];
  const filters = [...(values?.props ?? [])].map(([column, value]) => ({ column: column.replace(/^_|^p_/, ''), value }));
  const role = /^(has|is|check|current|get|user)_?(user_)?(role|admin|super|owner|staff|platform|perm)|is_.*(admin|owner|staff)/i.test(
    name,
  );
  return api('supabase-query', {
    settle: (machine) => {
      const { row, found } = access(machine, {
        kind: 'rpc',
        name,
        operation: 'call',
        client,
        filters,
        node: call.node,
        module: call.module,
      });
      // A function asked with a token the caller presents (`get_session_by_token`) gives the row of that token, alone or in a list, or nothing.
      if (!role && found.flags.has('proof')) return answer({ ...row, whenTrue: found, items: [maybeRow(row, found)], open: true });
      if (!role) return answer(row);
      const state = guarded(
        'role',
        `rpc ${name}`,
        call.module.placeOf(call.node),
        filters.flatMap(({ value }) => (typeof value.literal?.is === 'string' ? [value.literal.is] : [])),
      );
      return answer({ whenTrue: state, who: { level: 'identity', part: 'role' } });
    },
    member: (member) => (member === 'then' || member === 'catch' || member === 'finally' ? undefined : native(({ self }) => self)),
  });
}
