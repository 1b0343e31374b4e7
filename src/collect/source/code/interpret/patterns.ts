import { type Node } from 'oxc-parser';
import { unfix } from './fixed-lists.ts';
import { mayHoldRows } from './content.ts';
import { elementOf } from './member.ts';
import { nothing, unanswered } from './state.ts';
import {
  type Machine,
  type Scope,
  type Value,
  alternativesOf,
  each,
  isNullish,
  literal,
  oneOf,
  some,
  stringOf,
  unknown,
  whoOf,
} from './value.ts';

/** Binds a pattern: names, nested patterns, defaults and rests. Members of known objects (`ctx.body = x`) are set on them. */
export function assignPattern(machine: Machine, pattern: Node, value: Value, scope: Scope, declare = true): void {
  switch (pattern.type) {
    case 'Identifier':
      if (declare) scope.names.set(pattern.name, value);
      else setName(pattern.name, value, scope);
      return;
    case 'AssignmentPattern':
      assignPattern(machine, pattern.left, withDefault(machine, value, pattern.right, scope), scope, declare);
      return;
    case 'ObjectPattern': {
      const taken = new Set<string>();
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') {
          const rest = value.props ? { ...value, props: new Map([...value.props].filter(([name]) => !taken.has(name))) } : value;
          assignPattern(machine, property.argument, rest, scope, declare);
          continue;
        }
        const name = 'name' in property.key ? String(property.key.name) : 'value' in property.key ? String(property.key.value) : '';
        taken.add(name);
        // Taking null apart throws, as reading a member of it does.
        assignPattern(machine, property.value, machine.member(value, name, false, property, scope.module), scope, declare);
      }
      return;
    }
    case 'ArrayPattern':
      pattern.elements.forEach((element, nth) => {
        if (!element) return;
        if (element.type === 'RestElement')
          assignPattern(machine, element.argument, value.items ? { items: value.items.slice(nth) } : elementOf(value), scope, declare);
        // `[user, null]` on one path and `[null, denied]` on another: each path has its own at this place.
        else
          assignPattern(
            machine,
            element,
            each(value, (one) => itemAt(one, nth)),
            scope,
            declare,
          );
      });
      return;
    case 'MemberExpression': {
      const object = machine.evaluate(pattern.object, scope);
      const key = pattern.computed ? machine.evaluate(pattern.property, scope) : unknown;
      const { property } = pattern;
      const name = pattern.computed
        ? stringOf(key)
        : property.type === 'Identifier'
          ? property.name
          : property.type === 'PrivateIdentifier'
            ? `#${property.name}`
            : undefined;
      for (const { value: one } of alternativesOf(object)) {
        if (name === undefined || one.items) keepSomewhere(one, key, value);
        else if (one.api?.assign) one.api.assign(name, value, machine);
        else if (one.api?.data instanceof Map) remember(machine, one.api.data as Map<string, Value>, name, value);
        else if (one.props instanceof Map) {
          const before = one.props.get(name);
          one.props.set(name, value);
          // On another path it is still what it was.
          if (before && before !== value && mayHoldRows(before)) keepSomewhere(one, unknown, before);
        }
      }
      return;
    }
    default:
  }
}

// `byId[row.id] = row`, `list[at] = row`: where it is kept is not known, but that it is.
function keepSomewhere(target: { -readonly [K in 'of' | 'items' | 'props' | 'open']?: Value[K] }, key: Value, value: Value): void {
  unfix(target, 'push');
  if (target.items) (target.items as Value[]).push(value);
  else if (target.props)
    target.of = [
      ...(target.of ?? []),
      value,
      ...(some(key, (inner) => inner.row !== undefined) ? [key] : []),
      ...(target.open ? [unknown] : []),
    ];
}

const itemAt = (list: Value, nth: number): Value => (list.items && !list.open ? (list.items[nth] ?? literal(undefined)) : elementOf(list));

/**
 * Keeps what the code puts on a request, session or context: `req.user = payload` may stand on one path only, so who reads it later
 * learns of the caller only by testing it. `req.user = null` on another path takes nothing back: the name may be either.
 */
export function remember(machine: Machine, store: Map<string, Value>, name: string, value: Value): void {
  const { state } = machine;
  const before = store.get(name);
  if (state && !value.alternatives && some(value, (inner) => whoOf(inner) !== undefined, 2))
    store.set(
      name,
      oneOf([
        { value, state: unanswered(state) ?? state },
        { value: literal(undefined), state: nothing },
      ]),
    );
  else if (isNullish(value) && before && !isNullish(before))
    store.set(
      name,
      oneOf([
        { value, state: nothing },
        { value: before, state: nothing },
      ]),
    );
  else store.set(name, value);
}

function withDefault(machine: Machine, value: Value, fallback: Node, scope: Scope): Value {
  if (!value.literal || value.literal.is !== undefined) return value;
  return machine.evaluate(fallback, scope);
}

function setName(name: string, value: Value, scope: Scope): void {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    if (at.names.has(name)) {
      at.names.set(name, value);
      return;
    }
  }
  scope.names.set(name, value);
}
