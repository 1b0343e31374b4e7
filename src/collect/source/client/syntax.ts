import type { Argument, ArrowFunctionExpression, CallExpression, Expression, Function as FunctionNode, Node } from 'oxc-parser';

/** The expression without what changes its type or waits for it only. */
export function bare(node: Node): Node {
  let at = node;
  for (;;) {
    if (
      at.type === 'TSAsExpression' ||
      at.type === 'TSNonNullExpression' ||
      at.type === 'TSSatisfiesExpression' ||
      at.type === 'TSTypeAssertion' ||
      at.type === 'ChainExpression' ||
      at.type === 'ParenthesizedExpression'
    )
      at = at.expression;
    else if (at.type === 'AwaitExpression') at = at.argument;
    else return at;
  }
}

export type FunctionLike = ArrowFunctionExpression | FunctionNode;

export const isFunction = (node: Node | null | undefined): node is FunctionLike =>
  node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression' || node?.type === 'FunctionDeclaration';

/** Name of a property that is written out: `a.b`, `a['b']`. */
export function propertyOf(node: Node): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined;
  return stringOf(node.property);
}

/** Name of a key in an object, `undefined` when it is computed. */
export function keyOf(node: { readonly key: Node; readonly computed: boolean }): string | undefined {
  if (node.computed) return undefined;
  return node.key.type === 'Identifier' ? node.key.name : stringOf(node.key);
}

/** A string that is written out. */
export function stringOf(node: Node | null | undefined): string | undefined {
  if (node?.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** Last name of what is called: `deleteUser` of `api.users.deleteUser()`. */
export function calleeName(call: CallExpression): string {
  const callee = bare(call.callee);
  return callee.type === 'Identifier' ? callee.name : (propertyOf(callee) ?? '');
}

/** Value of a property of an object literal. */
export function propertyValue(node: Node | undefined, name: string): Expression | undefined {
  if (node?.type !== 'ObjectExpression') return undefined;
  for (const property of node.properties) if (property.type === 'Property' && keyOf(property) === name) return property.value as Expression;
  return undefined;
}

/** What a short function returns: its expression, or the argument of its only return. */
export function returned(node: FunctionLike): Node | undefined {
  if (!node.body) return undefined;
  if (node.body.type !== 'BlockStatement') return node.body;
  const returns = node.body.body.filter((statement) => statement.type === 'ReturnStatement');
  return returns.length === 1 && node.body.body.length <= 3 ? (returns[0]?.argument ?? undefined) : undefined;
}

/** Arguments without spreads. */
export const plainArguments = (call: { readonly arguments: readonly Argument[] }): Expression[] =>
  call.arguments.filter((argument): argument is Expression => argument.type !== 'SpreadElement');

const fixed = new Set([
  'type',
  'start',
  'end',
  'range',
  'loc',
  'parent',
  'name',
  'value',
  'raw',
  'operator',
  'kind',
  'computed',
  'optional',
  'async',
  'generator',
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'returnType',
  'superTypeArguments',
  'implements',
  'decorators',
  'directive',
  'regex',
  'bigint',
]);
const known = new Map<string, readonly string[]>();

/** Calls `visit` for each node right below this one that can run. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  let keys = known.get(node.type);
  if (!keys) {
    // A property's value and a JSX attribute's value are children, a literal's is not.
    const holds = node.type !== 'Literal' && node.type !== 'TemplateElement' && node.type !== 'JSXText';
    keys = Object.keys(node).filter(
      (key) => (key === 'value' && holds) || (key === 'name' && node.type.startsWith('JSX')) || !fixed.has(key),
    );
    known.set(node.type, keys);
  }
  for (const key of keys) {
    const child = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(child)) {
      for (const item of child) if (isNode(item)) visit(item);
    } else if (isNode(child)) visit(child);
  }
}

const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string';
