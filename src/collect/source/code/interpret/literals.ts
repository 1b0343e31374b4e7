import { type Expression } from 'oxc-parser';
import { merge } from './global-names.ts';
import { named } from './names.ts';
import { type Machine, type Scope, type Value, literal, stringOf, unknown } from './value.ts';

/** A template string: exact when all its parts are. */
export function template(texts: readonly string[], values: readonly Value[]): Value {
  const parts: (string | Value)[] = [];
  texts.forEach((text, nth) => {
    if (text !== '') parts.push(text);
    const value = values[nth];
    if (!value) return;
    const exact = value.literal && value.literal.is !== null && value.literal.is !== undefined ? String(value.literal.is) : undefined;
    if (exact === '') return;
    if (exact !== undefined) parts.push(exact);
    else if (value.parts) parts.push(...value.parts);
    else parts.push(value);
  });
  if (parts.every((part) => typeof part === 'string')) return literal(parts.join(''));
  // Bytes of an HMAC put together one by one are the HMAC in letters.
  const [first] = parts;
  return typeof first === 'object' && parts.every((part) => typeof part === 'object' && part.digest) ? first : { parts };
}

export function objectLiteral(machine: Machine, node: Extract<Expression, { type: 'ObjectExpression' }>, scope: Scope): Value {
  const pieces: Value[] = [];
  let props = new Map<string, Value>();
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      pieces.push({ props }, machine.evaluate(property.argument, scope));
      props = new Map();
      continue;
    }
    const key = property.computed
      ? stringOf(machine.evaluate(property.key, scope))
      : 'name' in property.key
        ? String(property.key.name)
        : 'value' in property.key
          ? String(property.key.value)
          : undefined;
    const given = machine.evaluate(property.value, scope);
    if (property.kind === 'set') continue;
    const value = property.kind === 'get' ? machine.call(given, [], unknown, property, scope.module) : given;
    if (key !== undefined) props.set(key, named(value, key));
    else pieces.push({ props: new Map(), of: [value, machine.evaluate(property.key, scope)] });
  }
  if (pieces.length === 0) return { props };
  return merge([...pieces, { props }]);
}

export function arrayLiteral(elements: readonly { value: Value; spread: boolean }[]): Value {
  const items: Value[] = [];
  let open = false;
  for (const { value, spread } of elements) {
    if (!spread) items.push(value);
    else if (value.items && !value.open) items.push(...value.items);
    else {
      open = true;
      items.push(...(value.items ?? [value]));
    }
  }
  return { items, ...(open && { open }) };
}
