import type { Place } from '../../../core/finding.ts';
import { keyOf, type Machine, settled } from './machine.ts';
import { bind, called, moduleValue } from './statements.ts';
import { childrenOf, listed, type Node, parametersOf, stringOf } from './syntax.ts';
import {
  type CallValue,
  type ClassValue,
  constant,
  external,
  type FunctionValue,
  itemsOf,
  lineage,
  list,
  memberOf,
  nameOf,
  native,
  type Scope,
  textOf,
  unknown,
  type Value,
} from './value.ts';

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

const strips: Readonly<Record<string, (text: string, chars: string) => string>> = {
  strip: (text, chars) => strips['lstrip']!(strips['rstrip']!(text, chars), chars),
  rstrip: (text, chars) => {
    let end = text.length;
    while (end > 0 && chars.includes(text[end - 1]!)) end -= 1;
    return text.slice(0, end);
  },
  lstrip: (text, chars) => {
    let start = 0;
    while (start < text.length && chars.includes(text[start]!)) start += 1;
    return text.slice(start);
  },
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
};

/** A member of a value. */
export function attribute(machine: Machine, given: Value, name: string, place: Place): Value {
  const value = settled(given) ?? unknown;
  switch (value.kind) {
    case 'module':
      return ofModule(machine, value.module, name);
    case 'external':
      return external(`${value.name}.${name}`);
    case 'call':
      return external(`${value.callee}().${name}`);
    case 'instance': {
      const own = value.fields.get(name) ?? memberOf(value.of, name);
      if (own?.kind === 'function') {
        const method: FunctionValue = { ...own, self: value };
        return own.decorators.some((by) => /(?:^|[._])(?:cached_)?property$|computed_field/.test(nameOf(by)))
          ? machine.call(method, { args: [], named: new Map(), place })
          : method;
      }
      return standard(machine, settled(own)) ?? external(`${nameOf(baseOf(value.of))}().${name}`);
    }
    case 'class': {
      const own = settled(memberOf(value, name));
      if (name === 'as_view')
        return native(({ args, named }) => ({ kind: 'call', callee: 'as_view', args: [value, ...args], named, place }));
      return standard(machine, own) ?? external(`${nameOf(baseOf(value))}.${name}`);
    }
    case 'router':
      for (const one of machine.knowledge) {
        const found = one.member(machine, value.router, name);
        if (found) return found;
      }
      return unknown;
    case 'list':
      return ofList(value.items, name);
    case 'dictionary':
      if (name === 'values') return native(() => list([...value.entries.values()]));
      if (name === 'items') return native(() => list([...value.entries].map(([key, one]) => list([constant(key), one]))));
      if (name === 'get') return native(({ args }) => value.entries.get(textOf(args[0]) ?? '') ?? args[1] ?? unknown);
      return unknown;
    case 'constant': {
      const [text, strip] = [value.value, strips[name]];
      return typeof text === 'string' && strip ? native(({ args }) => constant(strip(text, textOf(args[0]) ?? ' \n\t'))) : unknown;
    }
    default:
      return unknown;
  }
}

// `API_V1: str = Field("/api/v1")` of settings.
function standard(machine: Machine, value: Value | undefined): Value | undefined {
  if (value?.kind !== 'call' || !/(?:^|\.)[Ff]ield$/.test(value.callee)) return value;
  const factory = value.named.get('default_factory');
  if (factory?.kind === 'class') return machine.call(factory, { args: [], named: new Map(), place: value.place });
  return value.named.get('default') ?? value.args[0] ?? unknown;
}

const baseOf = (type: ClassValue): Value | undefined => lineage(type).find(({ kind }) => kind === 'external');

function ofModule(machine: Machine, module: Extract<Value, { kind: 'module' }>['module'], name: string): Value {
  machine.run(module);
  const own = settled(module.scope.names.get(name));
  if (own && own.kind !== 'unknown') return own;
  if (!module.path.endsWith('__init__.py')) return own ?? unknown;
  const target = machine.sources.resolve(`.${name}`, module.path);
  return target === undefined ? (own ?? unknown) : moduleValue(machine, `.${name}`, module.path);
}

function ofList(items: Value[], name: string): Value {
  if (name === 'append') return native(({ args }) => (items.push(...args.slice(0, 1)), unknown));
  if (name === 'extend') return native(({ args }) => (items.push(...itemsOf(args[0])), unknown));
  if (name === 'insert') return native(({ args }) => (items.push(...args.slice(1, 2)), unknown));
  return unknown;
}

/** What calling a value gives. */
export function call(machine: Machine, given: Value, { args, named, place }: Omit<CallValue, 'kind' | 'callee'>): Value {
  const callee = settled(given) ?? unknown;
  const made = (name: string): CallValue => ({ kind: 'call', callee: name, args, named, place });
  const construct = (value: CallValue): Value | undefined => {
    for (const one of machine.knowledge) {
      const found = one.construct(machine, value);
      if (found) return found;
    }
    return undefined;
  };
  if (callee.kind === 'native') return callee.call(made(''));
  if (callee.kind === 'external' || callee.kind === 'call') {
    const name = callee.kind === 'external' ? callee.name : `${callee.callee}()`;
    return construct(made(name)) ?? usual(machine, made(name)) ?? made(name);
  }
  if (callee.kind === 'function') return invoke(machine, callee, made(''));
  if (callee.kind !== 'class') return unknown;
  machine.called.add(keyOf(callee));
  const instance: Value = { kind: 'instance', of: callee, fields: new Map() };
  const base = baseOf(callee);
  const router = base && construct({ ...made(nameOf(base)) });
  if (router) return router;
  const init = memberOf(callee, '__init__');
  if (init?.kind === 'function') invoke(machine, { ...init, self: instance }, made(''));
  return instance;
}

/** Functions of the language and its library whose result says something. */
function usual(machine: Machine, { callee, args, named, place }: CallValue): Value | undefined {
  if (/^django\.utils\.translation\.\w*gettext\w*$/.test(callee)) return args[0];
  if (/(?:^|\.)(?:getenv|environ\.get|config|env|env\.str)$/.test(callee)) return named.get('default') ?? args[1];
  if (callee === 'builtins.getattr' && args[0]) return machine.attribute(args[0], textOf(args[1]) ?? '', place);
  if (/^builtins\.(?:list|tuple|set|sorted|reversed)$/.test(callee)) return args[0];
  if (callee === 'builtins.str') return args[0];
  if (/(?:^|\.)import_module$/.test(callee)) {
    const name = textOf(args[0]);
    return name === undefined ? undefined : moduleValue(machine, name, place.file ?? '');
  }
  if (/(?:^|\.)(?:lru_cache|cache|wraps)(?:\(\))?$/.test(callee)) return args[0]?.kind === 'function' ? args[0] : undefined;
  return undefined;
}

const deepest = 30;

function invoke(machine: Machine, { node, module, scope, self, ...rest }: FunctionValue, { args, named }: CallValue): Value {
  const key = keyOf({ node, module });
  machine.called.add(key);
  if (machine.stack.length > deepest || machine.stack.filter((one) => one === key).length > 1) return unknown;
  const inner: Scope = { names: new Map(), parent: scope, module };
  const isStatic = rest.decorators.some((by) => nameOf(by) === 'builtins.staticmethod');
  const given = self && !isStatic ? [self, ...args] : args;
  let at = 0;
  for (const { name, spread, standard: usually } of parametersOf(node, module.text)) {
    if (spread === '*') inner.names.set(name, list(given.slice(at)));
    else if (spread === '**') inner.names.set(name, { kind: 'dictionary', entries: new Map(named) });
    else inner.names.set(name, named.get(name) ?? given[at] ?? (usually ? machine.evaluate(usually, scope) : unknown));
    at += 1;
  }
  machine.stack.push(key);
  const returns: Value[] = [];
  const body = node.getChild('Body');
  if (body) machine.execute(childrenOf(body), inner, returns);
  machine.stack.pop();
  return returns.find((value) => value.kind !== 'unknown' && !(value.kind === 'constant' && value.value === null)) ?? unknown;
}
