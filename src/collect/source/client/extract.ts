import type { CallExpression, Expression, Node, Statement } from 'oxc-parser';
import type { Module } from '../code/module.ts';
import { askedBy, chainOf } from './calls.ts';
import { createCaller } from './caller.ts';
import { declareNames, lazyCode, membersOf, moduleScope } from './declare.ts';
import type { Elsewhere, ModuleFacts } from './facts.ts';
import { sentAway, visitBlock, visitCondition, visitStatements, visitSwitch } from './flow.ts';
import { formsOf, textOfTemplate } from './forms.ts';
import { visitElement } from './markup.ts';
import { hookTarget, visitMember, visitName } from './names.ts';
import { createRoleTest } from './role-test.ts';
import { bindParameters, type FunctionRole, inner, patternPaths, type Scope } from './scope.ts';
import { bare, eachChild, type FunctionLike, isFunction, keyOf, propertyValue } from './syntax.ts';
import { type At, behind, createRecord, unitNamed, type Walk } from './walk.ts';

/** Reads what the code of a file uses and asks for, and behind which conditions on a role. */
export function extractFacts(module: Module): ModuleFacts {
  const record = createRecord();
  const dynamic: { what: string; place: ReturnType<Module['placeOf']> }[] = [];
  const inChain = new Set<Node>();
  const walk: Walk = {
    ...record,
    module,
    test: createRoleTest(createCaller(module.text)),
    visit,
    visitStatements: (statements, at) => visitStatements(walk, statements, at),
    visitReturned,
    visitLazy,
  };

  function visitLazy(name: string, code: Node, at: At, self = at.self): void {
    const next: At = { unit: walk.unit(name), scope: at.scope, within: at.within, ...(self !== undefined && { self }) };
    if (isFunction(code)) visitFunction(code, next, roleOf(name), /(?:^|[./])use[A-Z]\w*$/.test(name) ? name : undefined);
    else if (code.type === 'ClassBody' || code.type === 'ObjectExpression') visitMembers(name, code, next);
    else visit(code, next);
  }

  function visitFunction(node: FunctionLike, at: At, of: FunctionRole, hook?: string): void {
    const scope = inner(at.scope);
    bindParameters(scope, node.params, of);
    for (const parameter of node.params) if (parameter.type === 'AssignmentPattern') visit(parameter.right, { ...at, scope });
    if (!node.body) return;
    const { hook: _, ...rest } = at;
    const next: At = { ...rest, scope, ...(hook !== undefined && { hook }) };
    if (node.body.type === 'BlockStatement') {
      declareNames(node.body.body, next);
      visitStatements(walk, node.body.body, sentAway(walk, node.body.body, next));
    } else if (hook !== undefined) visitReturned(node.body, next);
    else visit(node.body, next);
  }

  // Each part of what a hook returns runs when it is used.
  function visitReturned(node: Node, at: At): void {
    const value = bare(node);
    const name = at.hook ?? '';
    if (value.type === 'ObjectExpression') {
      for (const property of value.properties) {
        if (property.type === 'Property') visitLazy(`${name}.${keyOf(property) ?? '*'}`, property.value, at);
        else visit(property, { ...at, unit: walk.unit(`${name}.*`) });
      }
    } else if (value.type === 'ConditionalExpression') visitCondition(walk, value, at, visitReturned);
    else if (lazyCode(value)) visitLazy(`${name}.*`, value, at);
    else visit(value, at);
  }

  function visitMembers(name: string, code: Extract<Node, { type: 'ClassBody' | 'ObjectExpression' }>, at: At): void {
    for (const member of membersOf(code)) {
      if (member.name !== undefined && (isFunction(member.value) || lazyCode(member.value)))
        visitLazy(`${name}.${member.name}`, member.value, at, name);
      else visit(member.value, { ...at, self: name });
    }
  }

  function visit(node: Node, at: At): void {
    switch (node.type) {
      case 'BlockStatement':
      case 'StaticBlock':
        return visitBlock(walk, node.body, at);
      case 'FunctionDeclaration':
        return node.id ? visitLazy(unitNamed(node.id.name, at), node, at) : visitFunction(node, at, 'function');
      case 'ClassDeclaration':
      case 'ClassExpression':
        return node.id ? visitLazy(unitNamed(node.id.name, at), node.body, at) : visit(node.body, at);
      case 'VariableDeclarator':
        return visitDeclarator(node, at);
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return visitFunction(node, at, 'callback');
      case 'ReturnStatement':
        if (node.argument) (at.hook === undefined ? visit : visitReturned)(node.argument, at);
        return;
      case 'IfStatement':
      case 'ConditionalExpression':
      case 'LogicalExpression':
        return visitCondition(walk, node, at, visit);
      case 'SwitchStatement':
        return visitSwitch(walk, node, at);
      case 'CallExpression':
        return visitCall(node, at);
      case 'ImportExpression':
        if (node.source.type === 'Literal' && typeof node.source.value === 'string') walk.use({ source: node.source.value, name: '*' }, at);
        return;
      case 'JSXElement':
        return visitElement(walk, node, at);
      case 'TemplateLiteral':
        for (const form of formsOf(textOfTemplate(node))) walk.ask({ ...form, place: module.placeOf(node) }, at, true);
        return eachChild(node, (child) => visit(child, at));
      case 'MemberExpression':
        return visitMember(walk, node, at);
      case 'Identifier':
      case 'JSXIdentifier':
        return visitName(walk, node.name, at);
      case 'Property':
        if (node.computed) visit(node.key, at);
        return visit(node.value, at);
      default:
        return visitOther(node, at);
    }
  }

  function visitOther(node: Node, at: At): void {
    switch (node.type) {
      case 'PropertyDefinition':
      case 'MethodDefinition':
        return node.value ? visit(node.value, at) : undefined;
      case 'LabeledStatement':
        return visit(node.body, at);
      case 'ExportNamedDeclaration':
        return node.declaration ? visit(node.declaration, at) : undefined;
      case 'ExportDefaultDeclaration':
        return 'id' in node.declaration && node.declaration.id ? visit(node.declaration, at) : undefined;
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      default:
        if (!node.type.startsWith('TS') || runs.test(node.type)) eachChild(node, (child) => visit(child, at));
    }
  }

  function visitDeclarator({ id, init }: Extract<Node, { type: 'VariableDeclarator' }>, at: At): void {
    if (!init) return;
    const [first] = patternPaths(id);
    const binding = first && at.scope.names.get(first.name);
    if (binding?.kind === 'unit' && 'unit' in binding.target && binding.target.member === undefined && binding.node)
      return visitLazy(binding.target.unit, lazyCode(init) ?? binding.node, at);
    visit(init, at);
  }

  function visitCall(call: CallExpression, at: At): void {
    let next = at;
    if (!inChain.has(call)) {
      // A query that is switched on for a role only.
      const enabled = call.arguments.map((argument) => propertyValue(bare(argument), 'enabled')).find(Boolean);
      if (enabled) next = behind(walk, at, walk.test(enabled, at.scope).whenTrue, enabled);
      const asked = askedBy(call, at.scope);
      if (asked) for (const link of chainOf(call)) inChain.add(link.call);
      if (asked && 'dynamic' in asked) dynamic.push({ what: asked.dynamic, place: module.placeOf(call) });
      else if (asked) walk.ask({ ...asked, place: module.placeOf(call) }, next);
    }
    const callee = bare(call.callee);
    const hook = callee.type === 'Identifier' ? hookTarget(callee.name, at.scope) : undefined;
    if (hook) walk.use(hook, next);
    else visit(call.callee, next);
    for (const argument of call.arguments) visit(argument, next);
  }

  const scope = moduleScope(module);
  const start: At = { unit: walk.unit(''), scope, within: undefined };
  const statements = module.program.body as readonly Statement[];
  declareNames(statements, start);
  visitStatements(walk, statements, start);
  return { path: module.path, units: record.units, exports: exportsOf(walk, scope, start), exportAll: module.exportAll, dynamic };
}

/** Nodes of TypeScript that run. */
const runs = /^TS(?:As|NonNull|Satisfies|Instantiation)Expression$|^TSTypeAssertion$|^TSExportAssignment$/;

const roleOf = (name: string): FunctionRole =>
  /(?:^|\/)(?:[A-Z]\w*|default)$/.test(name) ? 'component' : /\.[\w*]+$/.test(name) ? 'callback' : 'function';

function exportsOf(walk: Walk, scope: Scope, at: At): Map<string, string | Elsewhere> {
  const found = new Map<string, string | Elsewhere>();
  for (const [name, binding] of walk.module.exports) {
    if (binding.kind === 'from') found.set(name, { source: binding.source, name: binding.name });
    else if (binding.kind === 'local') {
      const local = scope.names.get(binding.name);
      if (local?.kind !== 'import' && local?.kind !== 'unit') continue;
      found.set(name, 'unit' in local.target ? local.target.unit : { source: local.target.source, name: local.target.name });
    } else {
      // `export default () => …`, `export default memo(Team)`
      walk.visitLazy('default', binding.node as Expression, at);
      found.set(name, 'default');
    }
  }
  return found;
}
