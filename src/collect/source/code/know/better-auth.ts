import { flagged, guarded, nothing } from '../interpret/state.ts';
import { api, literal, native, type NativeCall, object, oneOf, unknown, type Value } from '../interpret/value.ts';
import { maybeUser, raise } from './identity.ts';

/** better-auth's server object: `auth.api.getSession()` asks the session's store, `verifyApiKey()` that of the keys. */
export function betterAuthPackage(packageName: string, name: string): Value | undefined {
  return packageName === 'better-auth' && name === 'betterAuth' ? native(() => server) : undefined;
}

const server: Value = api('better-auth', {
  member: (name) =>
    name === 'api'
      ? api('better-auth-api', { member: (method) => methods[method] ?? checkedBy(method) })
      : name === 'handler'
        ? ownPaths
        : undefined,
});

// What arrives at its own paths (sign-in, callbacks, webhooks of its Stripe plugin) the library checks by itself.
const ownPaths: Value = native((call) => {
  raise(call, flagged('proof', 'better-auth checks what it is sent', call.module.placeOf(call.node)));
  return { response: 'answer' };
});

const own =
  /^(?:listSessions|revoke(?:Other)?Sessions?|change(?:Password|Email)|updateUser|deleteUser|setPassword|listUserAccounts|(?:un)?linkAccount|listUserInvitations|accept\w*Invitation|reject\w*Invitation|listUserTeams|setActive\w*)$/;
const ofOrganization =
  /^(?:inviteMember|cancelInvitation|removeMember|updateMemberRole|addMember|listMembers|listInvitations|getFullOrganization|(?:update|delete|leave)Organization|(?:create|update|remove)Team|listTeams|listActiveSubscriptions|hasPermission)$/;
const ofAdmin =
  /^(?:listUsers|setRole|(?:un)?banUser|removeUser|impersonateUser|setUserPassword|adminUpdateUser|listUserSessions|revokeUserSessions?)$/;

/** Endpoints of better-auth called on the server: with the request's headers they throw for whoever may not. */
function checkedBy(method: string): Value | undefined {
  const level = ofAdmin.test(method)
    ? 'role'
    : ofOrganization.test(method)
      ? 'tenant'
      : own.test(method) || method === 'listOrganizations'
        ? 'identity'
        : undefined;
  if (level === undefined) return undefined;
  return native((call) => {
    if (!call.args[0]?.props?.has('headers')) return unknown;
    raise(call, guarded(level, `auth.api.${method}()`, call.module.placeOf(call.node), level === 'role' ? ['admin'] : []));
    // The caller's organisations: what is among them is theirs.
    if (method === 'listOrganizations') return { items: [{ who: { level: 'identity', part: 'tenant' } }], open: true };
    return unknown;
  });
}

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
