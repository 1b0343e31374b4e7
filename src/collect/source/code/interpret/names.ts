import type { Expression, Statement } from 'oxc-parser';
import type { ExportBinding, Module } from '../module.ts';
import { fix } from './fixed-lists.ts';
import { createLog } from './log.ts';
import { specifierOf } from './repo-path.ts';
import { nothing } from './state.ts';
import { api, type Machine, native, object, type Scope, unknown, type Value } from './value.ts';

/** Knowledge of packages: what an export of a package is; `undefined` when we know nothing of it. */
export type PackageKnowledge = (packageName: string, exportName: string, specifier: string) => Value | undefined;

/** The part of the machine that finds what a name means, across files. */
export function nameTable(
  machine: () => Machine,
  know: PackageKnowledge,
): Pick<Machine, 'exported' | 'imported' | 'moduleScope' | 'lookup' | 'aside'> {
  const scopes = new Map<string, Scope>();
  const exports = new Map<string, Value>();

  const moduleScope = (module: Module): Scope => {
    let scope = scopes.get(module.path);
    if (!scope) scopes.set(module.path, (scope = { names: new Map(), module }));
    return scope;
  };

  const aside = <T>(work: () => T): T => {
    const m = machine();
    const { state, log, budget } = m;
    m.state = nothing;
    m.log = createLog();
    m.budget = Math.max(budget, 20_000);
    try {
      return work();
    } finally {
      m.state = state;
      m.log = log;
      m.budget = budget;
    }
  };

  // What a module does when it is loaded, as opposed to when a request arrives.
  const define = <T>(work: () => T): T =>
    aside(() => {
      const m = machine();
      m.defining += 1;
      try {
        return work();
      } finally {
        m.defining -= 1;
      }
    });

  const topLevel = (module: Module, name: string): Value | undefined => {
    const scope = moduleScope(module);
    const known = scope.names.get(name);
    if (known) return known;
    const statement = module.declarations.get(name);
    if (statement) {
      // Marks the name while its value is computed, so that circular definitions end.
      scope.names.set(name, unknown);
      const value = define(() => declared(statement, name, scope));
      scope.names.set(name, value);
      if (value.api?.kind === 'map') define(() => fill(module, name, scope));
      return value;
    }
    const binding = module.imports.get(name);
    if (!binding) return undefined;
    scope.names.set(name, unknown);
    const value = imported(module, binding.source, binding.name);
    scope.names.set(name, value);
    return value;
  };

  // `const ruleOf = new Map()` and below it `ruleOf.set('/orders', 'staff')`: the map is not used before its module has been loaded.
  const fill = (module: Module, name: string, scope: Scope): void => {
    for (const statement of module.program.body)
      if (statement.type === 'ExpressionStatement' && memberText(rootCall(statement.expression)) === `${name}.set`)
        machine().evaluate(statement.expression, scope);
  };

  const declared = (statement: Statement, name: string, scope: Scope): Value => {
    const m = machine();
    if (statement.type === 'FunctionDeclaration') return { closure: { node: statement, module: scope.module, scope, name } };
    if (statement.type === 'ClassDeclaration') return { constructs: { node: statement, module: scope.module, scope } };
    if (statement.type === 'TSEnumDeclaration')
      return object(
        Object.fromEntries(
          statement.body.members.map((member) => [
            String('name' in member.id ? member.id.name : 'value' in member.id ? member.id.value : ''),
            member.initializer ? m.evaluate(member.initializer, scope) : unknown,
          ]),
        ),
        true,
      );
    if (statement.type !== 'VariableDeclaration') return unknown;
    for (const declaration of statement.declarations) {
      if (!declaration.init) continue;
      const holder: Scope = { names: new Map(), module: scope.module, parent: scope };
      if (declaration.id.type === 'Identifier') {
        if (declaration.id.name !== name) continue;
        const value = named(m.evaluate(declaration.init, scope), name);
        return statement.kind === 'const' ? fix(declaration.init, value) : value;
      }
      m.assign(declaration.id, m.evaluate(declaration.init, scope), holder);
      const value = holder.names.get(name);
      if (value) return value;
    }
    return unknown;
  };

  const lookup = (name: string, scope: Scope): Value => {
    for (let at: Scope | undefined = scope; at; at = at.parent) {
      const value = at.names.get(name);
      if (value) return value;
      if (!at.parent) return topLevel(at.module, name) ?? machine().globals.get(name) ?? unknown;
    }
    return unknown;
  };

  const imported = (module: Module, source: string, name: string): Value => {
    const m = machine();
    const target = m.code.resolve(module.path, source);
    if (target.kind === 'file') {
      const other = m.code.module(target.path);
      return other ? exported(other, name) : unresolvedModule(source, name);
    }
    if (target.kind === 'missing') return unresolvedModule(source, name);
    const known = know(target.name, name, source);
    if (known) return known;
    if (name === '*' || name === 'default')
      return api('package', {
        data: { package: target.name, name },
        member: (member) =>
          member === 'default' ? packageMember(target.name, 'default', source) : packageMember(target.name, member, source),
      });
    return packageMember(target.name, name, source);
  };

  const packageMember = (packageName: string, name: string, specifier: string): Value =>
    know(packageName, name, specifier) ?? api('package', { data: { package: packageName, name } });

  const exported = (module: Module, name: string, seen = new Set<string>()): Value => {
    const key = `${module.path}\u0000${name}`;
    const known = exports.get(key);
    if (known) return known;
    if (seen.has(key)) return unknown;
    seen.add(key);
    const value = find(module, name, seen) ?? unknown;
    if (value !== unknown) exports.set(key, value);
    return value;
  };

  const find = (module: Module, name: string, seen: Set<string>): Value | undefined => {
    const m = machine();
    const binding = module.exports.get(name);
    if (binding) return bound(module, binding, seen);
    if (name === '*') return namespace(module, seen);
    for (const source of module.exportAll) {
      const target = m.code.resolve(module.path, source);
      const other = target.kind === 'file' ? m.code.module(target.path) : undefined;
      const fromPackage = target.kind === 'package' && name !== '*' ? know(target.name, name, source) : undefined;
      const value = other && (other.exports.has(name) || other.exportAll.length > 0) ? exported(other, name, seen) : fromPackage;
      if (value && value !== unknown) return value;
    }
    const common = commonJs(module);
    if (!common) return undefined;
    return name === 'default' ? common : m.member(common, name, true, { start: 0, end: 0 }, module);
  };

  const bound = (module: Module, binding: ExportBinding, seen: Set<string>): Value => {
    const m = machine();
    if (binding.kind === 'local') return topLevel(module, binding.name) ?? unknown;
    if (binding.kind === 'expression') {
      const { node } = binding;
      if (node.type === 'FunctionDeclaration') return { closure: { node, module, scope: moduleScope(module), name: 'default' } };
      if (node.type === 'ClassDeclaration') return { constructs: { node, module, scope: moduleScope(module) } };
      return define(() => m.evaluate(node, moduleScope(module)));
    }
    const target = m.code.resolve(module.path, binding.source);
    const other = target.kind === 'file' ? m.code.module(target.path) : undefined;
    return other ? exported(other, binding.name, seen) : imported(module, binding.source, binding.name);
  };

  const namespace = (module: Module, seen: Set<string>): Value => {
    const common = module.exports.size === 0 && module.exportAll.length === 0 ? commonJs(module) : undefined;
    if (common) return common;
    return api('namespace', { data: module.path, member: (name) => exported(module, name, new Set(seen)) });
  };

  /** `module.exports = x`, `module.exports.name = x` and `exports.name = x`. */
  const commonJs = (module: Module): Value | undefined => {
    const scope = moduleScope(module);
    const cached = scope.names.get('module.exports');
    if (cached) return cached;
    if (!/\bexports\b/.test(module.text)) return undefined;
    const m = machine();
    const props: Record<string, Value> = {};
    let whole: Value | undefined;
    scope.names.set('module.exports', unknown);
    for (const statement of module.program.body) {
      if (statement.type !== 'ExpressionStatement') continue;
      for (let { expression } = statement; expression.type === 'AssignmentExpression'; expression = expression.right) {
        const path = exportPath(expression.left);
        if (path === undefined) continue;
        let right: Expression = expression.right;
        while (right.type === 'AssignmentExpression') right = right.right;
        const value = define(() => m.evaluate(right, scope));
        if (path === '') whole = value;
        else props[path] = named(value, path);
      }
    }
    const value =
      whole === undefined
        ? object(props, true)
        : Object.keys(props).length > 0 && whole.props
          ? object({ ...Object.fromEntries(whole.props), ...props }, true)
          : whole;
    scope.names.set('module.exports', value);
    return value;
  };

  return { exported: (module, name) => exported(module, name), imported, moduleScope, lookup, aside };
}

// `map.set` of `map.set(a, b).set(c, d)`
function rootCall(node: Expression): Expression {
  if (node.type !== 'CallExpression') return node;
  const { callee } = node;
  return callee.type === 'MemberExpression' && callee.object.type === 'CallExpression' ? rootCall(callee.object) : callee;
}

function exportPath(left: { readonly type: string }): string | undefined {
  const text = memberText(left as Expression);
  if (text === 'module.exports') return '';
  const match = /^(?:module\.)?exports\.(\w+)$/.exec(text ?? '');
  return match?.[1];
}

/** `a.b.c` of plain member expressions; `undefined` for anything else. */
export function memberText(node: Expression): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'ThisExpression') return 'this';
  if (node.type === 'ChainExpression') return memberText(node.expression);
  if (node.type === 'TSNonNullExpression') return memberText(node.expression);
  if (node.type !== 'MemberExpression' || node.computed || node.property.type !== 'Identifier') return undefined;
  const object = memberText(node.object);
  return object === undefined ? undefined : `${object}.${node.property.name}`;
}

/** A closure remembers the first name it is stored under, for messages. */
export const named = (value: Value, name: string): Value =>
  value.closure && value.closure.name === undefined ? { ...value, closure: { ...value.closure, name } } : value;

const unresolvedModule = (source: string, name: string): Value => api('package', { data: { package: source, name, missing: true } });

/** `require(...)` of CommonJS. */
export const requireFunction: Value = native(({ machine, args, module }) => {
  const source = specifierOf(args[0], module);
  return source !== undefined ? machine.imported(module, source, '*') : unknown;
});
