import type { DataAccess, DataClient } from '../../../../evidence/routes.ts';
import type { Module } from '../module.ts';
import { recordEffect } from '../interpret/log.ts';
import { guarded, nothing } from '../interpret/state.ts';
import {
  api,
  inputOf,
  literal,
  type Machine,
  native,
  type NativeCall,
  object,
  oneOf,
  type Span,
  some,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { access, type Filter, rows } from './access.ts';

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
  if (name === 'createClient') return native(({ args }) => supabaseClient(clientRights(args)));
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

function clientRights(args: readonly Value[]): DataClient {
  if (isService(args[1])) return 'service';
  const headers = args[2]?.props?.get('global')?.props?.get('headers');
  if (headers && [...(headers.props?.keys() ?? [])].some((name) => name.toLowerCase() === 'authorization')) return 'user';
  if (args[2]?.props?.has('accessToken')) return 'user';
  const key = args[1];
  return key && (some(key, (value) => value.env !== undefined) || key.literal) ? 'anon' : 'unknown';
}

const user = (): Value => ({ who: { level: 'identity', part: 'user' } });

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
          next({ operation: query.operation ?? operation, ...(args[0] && name !== 'select' && name !== 'delete' && { values: args[0] }) }),
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

const answer = (data: Value, found = nothing): Value =>
  oneOf([
    { value: object({ data, error: literal(null), count: unknown }, true), state: found },
    { value: object({ data: literal(null), error: object({}, true), count: literal(null) }, true), state: nothing },
  ]);

function run(machine: Machine, query: Query): Value {
  const { row, found } = access(machine, {
    kind: query.kind,
    name: query.name,
    operation: query.operation ?? 'read',
    client: query.client,
    filters: query.filters,
    openFilter: query.open,
    ...(query.values && { values: query.values }),
    node: query.node,
    module: query.module,
  });
  return answer(query.single ? row : rows(row), query.single ? found : nothing);
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
      const { row } = access(machine, { kind: 'rpc', name, operation: 'call', client, filters, node: call.node, module: call.module });
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

function auth(client: DataClient): Value {
  const known = (level: 'identity' | 'unverified-session', what: string, wrap: (who: Value) => Value, none: Value) =>
    native(({ node, module }) =>
      oneOf([
        { value: object({ data: wrap(user()), error: literal(null) }), state: guarded(level, what, module.placeOf(node)) },
        { value: object({ data: none, error: object({}, true) }), state: nothing },
        { value: object({ data: none, error: literal(null) }), state: nothing },
      ]),
    );
  return api('supabase-auth', {
    member: (name) => {
      if (name === 'getUser')
        return known('identity', 'supabase.auth.getUser()', (who) => object({ user: who }), object({ user: literal(null) }));
      if (name === 'getClaims') return known('identity', 'supabase.auth.getClaims()', (who) => object({ claims: who }), literal(null));
      if (name === 'getSession') {
        const weak: Value = { who: { level: 'unverified-session', part: 'user' } };
        return known(
          'unverified-session',
          'supabase.auth.getSession(), which trusts the cookie',
          () => object({ session: weak }),
          object({ session: literal(null) }),
        );
      }
      if (name === 'admin') return admin(client);
      if (name === 'signInWithPassword' || name === 'verifyOtp' || name === 'exchangeCodeForSession')
        return native(({ node, module }) =>
          oneOf([
            {
              value: object({ data: object({ user: user(), session: user() }), error: literal(null) }),
              state: guarded('identity', `supabase.auth.${name}()`, module.placeOf(node)),
            },
            { value: object({ data: object({ user: literal(null), session: literal(null) }), error: object({}, true) }), state: nothing },
          ]),
        );
      return native(() => answer(object({}, true)));
    },
  });
}

const adminOperations: Record<string, DataAccess['operation']> = {
  createUser: 'create',
  deleteUser: 'delete',
  updateUserById: 'update',
  listUsers: 'read',
  getUserById: 'read',
  generateLink: 'create',
  inviteUserByEmail: 'create',
};

function admin(client: DataClient): Value {
  return api('supabase-admin', {
    member: (name) =>
      native(({ machine, args, node, module }) => {
        const operation = adminOperations[name];
        if (!operation) return unknown;
        const values = args.find((arg) => arg.props);
        const id =
          name === 'updateUserById' || name === 'deleteUser' || name === 'getUserById' ? [{ column: 'id', value: args[0] ?? unknown }] : [];
        const { row } = access(machine, {
          kind: 'accounts',
          name: `auth.users (${name})`,
          operation,
          client,
          filters: id,
          ...(values && { values }),
          node,
          module,
        });
        const password = values?.props?.get('password');
        if (name === 'updateUserById' && password && inputOf(password) && machine.state)
          recordEffect(
            machine.log,
            {
              kind: 'password',
              what: `supabase.auth.admin.${name}`,
              place: module.placeOf(node),
              auth: machine.state.auth,
              fromInput: ['password', ...(id[0] && inputOf(id[0].value) ? ['id'] : [])],
            },
            machine.state,
          );
        return answer(object({ user: row, users: rows(row), properties: unknown }, true));
      }),
  });
}

const storageOperations: Record<string, DataAccess['operation']> = {
  upload: 'create',
  update: 'update',
  download: 'read',
  remove: 'delete',
  list: 'read',
  move: 'update',
  copy: 'create',
  createSignedUrl: 'read',
  createSignedUrls: 'read',
  createSignedUploadUrl: 'create',
};

const storage = (client: DataClient): Value =>
  api('supabase-storage', {
    member: (name) =>
      name === 'from'
        ? native((bucket) =>
            api('supabase-bucket', {
              member: (verb) =>
                native(({ machine, args, node, module }) => {
                  const operation = storageOperations[verb];
                  if (!operation) return unknown;
                  const key = args[0]?.items?.[0] ?? args[0] ?? unknown;
                  access(machine, {
                    kind: 'storage',
                    name: stringOf(bucket.args[0]) ?? '*',
                    operation,
                    client,
                    filters: pathFilters(key),
                    node,
                    module,
                  });
                  return answer(unknown);
                }),
            }),
          )
        : native(() => answer(unknown)),
  });

/** An object key tied to the caller: one of its parts is the caller's id or tenant. */
function pathFilters(key: Value): Filter[] {
  const parts = key.parts?.filter((part): part is Value => typeof part !== 'string') ?? [key];
  return parts.map((value) => ({ column: 'name', value }));
}
