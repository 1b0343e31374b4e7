import { guarded, nothing } from '../interpret/state.ts';
import { api, literal, native, type NativeCall, object, oneOf, unknown, type Value } from '../interpret/value.ts';
import { maybeUser } from './identity.ts';

/** better-auth's server object: `auth.api.getSession()` asks the session's store, `verifyApiKey()` that of the keys. */
export function betterAuthPackage(packageName: string, name: string): Value | undefined {
  return packageName === 'better-auth' && name === 'betterAuth' ? native(() => server) : undefined;
}

const server: Value = api('better-auth', {
  member: (name) => (name === 'api' ? api('better-auth-api', { member: (method) => methods[method] }) : undefined),
});

const session = (who: Value): Value => ({ ...who, props: new Map([['user', who]]), open: true });

const key = (call: NativeCall): Value =>
  oneOf([
    {
      value: object({ valid: literal(true), error: literal(null), key: { who: { level: 'identity', part: 'user' } } }),
      state: guarded('identity', 'auth.api.verifyApiKey()', call.module.placeOf(call.node)),
    },
    { value: object({ valid: literal(false), error: unknown, key: literal(null) }), state: nothing },
  ]);

const permission = (call: NativeCall): Value =>
  object({
    success: { whenTrue: guarded('role', call.module.snippet(call.node, 90), call.module.placeOf(call.node)) },
    error: unknown,
  });

const methods: Readonly<Record<string, Value>> = {
  getSession: native((call) => maybeUser(call, 'auth.api.getSession()', 'identity', session)),
  getActiveMember: native((call) => maybeUser(call, 'auth.api.getActiveMember()')),
  verifyApiKey: native(key),
  hasPermission: native(permission),
  userHasPermission: native(permission),
};
