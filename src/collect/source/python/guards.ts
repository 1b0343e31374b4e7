import type { Place } from '../../../core/finding.ts';
import type { AuthLevel, Guard } from '../../../evidence/routes.ts';
import { dependencies } from './fastapi.ts';
import { keyOf, type Machine } from './machine.ts';
import { type FunctionValue, isFalse, isTrue, itemsOf, lineage, nameOf, type Value } from './value.ts';

const roleWords = /admin|super_?user|staff|role|permission|scope|privileg|owner/i;
const optional = /optional|maybe|or_none|if_any|anonymous|try_/i;
/** What a dependency is called that gives whoever is signed in. */
const named =
  /^(?:get_|require_|fetch_|verify_|validate_)?(?:current|authenticated|logged_in|auth(?:orized)?|active)_?(?:active_|admin_|super)?(?:user|account|member|principal|session|employee|customer)\w*$|^(?:require_|check_|ensure_|verify_)(?:auth\w*|login|user|token|jwt|admin|role\w*|permission\w*|api_?key)$|^login_required$|^(?:token|auth|jwt|admin|role|roles|permission|permissions)_required$/i;

/** What packages offer to ask who is calling, by full name. */
const known: readonly [RegExp, AuthLevel][] = [
  [
    /^(?:flask_login|quart_auth|flask_security\.\w+|flask_security)\.(?:login_required|auth_required|fresh_login_required)(?:\(\))?$/,
    'identity',
  ],
  [/^flask_security(?:\.\w+)?\.(?:roles|permissions)_(?:required|accepted)$/, 'role'],
  [/^flask_jwt_extended\.(?:jwt_required|fresh_jwt_required|jwt_refresh_token_required)$/, 'identity'],
  [/^flask_httpauth\.\w+\(\)\.login_required$/, 'identity'],
  [/^django\.contrib\.auth\.decorators\.login_required$/, 'identity'],
  [/^django\.contrib\.auth\.decorators\.permission_required$/, 'role'],
  [/^django\.contrib\.admin\.views\.decorators\.staff_member_required$/, 'role'],
  [/(?:^|\.)LoginRequiredMixin$/, 'identity'],
  [/(?:^|\.)PermissionRequiredMixin$/, 'role'],
  [/^rest_framework\.permissions\.(?:IsAuthenticated|DjangoModelPermissions|DjangoObjectPermissions)$/, 'identity'],
  [/^rest_framework\.permissions\.IsAdminUser$/, 'role'],
  [/^fastapi_users\.\w*\(\)\.current_user$|^fastapi_users(?:\.\w+)?\.FastAPIUsers\(\)\.current_user$/, 'identity'],
  [/^(?:fastapi|starlette)\.authentication\.requires$/, 'identity'],
];
/** Schemes that only ask that something is sent. */
const schemes =
  /^fastapi\.security(?:\.\w+)?\.(?:OAuth2PasswordBearer|OAuth2AuthorizationCodeBearer|HTTPBearer|HTTPBasic|APIKeyHeader|APIKeyCookie|APIKeyQuery|OpenIdConnect)$/;

/** Refusals of those who are not signed in, and of those who may not. */
const unknownCaller = /\b(?:HTTP_)?401\b|HTTP_401_|\bUnauthorized\b|\bNotAuthenticated\b|credentials_exception/;
const forbidden = /\b(?:HTTP_)?403\b|HTTP_403_|\bForbidden\b|\bPermissionDenied\b/;
/** Refuses for another reason than who is calling. */
const elsewise = /csrf|xsrf|rate|limit|throttl|origin|captcha|maintenance|(?:^|_)ip(?:_|$)|signature|webhook|idempot/i;

/** The guards among what stands before a handler: only what surely asks who is calling. Of everything else nothing is said. */
export function guardsOf(machine: Machine, values: readonly Value[], place: Place): Guard[] {
  const found = new Map<string, Guard>();
  for (const value of values) {
    const guard = guardOf(machine, value, new Set());
    if (guard) found.set(`${guard.level} ${guard.what}`, guard.place.file ? guard : { ...guard, place });
  }
  return [...found.values()].slice(0, 8);
}

function guardOf(machine: Machine, value: Value, seen: Set<string>): Guard | undefined {
  if (value.kind === 'class') {
    const base = lineage(value).find((one) => one !== value && known.some(([name]) => name.test(nameOf(one))));
    return base ? byName(nameOf(base), value.module.place(value.node)) : undefined;
  }
  if (value.kind === 'function') return byFunction(machine, value, seen);
  if (value.kind === 'external') return byName(value.name, {});
  if (value.kind !== 'call') return undefined;
  if (/(?:^|\.)(?:Depends|Security)$/.test(value.callee)) {
    const on = value.args[0] ?? value.named.get('dependency');
    if (!on) return undefined;
    const guard = guardOf(machine, on, seen);
    return guard && { ...guard, place: guard.place.file ? guard.place : value.place };
  }
  if (/(?:^|\.)method_decorator$/.test(value.callee) || /(?:^|\.)permission_classes$/.test(value.callee))
    return guardsOf(
      machine,
      value.args.flatMap((arg) => (arg.kind === 'list' ? itemsOf(arg) : [arg])),
      value.place,
    )[0];
  if (schemes.test(value.callee))
    return isFalse(value.named.get('auto_error'))
      ? undefined
      : { level: 'presence', what: `${last(value.callee)} asks for a credential`, place: value.place };
  if (isTrue(value.named.get('optional'))) return undefined;
  return byName(value.callee, value.place);
}

const last = (name: string): string => name.split('.').at(-1) ?? name;

function byName(name: string, place: Guard['place']): Guard | undefined {
  const level = known.find(([one]) => one.test(name))?.[1];
  return level && { level, what: last(name.replace(/\(\)$/, '')), place };
}

/** A function of the repo that refuses with 401 or 403, or is called as one that gives the current user; so is one that depends on such a one. */
function byFunction(machine: Machine, value: FunctionValue, seen: Set<string>): Guard | undefined {
  const key = keyOf(value);
  if (seen.has(key)) return undefined;
  seen.add(key);
  if (optional.test(value.name) || elsewise.test(value.name)) return undefined;
  const text = value.module.text.slice(value.node.from, value.node.to);
  const place = value.module.place(value.node);
  const lines = text.split('\n');
  const refuses = (how: RegExp): boolean =>
    lines.some((line, nth) => /\b(?:raise|abort\()/.test(line) && how.test(lines.slice(nth, nth + 3).join(' ')));
  const ofRole = roleWords.test(value.name);
  if (refuses(unknownCaller)) return { level: ofRole ? 'role' : 'identity', what: `${value.name} refuses whoever is not signed in`, place };
  if (named.test(value.name)) return { level: ofRole ? 'role' : 'identity', what: value.name, place };
  for (const inner of dependencies(machine, value)) {
    const guard = guardOf(machine, inner, seen);
    // Who is signed in and refused all the same is refused for what they are.
    if (guard) return ofRole && refuses(forbidden) ? { level: 'role', what: `${value.name} refuses whoever may not`, place } : guard;
  }
  return undefined;
}
