import type { Node } from 'oxc-parser';
import {
  isAmbiguous,
  isPermissionHook,
  isRoleName,
  isSelfCall,
  isSelfHook,
  isSelfName,
  isSelfType,
  maybeSelfName,
  saysWhose,
} from './roles.ts';
import { type Binding, lookUp, type Scope } from './scope.ts';
import { bare, calleeName, isFunction, plainArguments, propertyOf, returned } from './syntax.ts';

/** Answers whether an expression speaks of the signed-in user. A row of a list has a role too: in doubt the answer is no. */
export interface Caller {
  /** The user, the session, the own profile or membership. */
  isSelf(node: Node, scope: Scope, depth?: number): boolean;
  /** The own role. */
  isRole(node: Node, scope: Scope, depth?: number): boolean;
  /** The list of own roles. */
  isRoles(node: Node, scope: Scope): boolean;
  /** A variable or property that says by its name what the signed-in user is, e.g. `isAdmin`. */
  isOwnFlag(name: string, scope: Scope): boolean;
}

const mostSteps = 6;
const holder =
  /^(?:user|currentUser|profile|userProfile|me|session|viewer|member|membership|claims|sessionClaims|publicMetadata|(?:app|user|public|private)_?[mM]etadata|data|account|auth|value|state)$/;
const carrier = /^(?:req|request|ctx|context|event|locals|session|auth|res)$/;

/** `text` is the whole file: what it asks elsewhere decides about names that say little. */
export function createCaller(text: string): Caller {
  const asksSelf =
    /auth\.getUser|getSession|onAuthStateChange|useAuth|useUser\(|useSession|currentUser|useCurrentUser|getCurrentUser|auth\.currentUser/.test(
      text,
    );
  const byParameter = /\buseParams\b|\bparams\.(?:id|userId|slug)\b/.test(text);

  const isHookResult = (init: Node | undefined, name: string): boolean => {
    const call = init ? bare(init) : undefined;
    if (call?.type !== 'CallExpression') return false;
    const callee = calleeName(call);
    if (callee === 'useContext' || callee === 'use') return /auth|user|session|role|permission/i.test(text.slice(call.start, call.end));
    if (isSelfHook(callee))
      return (
        !/(?:ById|Detail|List)s?$/.test(callee) &&
        plainArguments(call).every((argument) => argument.type !== 'Identifier' || /^(?:user|session|auth)/i.test(argument.name))
      );
    if (/^use(?:Query|SWR|Suspense\w*|Async\w*|Live\w*)$/.test(callee))
      return (
        (maybeSelfName(name) || isSelfName(name) || isRoleName(name)) &&
        /auth|session|user\??\.id|userId|['"`](?:me|profile|current\w*|my\w*)['"`]/i.test(text.slice(call.start, call.end))
      );
    return isSelfCall(callee);
  };

  const isSelf = (node: Node, scope: Scope, depth = 0): boolean => {
    const at = bare(node);
    if (depth > mostSteps) return false;
    if (at.type === 'Identifier') return isSelfBinding(at.name, lookUp(scope, at.name), depth);
    if (at.type === 'MemberExpression') {
      const property = propertyOf(at) ?? '';
      const base = bare(at.object);
      if (/^(?:user|currentUser|session|auth|member)$/.test(property) && base.type === 'Identifier' && carrier.test(base.name)) return true;
      // `memberships[0]`
      if (at.computed && isSelf(base, scope, depth + 1)) return true;
      return (holder.test(property) || isSelfName(property)) && isSelf(base, scope, depth + 1);
    }
    if (at.type === 'LogicalExpression') return isSelf(at.left, scope, depth + 1) || isSelf(at.right, scope, depth + 1);
    if (at.type === 'ConditionalExpression') return isSelf(at.consequent, scope, depth + 1) || isSelf(at.alternate, scope, depth + 1);
    if (at.type !== 'CallExpression') return false;
    const name = calleeName(at);
    const [first] = plainArguments(at);
    if (name === 'useMemo' && isFunction(first)) return isSelf(returned(first) ?? first, scope, depth + 1);
    // The own row out of a list: found by the own id.
    if (name === 'find')
      return /(?:user|session|auth|me|profile|current\w*)\??\.(?:user\??\.)?(?:id|uid|sub)\b|currentUserId|\buserId\b/.test(
        text.slice(at.start, at.end),
      );
    return isHookResult(at, '') || isSelfCall(name);
  };

  const isSelfBinding = (name: string, binding: Binding | undefined, depth: number): boolean => {
    if (!binding || binding.kind === 'unit') return false;
    if (binding.kind === 'import') return isSelfName(name);
    if (binding.kind === 'parameter')
      return isSelfType(binding.type) || (binding.of !== 'callback' && (isSelfName(name) || isSelfName(binding.property ?? '')));
    if (binding.state) return isSelfName(name) || (maybeSelfName(name) && asksSelf && !byParameter);
    if (!binding.init) return false;
    if (binding.path.length === 0) return isHookResult(binding.init, name) || isSelf(binding.init, binding.scope, depth + 1);
    if (!binding.path.every((part) => holder.test(part) || isSelfName(part) || /^\d$/.test(part))) return false;
    return isHookResult(binding.init, name) || isSelf(binding.init, binding.scope, depth + 1);
  };

  const isRole = (node: Node, scope: Scope, depth = 0): boolean => {
    const at = bare(node);
    if (depth > mostSteps) return false;
    if (at.type === 'LogicalExpression') return isRole(at.left, scope, depth + 1) || isRole(at.right, scope, depth + 1);
    if (at.type === 'ConditionalExpression') return isRole(at.consequent, scope, depth + 1) || isRole(at.alternate, scope, depth + 1);
    if (at.type === 'MemberExpression') {
      const property = propertyOf(at) ?? '';
      if (isRoleName(property)) return isSelf(at.object, scope);
      return /^(?:name|slug|key|code|type|value)$/.test(property) && isRole(at.object, scope, depth + 1);
    }
    if (at.type === 'CallExpression') {
      const name = calleeName(at);
      if (/^(?:toLowerCase|toUpperCase|trim|toString)$/.test(name) && at.callee.type === 'MemberExpression')
        return isRole(at.callee.object, scope, depth + 1);
      const [first] = plainArguments(at);
      if (name === 'useMemo' && isFunction(first)) return isRole(returned(first) ?? first, scope, depth + 1);
      if (/^(?:String|normalize\w*Role|parseRole|toRole)$/i.test(name) && first) return isRole(first, scope, depth + 1);
      return /^(?:use|get|fetch)(?:My|User|Current|Auth|Member|Org|Organization|Team|CurrentUser)*Role$/.test(name);
    }
    if (at.type !== 'Identifier') return false;
    const binding = lookUp(scope, at.name);
    if (!binding || binding.kind === 'unit' || binding.kind === 'import') return false;
    if (binding.kind === 'parameter') return isRoleName(at.name) && saysWhose(at.name) && binding.of !== 'callback';
    if (binding.state) return isRoleName(at.name) && (saysWhose(at.name) || fedFromProfile(at.name));
    if (!binding.init) return false;
    if (binding.path.length === 0)
      return isRole(binding.init, binding.scope, depth + 1) || (isRoleName(at.name) && isHookResult(binding.init, at.name));
    return isRoleName(binding.path.at(-1) ?? '') && (isHookResult(binding.init, at.name) || isSelf(binding.init, binding.scope));
  };

  // `setRole(profile.role)`, and not the field of a form that asks for a role.
  const fedFromProfile = (name: string): boolean => {
    const setter = `set${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    return new RegExp(`\\b${setter}\\([^)]*(?:\\.role|\\bdata\\b)`).test(text) && !new RegExp(`value=\\{${name}\\}`).test(text);
  };

  const isRoles = (node: Node, scope: Scope): boolean => {
    const at = bare(node);
    const named = (name: string): boolean => /^(?:user|my|current|auth|assigned)?_?(?:roles|permissions|roleNames|scopes)$/i.test(name);
    if (at.type === 'LogicalExpression') return isRoles(at.left, scope);
    if (at.type === 'MemberExpression') return named(propertyOf(at) ?? '') && isSelf(at.object, scope);
    if (at.type !== 'Identifier' || !named(at.name)) return false;
    const binding = lookUp(scope, at.name);
    if (binding?.kind !== 'value') return false;
    if (binding.state) return /^(?:user|my|current)/i.test(at.name);
    if (!binding.init) return false;
    return isHookResult(binding.init, at.name) || isSelf(binding.init, binding.scope) || isRoles(binding.init, binding.scope);
  };

  const isOwnFlag = (name: string, scope: Scope): boolean => {
    const binding = lookUp(scope, name);
    if (!binding) return false;
    const sure = !isAmbiguous(name);
    if (binding.kind === 'parameter') return sure && binding.of === 'component';
    if (binding.kind === 'unit') return sure || /^use/.test('source' in binding.target ? binding.target.name : binding.target.unit);
    if (binding.kind === 'import') return sure;
    if (binding.state) return sure;
    const call = binding.init ? bare(binding.init) : undefined;
    if (call?.type !== 'CallExpression') return binding.path.length > 0 && call !== undefined && isSelf(call, binding.scope);
    const callee = calleeName(call);
    if (callee === 'useState' || callee === 'ref') return sure;
    if (isHookResult(call, name) || isPermissionHook(callee)) return true;
    return sure && /^(?:use|is|has|check|get)/.test(callee);
  };

  return { isSelf, isRole, isRoles, isOwnFlag };
}
