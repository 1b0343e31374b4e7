import { type Expression, type Node } from 'oxc-parser';
import { mayHoldRows } from './content.ts';
import { caughtCall } from './caught.ts';
import { fix } from './fixed-lists.ts';
import { computedMember } from './computed-member.ts';
import { equals, logical, not, stateWhen } from './condition.ts';
import { scopeBeyond } from './narrow.ts';
import { regexpValue } from './regexp.ts';
import { specifierOf } from './repo-path.ts';
import { both, either, guarded, nothing } from './state.ts';
import { tally } from './made.ts';
import { alternativesOf, each, inputOf, literal, type Machine, oneOf, type Scope, stringOf, unknown, type Value } from './value.ts';
import { anyBit, compare, difference, instanceOf, typeOf } from './operators.ts';
import { template, objectLiteral, arrayLiteral } from './literals.ts';

/** Evaluates an expression to what is known of its value; the machine's state moves along. */
export function evaluateExpression(machine: Machine, node: Expression | Node, scope: Scope): Value {
  if (machine.budget-- <= 0 || !machine.state) return unknown;
  const evaluate = (inner: Expression | Node): Value => machine.evaluate(inner, scope);
  switch (node.type) {
    case 'Literal':
      if ('regex' in node && node.regex) return regexpValue(node.regex.pattern, node.regex.flags);
      return literal(typeof node.value === 'bigint' ? Number(node.value) : (node.value as string | number | boolean | null));
    case 'TemplateLiteral':
      return template(
        node.quasis.map((quasi) => quasi.value.cooked ?? quasi.value.raw),
        node.expressions.map(evaluate),
      );
    case 'Identifier':
      return machine.lookup(node.name, scope);
    case 'ThisExpression':
      return machine.lookup('this', scope);
    case 'Super':
      return machine.lookup('super', scope);
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
      return { closure: { node, module: scope.module, scope, ...(node.id && { name: node.id.name }) } };
    case 'ClassExpression':
    case 'ClassDeclaration':
      return { constructs: { node, module: scope.module, scope } };
    case 'ObjectExpression':
      return objectLiteral(machine, node, scope);
    case 'ArrayExpression':
      return arrayLiteral(
        node.elements.map((element) =>
          element === null
            ? { value: literal(undefined), spread: false }
            : element.type === 'SpreadElement'
              ? { value: evaluate(element.argument), spread: true }
              : { value: evaluate(element), spread: false },
        ),
      );
    case 'MemberExpression': {
      const object = evaluate(node.object);
      const key = node.computed ? evaluate(node.property) : unknown;
      const name = node.computed
        ? (stringOf(key) ?? numberName(key))
        : node.property.type === 'Identifier'
          ? node.property.name
          : node.property.type === 'PrivateIdentifier'
            ? `#${node.property.name}`
            : undefined;
      if (name === undefined) return computedMember(object, key);
      return machine.member(object, name, isOptional(node), node, scope.module);
    }
    case 'ChainExpression':
      return evaluate(node.expression);
    case 'CallExpression':
      return callExpression(machine, node, scope);
    case 'NewExpression': {
      const callee = evaluate(node.callee);
      return machine.construct(
        callee,
        node.arguments.map((arg) => evaluate(arg.type === 'SpreadElement' ? arg.argument : arg)),
        node,
        scope.module,
      );
    }
    case 'AwaitExpression':
      return machine.settle(evaluate(node.argument));
    case 'TSNonNullExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSTypeAssertion':
    case 'TSInstantiationExpression':
    case 'ParenthesizedExpression':
      return evaluate(node.expression);
    case 'LogicalExpression':
      return logical(machine, node.operator, evaluate(node.left), () => machine.evaluate(node.right, scopeBeyond(machine, node, scope)));
    case 'UnaryExpression': {
      const value = evaluate(node.argument);
      if (node.operator === '!') return not(value);
      if (node.operator === 'typeof') return typeOf(value);
      return node.operator === 'void' ? literal(undefined) : { of: [value] };
    }
    case 'BinaryExpression':
      return binary(machine, node, scope);
    case 'ConditionalExpression':
      return conditional(machine, node, scope);
    case 'AssignmentExpression':
      return assignment(machine, node, scope);
    case 'SequenceExpression':
      return node.expressions.map(evaluate).at(-1) ?? unknown;
    case 'TaggedTemplateExpression': {
      const tag = evaluate(node.tag);
      const values = node.quasi.expressions.map(evaluate);
      const text = template(
        node.quasi.quasis.map((quasi) => quasi.value.raw),
        values,
      );
      return machine.call(tag, [text, ...values], unknown, node, scope.module);
    }
    case 'ImportExpression': {
      const source = specifierOf(evaluate(node.source), scope.module);
      return source === undefined ? unknown : machine.imported(scope.module, source, '*');
    }
    case 'MetaProperty':
      return machine.lookup('import.meta', scope);
    case 'YieldExpression':
      return node.argument ? evaluate(node.argument) : unknown;
    default:
      return unknown;
  }
}

// `a?.b.c` is undefined as a whole where `a` is: the later steps do not throw.
function isOptional(node: Node): boolean {
  for (let at: Node = node; ;) {
    if (at.type === 'MemberExpression') {
      if (at.optional) return true;
      at = at.object;
    } else if (at.type === 'CallExpression') {
      if (at.optional) return true;
      at = at.callee;
    } else if (at.type === 'TSNonNullExpression') at = at.expression;
    else return false;
  }
}

const numberName = (value: Value): string | undefined => (typeof value.literal?.is === 'number' ? String(value.literal.is) : undefined);

function callExpression(machine: Machine, node: Extract<Expression, { type: 'CallExpression' }>, scope: Scope): Value {
  const { callee } = node;
  // What is left for after the answer proves nothing.
  if (machine.entering > 0 && isPutOff(callee)) return unknown;
  let self = unknown;
  let target: Value;
  if (callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier') {
    const object = (): Value => machine.evaluate(callee.object, scope);
    const caught = callee.property.name === 'catch' ? caughtCall(machine, node, object, scope) : { self: object() };
    if (caught.result) return caught.result;
    self = caught.self;
    target = machine.member(self, callee.property.name, isOptional(callee), callee, scope.module);
  } else target = machine.evaluate(callee, scope);
  const args: Value[] = [];
  for (const arg of node.arguments) {
    if (arg.type !== 'SpreadElement') args.push(fix(arg, machine.evaluate(arg, scope)));
    else {
      const spread = machine.evaluate(arg.argument, scope);
      args.push(...(spread.items ?? [spread.digest ? spread : spread.alternatives ? { of: [spread] } : unknown]));
    }
  }
  const result = machine.call(target, args, self, node, scope.module);
  // `Object.assign(row, changes)` changes what the name stands for.
  const [changed] = node.arguments;
  if (changed?.type === 'Identifier' && callee.type === 'MemberExpression' && scope.module.snippet(callee, 20) === 'Object.assign')
    machine.assign(changed, result, scope, false);
  return result;
}

// `event.waitUntil(record(click))`, `after(() => …)`
const isPutOff = (callee: Node): boolean =>
  callee.type === 'Identifier'
    ? callee.name === 'waitUntil' || callee.name === 'after'
    : callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && callee.property.name === 'waitUntil';

function binary(machine: Machine, node: Extract<Expression, { type: 'BinaryExpression' }>, scope: Scope): Value {
  if (node.left.type === 'PrivateIdentifier') return unknown;
  const left = machine.evaluate(node.left, scope);
  const right = machine.evaluate(node.right, scope);
  // Two constants are compared as they stand: `null === undefined` is false, though a missing row may be either.
  const same = (operator: string): Value | undefined =>
    left.literal && right.literal && !left.env && !right.env && operator.length === 3
      ? literal(left.literal.is === right.literal.is)
      : undefined;
  switch (node.operator) {
    case '===':
    case '==':
      return same(node.operator) ?? equals(machine, left, right, node, scope.module);
    case '!==':
    case '!=':
      return not(same(node.operator) ?? equals(machine, left, right, node, scope.module));
    case '+':
      return left.parts ||
        right.parts ||
        typeof left.literal?.is === 'string' ||
        typeof right.literal?.is === 'string' ||
        inputOf(left) ||
        inputOf(right)
        ? template(['', '', ''], [left, right])
        : { of: [left, right] };
    case '^':
      return difference(equals(machine, left, right, node, scope.module));
    case '|':
      return anyBit(left, right);
    case 'instanceof':
      return instanceOf(left, right);
    case 'in':
      return each(right, (one) =>
        one.props && !one.open && stringOf(left) !== undefined ? literal(one.props.has(stringOf(left) ?? '')) : tally,
      );
    case '>':
    case '>=':
    case '<':
    case '<=':
      return compare(left, right, node.operator, () => guarded('role', scope.module.snippet(node, 90), scope.module.placeOf(node)));
    default:
      return { of: [left, right] };
  }
}

function conditional(machine: Machine, node: Extract<Expression, { type: 'ConditionalExpression' }>, scope: Scope): Value {
  const test = machine.evaluate(node.test, scope);
  const base = machine.state;
  if (!base) return unknown;
  const results: { value: Value; state: typeof nothing }[] = [];
  const ends: (typeof base)[] = [];
  for (const [want, branch] of [
    [true, node.consequent],
    [false, node.alternate],
  ] as const) {
    const when = stateWhen(test, want);
    if (!when) continue;
    machine.state = both(base, when);
    const value = machine.evaluate(branch, scope);
    if (!machine.state) continue;
    ends.push(machine.state);
    results.push({ value, state: when });
  }
  machine.state = ends.length === 0 ? undefined : ends.reduce((a, b) => either(a, b, scope.module.snippet(node.test, 80)));
  return oneOf(results);
}

function assignment(machine: Machine, node: Extract<Expression, { type: 'AssignmentExpression' }>, scope: Scope): Value {
  const right = machine.evaluate(node.right, scope);
  if (node.operator === '=') machine.assign(node.left, right, scope, false);
  else if (node.operator === '??=' || node.operator === '||=')
    machine.assign(node.left, filled(machine, node.left, right, scope), scope, false);
  else if (node.operator === '+=' && node.left.type === 'Identifier') {
    const value = template(['', '', ''], [machine.lookup(node.left.name, scope), right]);
    machine.assign(node.left, value, scope, false);
    return value;
  } else if (node.left.type === 'Identifier' && node.operator !== '+=') {
    const before = machine.lookup(node.left.name, scope);
    machine.assign(node.left, node.operator === '|=' ? anyBit(before, right) : { of: [before, right] }, scope, false);
  }
  return right;
}

// `rows ||= []`: rows that are there stay what they are. An object keeps what its fields were by itself.
function filled(machine: Machine, target: Node, right: Value, scope: Scope): Value {
  if (target.type !== 'Identifier') return right;
  const before = machine.lookup(target.name, scope);
  const kept = alternativesOf(before).filter((item) => mayHoldRows(item.value));
  return kept.length === 0 ? right : oneOf([...kept, { value: right, state: nothing }]);
}
