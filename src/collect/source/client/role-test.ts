import type { CallExpression, Node } from 'oxc-parser';
import type { Caller } from './caller.ts';
import { isLow } from '../../../evidence/role-names.ts';
import { asksPermission, asksRole, isPermissionHook, roleOfName } from './roles.ts';
import { lookUp, type Scope, stringsOf } from './scope.ts';
import { bare, calleeName, isFunction, plainArguments, propertyOf, returned } from './syntax.ts';

/** What must hold of the signed-in user: he has one of these roles, or (`except`) none of them. */
export interface RoleCondition {
  readonly roles: readonly string[];
  readonly except: boolean;
  /** Properties of the component that name the roles, or without which it does not ask. */
  readonly props: readonly string[];
}

/** What a condition says about the role of the signed-in user when it holds and when it does not. */
export interface RoleTest {
  readonly whenTrue: readonly RoleCondition[];
  readonly whenFalse: readonly RoleCondition[];
  /** A property of the component that switches the question on: taken for given, since without it nothing is guarded. */
  readonly given?: { readonly value: boolean; readonly props: readonly string[] };
}

const nothing: RoleTest = { whenTrue: [], whenFalse: [] };
const asking = /role|permission|admin|allow|require|access|scope/i;
const mostSteps = 8;

/** True for a condition that keeps something from ordinary customers. */
export const isElevated = ({ roles, except, props }: RoleCondition): boolean =>
  props.length > 0 || (except ? roles.some(isLow) : roles.length > 0 && !roles.some(isLow));

/** Reads conditions. */
export function createRoleTest(caller: Caller): (node: Node, scope: Scope) => RoleTest {
  const is = (roles: readonly string[], props: readonly string[] = []): RoleTest =>
    roles.length + props.length === 0
      ? nothing
      : { whenTrue: [{ roles, except: false, props }], whenFalse: [{ roles, except: true, props }] };

  const property = (node: Node, scope: Scope): string | undefined => {
    const at = bare(node);
    if (at.type === 'MemberExpression') return at.object.type === 'Identifier' && at.object.name === 'props' ? propertyOf(at) : undefined;
    if (at.type !== 'Identifier') return undefined;
    const binding = lookUp(scope, at.name);
    return binding?.kind === 'parameter' && binding.of === 'component' ? binding.property : undefined;
  };

  const test = (node: Node, scope: Scope, depth = 0): RoleTest => {
    const at = bare(node);
    if (depth > mostSteps) return nothing;
    switch (at.type) {
      case 'UnaryExpression':
        return at.operator === '!' ? opposite(test(at.argument, scope, depth + 1)) : nothing;
      case 'LogicalExpression':
        return at.operator === '&&'
          ? both(test(at.left, scope, depth + 1), test(at.right, scope, depth + 1))
          : at.operator === '||'
            ? opposite(both(opposite(test(at.left, scope, depth + 1)), opposite(test(at.right, scope, depth + 1))))
            : test(at.left, scope, depth + 1);
      case 'ConditionalExpression': {
        // `role ? allowed.includes(role) : false`, `required ? role === required : true`
        const asked = test(at.test, scope, depth + 1);
        const then = test(at.consequent, scope, depth + 1);
        return at.alternate.type === 'Literal' && (at.alternate.value === false || asked.given?.value === true)
          ? withProps(then, asked.given?.props ?? [])
          : nothing;
      }
      case 'BinaryExpression':
        return compared(at.operator, at.left, at.right, scope, depth);
      case 'CallExpression':
        return called(at, scope, depth);
      case 'MemberExpression': {
        const name = propertyOf(at) ?? '';
        const role = roleOfName(name);
        if (role !== undefined && caller.isSelf(at.object, scope)) return is([role]);
        const own = property(at, scope);
        return own !== undefined ? ofProperty(own) : nothing;
      }
      case 'Identifier':
        return named(at.name, scope, depth);
      default:
        return nothing;
    }
  };

  const ofProperty = (name: string): RoleTest => {
    const role = roleOfName(name);
    if (role !== undefined) return is([role]);
    return asking.test(name) ? { ...nothing, given: { value: true, props: [name] } } : nothing;
  };

  const named = (name: string, scope: Scope, depth: number): RoleTest => {
    const binding = lookUp(scope, name);
    if (!binding) return nothing;
    if (binding.kind === 'parameter') return binding.of === 'component' ? ofProperty(binding.property ?? name) : nothing;
    if (binding.kind === 'value' && binding.init && binding.path.length === 0 && !binding.state) {
      const read = test(binding.init, binding.scope, depth + 1);
      if (read.whenTrue.length + read.whenFalse.length > 0 || read.given) return read;
    }
    const role = roleOfName(binding.kind === 'value' ? (binding.path.findLast((part) => roleOfName(part) !== undefined) ?? name) : name);
    if (role !== undefined) return caller.isOwnFlag(name, scope) ? is([role]) : nothing;
    // `const { canDelete } = usePermissions()`
    const call = binding.kind === 'value' && binding.init ? bare(binding.init) : undefined;
    const can = /^(?:can|may|allow)[A-Z]/.test(name) && call?.type === 'CallExpression' && isPermissionHook(calleeName(call));
    return can ? is([`permission ${name}`]) : nothing;
  };

  const compared = (operator: string, left: Node, right: Node, scope: Scope, depth: number): RoleTest => {
    const equal = operator === '===' || operator === '==';
    if (!equal && operator !== '!==' && operator !== '!=') {
      const list = bare(left);
      // `allowedRoles.length > 0`
      const own = list.type === 'MemberExpression' && propertyOf(list) === 'length' ? property(list.object, scope) : undefined;
      return own !== undefined && asking.test(own) ? { ...nothing, given: { value: operator.startsWith('>'), props: [own] } } : nothing;
    }
    const turn = (found: RoleTest): RoleTest => (equal ? found : opposite(found));
    const counted = bare(left);
    if (counted.type === 'MemberExpression' && propertyOf(counted) === 'length' && right.type === 'Literal' && right.value === 0) {
      const own = property(counted.object, scope);
      return own !== undefined && asking.test(own) ? { ...nothing, given: { value: !equal, props: [own] } } : nothing;
    }
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const value = bare(other);
      if (value.type === 'Literal' && typeof value.value === 'boolean')
        return turn(value.value ? test(one, scope, depth + 1) : opposite(test(one, scope, depth + 1)));
      if (!caller.isRole(one, scope)) continue;
      const own = property(other, scope);
      if (own !== undefined) return turn(is([], [own]));
      const roles = stringsOf(other, scope);
      if (roles) return turn(is(roles));
    }
    return nothing;
  };

  const called = (call: CallExpression, scope: Scope, depth: number): RoleTest => {
    const name = calleeName(call);
    const values = plainArguments(call);
    const [first] = values;
    const callee = bare(call.callee);
    if ((name === 'Boolean' || name === 'useMemo' || name === 'computed') && first)
      return test(isFunction(first) ? (returned(first) ?? first) : first, scope, depth + 1);
    if (callee.type === 'MemberExpression' && first && /^(?:includes|has|some|indexOf|every)$/.test(name)) {
      const found = listed(callee.object, first, name, scope);
      if (found) return found;
    }
    if (asksRole(name) || asksPermission(name)) {
      const props = values.flatMap((value) => property(value, scope) ?? []);
      const lists = values.map((value) => stringsOf(value, scope) ?? []);
      // `can('invoices', 'delete')` names one permission, a list several.
      const roles = asksPermission(name) ? permissions(lists) : lists.flat();
      if (props.length + roles.length > 0) return is(roles, props);
    }
    const role = roleOfName(name);
    if (role !== undefined && (callee.type !== 'Identifier' || caller.isOwnFlag(name, scope))) return is([role]);
    if (callee.type !== 'Identifier') return nothing;
    // A short function of the same file: what it returns.
    const binding = lookUp(scope, callee.name);
    const body = binding?.kind === 'unit' && isFunction(binding.node) ? returned(binding.node) : undefined;
    return body && binding?.kind === 'unit' && binding.scope ? test(body, binding.scope, depth + 1) : nothing;
  };

  // `allowed.includes(role)`, `user.roles.includes('admin')`, `allowed.some((one) => userRoles.includes(one))`
  const listed = (list: Node, item: Node, method: string, scope: Scope): RoleTest | undefined => {
    const own = property(list, scope);
    const roles = own === undefined ? stringsOf(list, scope) : undefined;
    if (method === 'some' || method === 'every') {
      if (!isFunction(item)) return undefined;
      const body = returned(item);
      const [parameter] = item.params;
      if (!body || parameter?.type !== 'Identifier') return undefined;
      const inside = bare(body);
      if (own !== undefined || roles) {
        const asks =
          (inside.type === 'CallExpression' &&
            (asksRole(calleeName(inside)) ||
              asksPermission(calleeName(inside)) ||
              (bare(inside.callee).type === 'MemberExpression' &&
                caller.isRoles((bare(inside.callee) as { object: Node }).object, scope)))) ||
          (inside.type === 'BinaryExpression' && (caller.isRole(inside.left, scope) || caller.isRole(inside.right, scope)));
        return asks ? is(roles ?? [], own === undefined ? [] : [own]) : undefined;
      }
      if (!caller.isRoles(list, scope)) return undefined;
      if (inside.type === 'BinaryExpression') return is(stringsOf(inside.right, scope) ?? stringsOf(inside.left, scope) ?? []);
      if (inside.type !== 'CallExpression' || bare(inside.callee).type !== 'MemberExpression') return undefined;
      const allowed = (bare(inside.callee) as { object: Node }).object;
      const named_ = property(allowed, scope);
      return is(stringsOf(allowed, scope) ?? [], named_ === undefined ? [] : [named_]);
    }
    if (caller.isRole(item, scope)) return own !== undefined ? is([], [own]) : roles ? is(roles) : undefined;
    if (!caller.isRoles(list, scope)) return undefined;
    const wanted = property(item, scope);
    return is(stringsOf(item, scope) ?? [], wanted === undefined ? [] : [wanted]);
  };

  return (node, scope) => test(node, scope);
}

const permissions = (lists: readonly (readonly string[])[]): string[] => {
  const [first = [], ...rest] = lists.filter((list) => list.length > 0);
  return first.map((one) => ['permission', one, ...rest.flat()].join(' '));
};

const opposite = ({ whenTrue, whenFalse, given }: RoleTest): RoleTest => ({
  whenTrue: whenFalse,
  whenFalse: whenTrue,
  ...(given && { given: { value: !given.value, props: given.props } }),
});

function both(a: RoleTest, b: RoleTest): RoleTest {
  if (a.given?.value === true)
    return {
      ...withProps(b, a.given.props),
      ...(b.given && { given: { value: b.given.value, props: [...a.given.props, ...b.given.props] } }),
    };
  if (b.given?.value === true) return withProps(a, b.given.props);
  const [left] = a.whenFalse;
  const [right] = b.whenFalse;
  // When not both hold, one of the two conditions is known at most.
  const either =
    left && right && left.except === right.except && !left.except
      ? [{ roles: [...left.roles, ...right.roles], except: false, props: [...left.props, ...right.props] }]
      : [];
  return { whenTrue: [...a.whenTrue, ...b.whenTrue], whenFalse: either };
}

const withProps = ({ whenTrue, whenFalse }: RoleTest, props: readonly string[]): RoleTest => {
  const add = (condition: RoleCondition): RoleCondition => ({ ...condition, props: [...new Set([...condition.props, ...props])] });
  return { whenTrue: whenTrue.map(add), whenFalse: whenFalse.map(add) };
};
