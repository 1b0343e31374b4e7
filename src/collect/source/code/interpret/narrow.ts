import type { Expression, LogicalExpression } from 'oxc-parser';
import { isPresent } from './condition.ts';
import { isFromCaller, limited, listedIn } from './narrow-list.ts';
import { type Machine, type Scope, truthiness, type Value } from './value.ts';

/** A name whose alternatives a test tells apart, with the ones that are left. */
export interface Narrowed {
  readonly name: string;
  readonly scope: Scope;
  readonly value: Value;
}

/**
 * What names are where a test came out as `want`: `if (!result.ok) return` leaves the alternatives of `result` whose `ok` may be true.
 * Without it a guard's refusing return would be taken for its good one.
 */
export function narrowed(machine: Machine, test: Expression, want: boolean, scope: Scope): Narrowed[] {
  switch (test.type) {
    case 'UnaryExpression':
      return test.operator === '!' ? narrowed(machine, test.argument, !want, scope) : [];
    case 'ChainExpression':
    case 'TSNonNullExpression':
    case 'ParenthesizedExpression':
      return narrowed(machine, test.expression, want, scope);
    case 'LogicalExpression':
      if (test.operator === '??') return [];
      // `required && !user` is false: where `required` is certain there is a user.
      if ((test.operator === '&&') !== want) return isCertain(machine, test, scope) ? narrowed(machine, test.right, want, scope) : [];
      return merged([...narrowed(machine, test.left, want, scope), ...narrowed(machine, test.right, want, scope)]);
    case 'Identifier':
      return filter(test.name, scope, (value) => truthiness(value) !== !want, want);
    case 'MemberExpression': {
      const member = memberOfName(test);
      return member ? filter(member.name, scope, (value) => truthiness(property(value, member.property)) !== !want) : [];
    }
    case 'BinaryExpression':
      return comparison(test, want, scope);
    case 'CallExpression':
      return want ? allowed(listedIn(machine, test, scope), scope) : [];
    default:
      return [];
  }
}

const isCertain = (machine: Machine, { left, operator }: LogicalExpression, scope: Scope): boolean =>
  left.type === 'Identifier' && truthiness(machine.lookup(left.name, scope)) === (operator === '&&');

// `ALLOWED.includes(key)` lets only the listed ones of the caller's fields through.
function allowed(listed: ReturnType<typeof listedIn>, scope: Scope): Narrowed[] {
  for (let at: Scope | undefined = scope; listed && at?.parent; at = at.parent) {
    const value = at.names.get(listed.name);
    if (value) return isFromCaller(value) ? [{ name: listed.name, scope: at, value: limited(value, listed.among) }] : [];
  }
  return [];
}

function comparison(test: Extract<Expression, { type: 'BinaryExpression' }>, want: boolean, scope: Scope): Narrowed[] {
  const equal = test.operator === '===' || test.operator === '==';
  if (test.operator === 'in' && test.right.type === 'Identifier' && test.left.type === 'Literal') {
    const key = String(test.left.value);
    return filter(test.right.name, scope, (value) => !value.props || value.open === true || value.props.has(key) === want);
  }
  if (!equal && test.operator !== '!==' && test.operator !== '!=') return [];
  const constant =
    test.right.type === 'Literal'
      ? test.right.value
      : test.right.type === 'Identifier' && test.right.name === 'undefined'
        ? undefined
        : missing;
  if (constant === missing) return [];
  const loose = test.operator === '==' || test.operator === '!=';
  const fits = (value: Value): boolean => {
    if (!value.literal) return (constant === null || constant === undefined) && isPresent(value) ? equal !== want : true;
    const same =
      loose && (constant === null || constant === undefined)
        ? value.literal.is === null || value.literal.is === undefined
        : value.literal.is === constant;
    return same === (equal === want);
  };
  if (test.left.type === 'Identifier') return filter(test.left.name, scope, fits);
  const member = memberOfName(test.left);
  return member ? filter(member.name, scope, (value) => fits(property(value, member.property))) : [];
}

const missing = Symbol('not a constant');

function memberOfName(node: Expression): { name: string; property: string } | undefined {
  const inner = node.type === 'ChainExpression' ? node.expression : node;
  if (inner.type !== 'MemberExpression' || inner.object.type !== 'Identifier') return undefined;
  const property = inner.computed
    ? inner.property.type === 'Literal'
      ? String(inner.property.value)
      : undefined
    : inner.property.type === 'Identifier'
      ? inner.property.name
      : undefined;
  return property === undefined ? undefined : { name: inner.object.name, property };
}

// Only plain properties are asked: calling a getter of a library could log an access that the code does not make.
function property(value: Value, name: string): Value {
  const own = value.props?.get(name);
  if (own) return own;
  if (value.literal || (value.props && !value.open)) return { literal: { is: undefined } };
  return {};
}

function filter(name: string, scope: Scope, keep: (value: Value) => boolean, sent = false): Narrowed[] {
  for (let at: Scope | undefined = scope; at?.parent; at = at.parent) {
    const value = at.names.get(name);
    if (!value) continue;
    if (!value.alternatives) return sent && isPlainInput(value) ? [{ name, scope: at, value: { ...value, sent: true } }] : [];
    let left = value.alternatives.filter((item) => keepAny(item.value, keep));
    const same = left.length === value.alternatives.length;
    const inputs = sent && left.some((item) => isPlainInput(item.value));
    if (inputs) left = left.map((item) => (isPlainInput(item.value) ? { ...item, value: { ...item.value, sent: true } } : item));
    return left.length === 0 || (same && !inputs) ? [] : [{ name, scope: at, value: { alternatives: left } }];
  }
  return [];
}

// A field of the request, or of who is calling, that a test found to be there is not empty. Whoever has no role is told by the role itself.
const isPlainInput = (value: Value): boolean =>
  (value.input !== undefined || (value.who !== undefined && value.who.part !== 'role')) && !value.sent && truthiness(value) === undefined;

/** Deeper than this, `a || b || c …` is a table written out, and going over it again and again would cost too much. */
const maxTests = 8;

/**
 * The scope in which the right side of `left && right` or `left || right` is evaluated: in `!secret || secret !== expected` the secret
 * is there when it is compared.
 */
export function scopeBeyond(machine: Machine, node: LogicalExpression, scope: Scope): Scope {
  if (node.operator === '??' || node.right.type !== 'BinaryExpression') return scope;
  let tests = 0;
  for (let at: Expression = node.left; at.type === 'LogicalExpression'; at = at.left) if (++tests > maxTests) return scope;
  const known = narrowed(machine, node.left, node.operator === '&&', scope);
  return known.length === 0
    ? scope
    : { names: new Map(known.map(({ name, value }) => [name, value])), parent: scope, module: scope.module };
}

const keepAny = (value: Value, keep: (value: Value) => boolean): boolean =>
  value.alternatives ? value.alternatives.some((item) => keep(item.value)) : keep(value);

function merged(list: readonly Narrowed[]): Narrowed[] {
  const byName = new Map<string, Narrowed>();
  for (const item of list) {
    const known = byName.get(item.name);
    if (!known) byName.set(item.name, item);
    else {
      const left = (known.value.alternatives ?? []).filter((one) => item.value.alternatives?.includes(one));
      if (left.length > 0) byName.set(item.name, { ...item, value: { alternatives: left } });
    }
  }
  return [...byName.values()];
}
