import type { Node, Statement } from 'oxc-parser';
import { declareNames } from './declare.ts';
import type { RoleCondition } from './role-test.ts';
import { inner } from './scope.ts';
import { bare, calleeName, isFunction } from './syntax.ts';
import { type At, behind, type Walk, without } from './walk.ts';

/** Code that asks before it goes on. */
export type Condition = Extract<Node, { type: 'IfStatement' | 'ConditionalExpression' | 'LogicalExpression' }>;

/** Walks statements in order: behind one that turns people away, the others are alone. */
export function visitStatements(walk: Walk, statements: readonly Statement[], start: At): void {
  let at = start;
  for (const statement of statements) {
    walk.visit(statement, at);
    if (statement.type !== 'IfStatement') continue;
    const found = walk.test(statement.test, at.scope);
    if (leaves(statement.consequent)) at = behind(walk, without(at, found, true), found.whenFalse, statement.test);
    else if (statement.alternate && leaves(statement.alternate))
      at = behind(walk, without(at, found, false), found.whenTrue, statement.test);
  }
}

/** Walks a block with names of its own. */
export function visitBlock(walk: Walk, statements: readonly Statement[], at: At): void {
  const next = { ...at, scope: inner(at.scope) };
  declareNames(statements, next);
  visitStatements(walk, statements, next);
}

/** Walks both sides of a condition, each behind what it says. `run` visits the sides. */
export function visitCondition(walk: Walk, node: Condition, at: At, run: (part: Node, at: At) => void): void {
  const condition = node.type === 'LogicalExpression' ? node.left : node.test;
  const found = walk.test(condition, at.scope);
  walk.visit(condition, at);
  const then = behind(walk, without(at, found, false), found.whenTrue, condition);
  const otherwise = behind(walk, without(at, found, true), found.whenFalse, condition);
  if (node.type === 'LogicalExpression') return run(node.right, node.operator === '&&' ? then : node.operator === '||' ? otherwise : at);
  run(node.consequent, then);
  if (node.alternate) run(node.alternate, otherwise);
}

/** Walks `switch (role) { case 'admin': … }`. */
export function visitSwitch(walk: Walk, node: Extract<Node, { type: 'SwitchStatement' }>, at: At): void {
  walk.visit(node.discriminant, at);
  const next = { ...at, scope: inner(at.scope) };
  for (const { consequent } of node.cases) declareNames(consequent, next);
  let open: RoleCondition | undefined;
  for (const { test: label, consequent } of node.cases) {
    const equal = label
      ? walk.test({ ...label, type: 'BinaryExpression', operator: '===', left: node.discriminant, right: label } as never, at.scope)
      : undefined;
    const [condition] = equal?.whenTrue ?? [];
    // Cases that fall through share their code.
    open = condition && (open ? { ...condition, roles: [...open.roles, ...condition.roles] } : condition);
    visitStatements(walk, consequent, open ? behind(walk, next, [open], label ?? node) : next);
    if (consequent.length > 0) open = undefined;
  }
}

const goesElsewhere = /\b(?:navigate|redirect|router\.(?:push|replace)|history\.(?:push|replace)|setLocation|replace)\s*\(/;

/** The place in a component that sends people without the role somewhere else as soon as it stands: what follows is for the others. */
export function sentAway(walk: Walk, statements: readonly Statement[], at: At): At {
  let next = at;
  for (const statement of statements) {
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'CallExpression') continue;
    if (!/^use(?:Layout|Focus)?Effect$/.test(calleeName(statement.expression))) continue;
    const [callback] = statement.expression.arguments;
    if (!isFunction(callback) || callback.body?.type !== 'BlockStatement') continue;
    for (const inside of callback.body.body)
      if (inside.type === 'IfStatement' && goesElsewhere.test(walk.module.snippet(inside.consequent, 400)))
        next = behind(walk, next, walk.test(inside.test, at.scope).whenFalse, inside.test);
  }
  return next;
}

/** True when nothing after the statement runs: it returns, throws or redirects on the server. */
function leaves(statement: Statement): boolean {
  if (statement.type === 'BlockStatement') return statement.body.some(leaves);
  if (statement.type === 'ReturnStatement' || statement.type === 'ThrowStatement' || statement.type === 'ContinueStatement') return true;
  if (statement.type !== 'ExpressionStatement') return false;
  const call = bare(statement.expression);
  return call.type === 'CallExpression' && /^(?:redirect|permanentRedirect|notFound|forbidden|unauthorized)$/.test(calleeName(call));
}
