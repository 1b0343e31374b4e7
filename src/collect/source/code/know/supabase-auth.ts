import { answer, user } from './supabase-answer.ts';
import { type DataAccess, type DataClient } from '../../../../evidence/routes.ts';
import { recordEffect } from '../interpret/log.ts';
import { guarded, nothing } from '../interpret/state.ts';
import { type Value, api, inputOf, literal, native, object, oneOf, unknown } from '../interpret/value.ts';
import { access, rows } from './access.ts';

export function auth(client: DataClient): Value {
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
