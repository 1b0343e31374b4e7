import { keyOf, type Machine, settled } from './machine.ts';
import { baseOf } from './members.ts';
import { moduleValue } from './statements.ts';
import { childrenOf, parametersOf } from './syntax.ts';
import { type CallValue, type FunctionValue, list, memberOf, nameOf, type Scope, textOf, unknown, type Value } from './value.ts';

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
