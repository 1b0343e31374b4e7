import { type Machine, settled } from './machine.ts';
import { bind, called } from './statements.ts';
import { childrenOf, listed, type Node, stringOf } from './syntax.ts';
import { constant, itemsOf, list, type Scope, textOf, unknown, type Value } from './value.ts';

/** What an expression stands for. */
export function evaluate(machine: Machine, node: Node, scope: Scope): Value {
  if (machine.budget-- <= 0) return unknown;
  const { module } = scope;
  const source = (): string => module.text.slice(node.from, node.to);
  const within = (): Value[] => listed(childrenOf(node)).flatMap((group) => spreads(machine, group, scope));
  switch (node.name) {
    case 'VariableName':
      return machine.lookup(source(), scope);
    case 'String':
      return constant(stringOf(source()));
    case 'ContinuedString':
      return joined(childrenOf(node).map((part) => machine.evaluate(part, scope)));
    case 'FormatString':
      return formatted(machine, node, scope);
    case 'Boolean':
      return constant(source() === 'True');
    case 'None':
      return constant(null);
    case 'Number':
      return constant(Number(source()));
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression':
      return list(within());
    case 'ParenthesizedExpression':
    case 'AwaitExpression':
    case 'NamedExpression': {
      const last = childrenOf(node).findLast(({ name }) => name !== ')');
      return last ? machine.evaluate(last, scope) : unknown;
    }
    case 'DictionaryExpression':
      return dictionary(machine, node, scope);
    case 'ArrayComprehensionExpression':
      return comprehension(machine, node, scope);
    case 'ConditionalExpression': {
      const [yes, , , , no] = childrenOf(node);
      const first = yes ? machine.evaluate(yes, scope) : unknown;
      return (first.kind === 'unknown' || (first.kind === 'constant' && first.value === null)) && no ? machine.evaluate(no, scope) : first;
    }
    case 'BinaryExpression':
      return binary(machine, node, scope);
    case 'MemberExpression':
      return member(machine, node, scope);
    case 'CallExpression': {
      const [callee] = childrenOf(node);
      if (!callee) return unknown;
      const target = machine.evaluate(callee, scope);
      return machine.call(target, { ...called(machine, node.getChild('ArgList'), scope), place: module.place(node) });
    }
    default:
      return unknown;
  }
}

function spreads(machine: Machine, group: readonly Node[], scope: Scope): Value[] {
  const value = machine.evaluate(group.at(-1)!, scope);
  return group[0]?.name === '*' ? [...itemsOf(value)] : [value];
}

const joined = (parts: readonly Value[]): Value => {
  const texts = parts.map(textOf);
  return texts.every((text) => text !== undefined) ? constant(texts.join('')) : unknown;
};

function formatted(machine: Machine, node: Node, scope: Scope): Value {
  const { text } = scope.module;
  const whole = text.slice(node.from, node.to);
  const open = /^[a-zA-Z]*(?:'''|"""|'|")/.exec(whole)?.[0].length ?? 1;
  const close = whole.length - open + (/^[a-zA-Z]*/.exec(whole)?.[0].length ?? 0);
  const parts: Value[] = [];
  let at = node.from + open;
  for (const part of childrenOf(node)) {
    if (part.name !== 'FormatReplacement') continue;
    parts.push(constant(text.slice(at, part.from).replaceAll('{{', '{').replaceAll('}}', '}')));
    const inner = childrenOf(part).find(({ name }) => name !== '{');
    parts.push(inner ? machine.evaluate(inner, scope) : unknown);
    at = part.to;
  }
  parts.push(
    constant(
      text
        .slice(at, node.from + close)
        .replaceAll('{{', '{')
        .replaceAll('}}', '}'),
    ),
  );
  return joined(parts);
}

function dictionary(machine: Machine, node: Node, scope: Scope): Value {
  const entries = new Map<string, Value>();
  const parts = childrenOf(node);
  for (const [at, part] of parts.entries()) {
    const [key, value] = [parts[at - 1], parts[at + 1]];
    if (part.name === ':' && key && value) {
      const name = textOf(machine.evaluate(key, scope));
      if (name !== undefined) entries.set(name, machine.evaluate(value, scope));
    } else if (part.name === '**' && value) {
      const other = machine.evaluate(value, scope);
      if (other.kind === 'dictionary') for (const [name, one] of other.entries) entries.set(name, one);
    }
  }
  return { kind: 'dictionary', entries };
}

// `[f(x) for x in xs]`; what is filtered out is kept.
function comprehension(machine: Machine, node: Node, scope: Scope): Value {
  const parts = childrenOf(node);
  const [start, end] = [parts.findIndex(({ name }) => name === 'for'), parts.findIndex(({ name }) => name === 'in')];
  const [what, over] = [parts[1], parts[end + 1]];
  if (start === -1 || end < start || !what || !over) return unknown;
  const targets = parts.slice(start + 1, end).filter(({ name }) => name !== ',');
  const inner: Scope = { names: new Map(), parent: scope, module: scope.module };
  return list(
    itemsOf(machine.evaluate(over, scope))
      .slice(0, 300)
      .map((item) => {
        bind(machine, targets, item, inner, true);
        return machine.evaluate(what, inner);
      }),
  );
}

function binary(machine: Machine, node: Node, scope: Scope): Value {
  const [first, operator, second] = childrenOf(node);
  if (!first || !second) return unknown;
  const [left, right] = [machine.evaluate(first, scope), machine.evaluate(second, scope)];
  const sign = operator ? scope.module.text.slice(operator.from, operator.to) : '';
  if (sign === 'or') return left.kind === 'unknown' || (left.kind === 'constant' && !left.value) ? right : left;
  if (sign !== '+') return unknown;
  if (left.kind === 'list' || right.kind === 'list')
    return list([left, right].flatMap((side): readonly Value[] => (side.kind === 'list' ? side.items : [side])));
  return joined([left, right]);
}

function member(machine: Machine, node: Node, scope: Scope): Value {
  const [object, ...rest] = childrenOf(node);
  if (!object) return unknown;
  const { text } = scope.module;
  const value = settled(machine.evaluate(object, scope)) ?? unknown;
  const property = rest.find(({ name }) => name === 'PropertyName');
  if (property) return machine.attribute(value, text.slice(property.from, property.to), scope.module.place(node));
  const keys = listed(rest).map((group) => machine.evaluate(group.at(-1)!, scope));
  const [key] = keys;
  if (value.kind === 'dictionary') return value.entries.get(textOf(key) ?? '') ?? unknown;
  if (value.kind === 'list' && key?.kind === 'constant' && typeof key.value === 'number') return value.items.at(key.value) ?? unknown;
  // `Annotated[User, Depends(get_user)]`
  if (value.kind === 'external' && /(?:^|\.)Annotated$/.test(value.name))
    return { kind: 'call', callee: value.name, args: keys, named: new Map(), place: scope.module.place(node) };
  return value.kind === 'class' ? value : unknown;
}
