import type { Place } from '../../../core/finding.ts';
import { type Machine, settled } from './machine.ts';
import { moduleValue } from './statements.ts';
import {
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
  textOf,
  unknown,
  type Value,
} from './value.ts';

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

/** What of a package a class of the repo is derived from. */
export const baseOf = (type: ClassValue): Value | undefined => lineage(type).find(({ kind }) => kind === 'external');

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
