import type { Node } from 'oxc-parser';
import type { Target } from './facts.ts';
import { lookUp, type Scope } from './scope.ts';
import { bare, propertyOf } from './syntax.ts';
import type { At, Walk } from './walk.ts';

/** The hook that is called: only its body runs there, what it returns runs where it is used. */
export function hookTarget(name: string, scope: Scope): Target | undefined {
  const binding = /^use[A-Z]/.test(name) ? lookUp(scope, name) : undefined;
  return binding?.kind === 'unit' || binding?.kind === 'import' ? { ...binding.target, member: '()' } : undefined;
}

/** Walks a name: what it stands for is used here. */
export function visitName(walk: Walk, name: string, at: At): void {
  const binding = lookUp(at.scope, name);
  if (!binding) return;
  if (binding.kind === 'unit' || binding.kind === 'import') walk.use(binding.target, at);
  else if (binding.kind === 'value') {
    if (binding.result) walk.use({ ...binding.result, member: binding.result.member ?? '*' }, at);
  } else if (binding.of === 'component' && /^(?:children|component|Component|element|outlet)$/.test(binding.property ?? ''))
    at.unit.slots.push(at.within);
}

/** Walks `object.member`: of what the object stands for, only the member is used. */
export function visitMember(walk: Walk, node: Extract<Node, { type: 'MemberExpression' }>, at: At): void {
  const object = bare(node.object);
  const member = propertyOf(node) ?? '*';
  if (node.computed) walk.visit(node.property, at);
  if (object.type === 'ThisExpression' && at.self !== undefined) return walk.use({ unit: at.self, member }, at);
  if (object.type === 'Identifier') {
    const binding = lookUp(at.scope, object.name);
    if (member === 'children' && binding?.kind === 'parameter' && binding.of === 'component') return void at.unit.slots.push(at.within);
    if (binding?.kind === 'unit' || binding?.kind === 'import')
      return walk.use({ ...binding.target, member: binding.target.member ?? member }, at);
    if (binding?.kind === 'value' && binding.result) return walk.use({ ...binding.result, member: binding.result.member ?? member }, at);
  }
  const callee = object.type === 'CallExpression' ? bare(object.callee) : undefined;
  const hook = callee?.type === 'Identifier' ? hookTarget(callee.name, at.scope) : undefined;
  if (hook) walk.use({ ...hook, member }, at);
  walk.visit(node.object, at);
}
