import { argumentsOf, childrenOf, listed, type Node } from './syntax.ts';
import { type Machine, settled } from './machine.ts';
import type { Module } from './modules.ts';
import { type ClassValue, external, type FunctionValue, itemsOf, list, type Scope, unknown, type Value } from './value.ts';

/** Follows statements one after the other; branches that may not be taken are followed as well. */
export function execute(machine: Machine, statements: readonly Node[], scope: Scope, returns: Value[]): void {
  for (const node of statements) {
    if (machine.budget-- <= 0) return;
    statement(machine, node, scope, returns);
  }
}

const bodyOf = (node: Node | null): Node[] => (node ? childrenOf(node).filter(({ name }) => name !== ':') : []);

/** Runs `work` as a branch that may not be taken. */
function perhaps(scope: Scope, work: () => void): void {
  const before = scope.weak ?? false;
  scope.weak = true;
  work();
  scope.weak = before;
}

function statement(machine: Machine, node: Node, scope: Scope, returns: Value[]): void {
  const { text } = scope.module;
  switch (node.name) {
    case 'ImportStatement':
      imports(machine, node, scope);
      return;
    case 'ExpressionStatement':
      for (const child of childrenOf(node)) machine.evaluate(child, scope);
      return;
    case 'AssignStatement':
      assignment(machine, node, scope);
      return;
    case 'UpdateStatement': {
      const [target, operator, value] = childrenOf(node);
      if (target && value && text.slice(operator?.from, operator?.to) === '+=') {
        const [left, right] = [machine.evaluate(target, scope), machine.evaluate(value, scope)];
        // The list itself grows: whoever holds it sees that.
        if (left.kind === 'list') left.items.push(...(right.kind === 'list' ? right.items : [right]));
        else bind(machine, [target], right, scope);
      }
      return;
    }
    case 'ReturnStatement': {
      const parts = listed(childrenOf(node).slice(1)).map((group) => machine.evaluate(group.at(-1)!, scope));
      returns.push(parts.length === 1 ? parts[0]! : parts.length === 0 ? unknown : list(parts));
      return;
    }
    case 'DecoratedStatement':
      decorated(machine, node, scope);
      return;
    case 'FunctionDefinition':
    case 'ClassDefinition':
      define(machine, node, [], scope);
      return;
    case 'IfStatement': {
      let body = 0;
      for (const child of childrenOf(node)) {
        if (child.name !== 'Body') continue;
        if (body === 0) machine.execute(bodyOf(child), scope, returns);
        else perhaps(scope, () => machine.execute(bodyOf(child), scope, returns));
        body += 1;
      }
      return;
    }
    case 'TryStatement': {
      let handler = false;
      for (const child of childrenOf(node)) {
        if (child.name === 'except') handler = true;
        if (child.name === 'else' || child.name === 'finally') handler = false;
        if (child.name !== 'Body') continue;
        if (handler) perhaps(scope, () => machine.execute(bodyOf(child), scope, returns));
        else machine.execute(bodyOf(child), scope, returns);
      }
      return;
    }
    case 'ForStatement':
      loop(machine, node, scope, returns);
      return;
    case 'WhileStatement':
    case 'WithStatement': {
      const parts = childrenOf(node);
      for (const [at, part] of parts.entries()) {
        if (part.name === 'as' && parts[at - 1] && parts[at + 1])
          bind(machine, [parts[at + 1]!], machine.evaluate(parts[at - 1]!, scope), scope);
        else if (part.name === 'CallExpression' && parts[at + 1]?.name !== 'as') machine.evaluate(part, scope);
      }
      machine.execute(bodyOf(node.getChild('Body')), scope, returns);
      return;
    }
    default:
  }
}

function loop(machine: Machine, node: Node, scope: Scope, returns: Value[]): void {
  const parts = childrenOf(node);
  const at = parts.findIndex(({ name }) => name === 'in');
  const targets = parts.slice(0, at).filter(({ name }) => name !== 'for' && name !== 'async' && name !== ',');
  const over = parts[at + 1] ? machine.evaluate(parts[at + 1]!, scope) : unknown;
  const body = bodyOf(node.getChild('Body'));
  for (const item of over.kind === 'list' ? over.items.slice(0, 300) : [unknown]) {
    bind(machine, targets, item, scope, true);
    machine.execute(body, scope, returns);
  }
}

/** Binds targets: one name, several (`a, b = pair`), or a field. */
export function bind(machine: Machine, targets: readonly Node[], value: Value, scope: Scope, force = false): void {
  if (targets.length > 1) {
    for (const [nth, target] of targets.entries()) bind(machine, [target], itemsOf(value)[nth] ?? unknown, scope, force);
    return;
  }
  const [target] = targets;
  if (!target) return;
  if (target.name === 'TupleExpression' || target.name === 'ParenthesizedExpression' || target.name === 'ArrayExpression')
    return bind(
      machine,
      listed(childrenOf(target)).map((group) => group.at(-1)!),
      value,
      scope,
      force,
    );
  const { text } = scope.module;
  if (target.name === 'VariableName') {
    const name = text.slice(target.from, target.to);
    const before = scope.names.get(name);
    if (!force && scope.weak && before && before.kind !== 'unknown' && !(before.kind === 'constant' && before.value === null)) return;
    scope.names.set(name, value);
    return;
  }
  if (target.name !== 'MemberExpression') return;
  const [object, , member] = childrenOf(target);
  const holder = object && machine.evaluate(object, scope);
  const name = member ? text.slice(member.from, member.to) : '';
  if (holder?.kind === 'instance' && member?.name === 'PropertyName') holder.fields.set(name, value);
  if (holder?.kind === 'dictionary' && member?.name === 'String') holder.entries.set(name.slice(1, -1), value);
}

function assignment(machine: Machine, node: Node, scope: Scope): void {
  const groups: Node[][] = [[]];
  for (const child of childrenOf(node)) {
    if (child.name === 'AssignOp') groups.push([]);
    else if (child.name !== ',' && child.name !== 'TypeDef') groups.at(-1)?.push(child);
  }
  const values = groups.pop() ?? [];
  if (groups.length === 0) {
    typed(machine, node, scope);
    return;
  }
  const value = values.length === 1 ? machine.evaluate(values[0]!, scope) : list(values.map((one) => machine.evaluate(one, scope)));
  for (const targets of groups) bind(machine, targets, value, scope);
}

// `api: ApiSettings`: a thing of that class, where the class is the repo's.
function typed(machine: Machine, node: Node, scope: Scope): void {
  const [target, definition] = childrenOf(node);
  const type = definition?.name === 'TypeDef' ? childrenOf(definition).find(({ name }) => name === 'VariableName') : undefined;
  const of = type && machine.evaluate(type, scope);
  if (target && of?.kind === 'class') bind(machine, [target], { kind: 'instance', of, fields: new Map() }, scope);
}

function decorated(machine: Machine, node: Node, scope: Scope): void {
  const parts = childrenOf(node);
  const decorators = parts.filter(({ name }) => name === 'Decorator');
  const inner = parts.find(({ name }) => name === 'FunctionDefinition' || name === 'ClassDefinition');
  if (inner) define(machine, inner, decorators, scope);
}

/** `@a.b(c)`: what stands behind the `@`. A decorator is no expression of its own in the tree. */
function decoratorValue(machine: Machine, node: Node, scope: Scope): Value {
  const { text } = scope.module;
  const [, first, ...rest] = childrenOf(node);
  if (!first) return unknown;
  const place = scope.module.place(node);
  let value = first.name === 'VariableName' ? machine.lookup(text.slice(first.from, first.to), scope) : machine.evaluate(first, scope);
  for (const part of rest) {
    if (part.name === 'VariableName' || part.name === 'PropertyName')
      value = machine.attribute(value, text.slice(part.from, part.to), place);
    if (part.name === 'ArgList') value = machine.call(value, { ...called(machine, part, scope), place });
  }
  return value;
}

/** The values of a call's arguments. */
export function called(machine: Machine, list: Node | null, scope: Scope): { args: Value[]; named: Map<string, Value> } {
  const args: Value[] = [];
  const named = new Map<string, Value>();
  for (const { name, spread, node } of argumentsOf(list, scope.module.text)) {
    const value = machine.evaluate(node, scope);
    if (name !== undefined) named.set(name, value);
    else if (spread === '*') args.push(...itemsOf(value));
    else if (spread === '**') {
      if (value.kind === 'dictionary') for (const [key, one] of value.entries) named.set(key, one);
    } else args.push(value);
  }
  return { args, named };
}

function define(machine: Machine, node: Node, decorators: readonly Node[], scope: Scope): void {
  const { module } = scope;
  const written = node.getChild('VariableName');
  if (!written) return;
  const name = module.text.slice(written.from, written.to);
  const value: FunctionValue | ClassValue =
    node.name === 'FunctionDefinition'
      ? { kind: 'function', name, node, module, scope, decorators: [] }
      : classOf(machine, node, name, scope);
  let made: Value = value;
  for (const decorator of decorators.toReversed()) {
    const by = decoratorValue(machine, decorator, scope);
    if (by.kind === 'native') {
      const given = by.call({ kind: 'call', callee: '', args: [made], named: new Map(), place: module.place(decorator) });
      if (given.kind !== 'unknown') made = given;
    } else value.decorators.push(by);
  }
  bind(machine, [written], made, scope);
}

function classOf(machine: Machine, node: Node, name: string, scope: Scope): ClassValue {
  const { module } = scope;
  const bases = argumentsOf(node.getChild('ArgList'), module.text)
    .filter((one) => one.name === undefined)
    .map((one) => settled(machine.evaluate(one.node, scope)) ?? unknown);
  const inner: Scope = { names: new Map(), parent: scope, module };
  machine.execute(bodyOf(node.getChild('Body')), inner, []);
  // Methods do not see the names of the class.
  for (const [key, member] of inner.names) if (member.kind === 'function') inner.names.set(key, { ...member, scope });
  return { kind: 'class', name, node, module, bases, members: inner.names, decorators: [] };
}

/** `import a.b as c`, `from .a import b as c, d`, `from a import *`: looked at when somebody asks for the name. */
function imports(machine: Machine, node: Node, scope: Scope): void {
  const { text, path } = scope.module;
  const parts = childrenOf(node).filter(({ name }) => name !== '(' && name !== ')');
  const written = (nodes: readonly Node[]): string => nodes.map(({ from, to }) => text.slice(from, to)).join('');
  const set = (name: string, get: () => Value): void => {
    if (scope.weak && scope.names.has(name)) return;
    scope.names.set(name, { kind: 'late', get });
  };
  const at = parts.findIndex(({ name }) => name === 'import');
  const split = (nodes: readonly Node[]) =>
    listed(nodes).map((group) => {
      const as = group.findIndex(({ name }) => name === 'as');
      return { name: written(as === -1 ? group : group.slice(0, as)), as: as === -1 ? undefined : written(group.slice(as + 1)) };
    });
  if (parts[0]?.name === 'from') {
    const source = written(parts.slice(1, at));
    for (const { name, as } of split(parts.slice(at + 1))) {
      if (name === '*') star(machine, source, scope);
      else set(as ?? name, () => imported(machine, source, path, name));
    }
    return;
  }
  for (const { name, as } of split(parts.slice(at + 1))) {
    const first = name.split('.')[0] ?? name;
    set(as ?? first, () => moduleValue(machine, as ? name : first, path));
  }
}

function star(machine: Machine, source: string, scope: Scope): void {
  const target = machine.sources.resolve(source, scope.module.path);
  const module = target?.endsWith('.py') ? machine.sources.module(target) : undefined;
  if (!module || module === scope.module) return;
  machine.run(module);
  for (const [name, value] of module.scope.names) if (!name.startsWith('_') && !scope.names.has(name)) scope.names.set(name, value);
}

/** A module by its name, of the repo or of a package. */
export function moduleValue(machine: Machine, name: string, from: string): Value {
  const target = machine.sources.resolve(name, from);
  if (target === undefined) return name.startsWith('.') ? unknown : external(name);
  const module = machine.sources.module(target.endsWith('/') ? `${target}__init__.py` : target) ?? folderModule(machine, target);
  return { kind: 'module', module };
}

// A folder without __init__.py: it has no names of its own, but modules below it.
const folderModule = (machine: Machine, target: string): Module => {
  const [any] = machine.sources.paths;
  const module = machine.sources.module(any ?? '');
  const empty: Module = {
    ...module!,
    path: `${target}__init__.py`,
    text: '',
    state: 'done',
    scope: { names: new Map(), module: undefined as unknown as Module },
  };
  (empty.scope as { module: Module }).module = empty;
  return empty;
};

function imported(machine: Machine, source: string, from: string, name: string): Value {
  const holder = moduleValue(machine, source, from);
  if (holder.kind === 'external') return external(`${holder.name}.${name}`);
  return holder.kind === 'module' ? machine.attribute(holder, name, { file: from }) : unknown;
}
