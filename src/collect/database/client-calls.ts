import { type Node, parseSync } from 'oxc-parser';

/** Reads calls of Supabase's client out of one file, each value followed to where it is made. */

/** Files that are read so. */
export const script = /\.(?:[cm]?[jt]sx?)$/;

/** Tests use everything, and nobody misses it there. */
export const ofTests = /(?:^|\/)(?:__tests__|tests?|e2e|cypress|spec)\/|\.(?:test|spec)\.\w+$/;

export type CallNode = Extract<Node, { type: 'CallExpression' }>;
interface Span {
  readonly start: number;
  readonly end: number;
}
interface Made {
  readonly name: string;
  readonly value: Node;
  readonly at: number;
  /** The function it is known in. */
  readonly within: Span;
}
/** What a name stands for at some point of the text. */
export type ValueOf = (name: string, at: number) => Node | undefined;

/** What a file calls. */
export interface Calls {
  readonly calls: readonly CallNode[];
  readonly valueOf: ValueOf;
  lineOf(node: Span): number;
}

/** Reads all calls of a file. A name stands for the nearest value before it in the same function. */
export function readCalls(file: string, text: string): Calls {
  const { program } = parseSync(file, text, { preserveParens: false });
  const made: Made[] = [];
  const calls: CallNode[] = [];
  walk(program, { start: 0, end: text.length }, (node, within) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init)
      made.push({ name: node.id.name, value: node.init, at: node.start, within });
    if (node.type === 'CallExpression') calls.push(node);
  });
  return {
    calls,
    valueOf: (name, at) =>
      made.findLast((one) => one.name === name && one.at < at && one.within.start <= at && at <= one.within.end)?.value,
    lineOf: ({ start }) => text.slice(0, start).split('\n').length,
  };
}

/** The table or bucket and the method of `.from(name).method(...)`. */
export function calledOn({ callee }: CallNode, valueOf: ValueOf): readonly [of: string, method: string] | undefined {
  if (callee.type !== 'MemberExpression') return undefined;
  const [method, from] = [nameOf(callee.property), bare(callee.object)];
  if (method === undefined || from.type !== 'CallExpression' || from.callee.type !== 'MemberExpression') return undefined;
  const [named] = from.arguments;
  const of = nameOf(from.callee.property) === 'from' && named ? textOf(named, valueOf) : undefined;
  return of === undefined ? undefined : [of, method];
}

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function walk(node: Node, within: Span, visit: (node: Node, within: Span) => void): void {
  visit(node, within);
  const inside = functions.has(node.type) ? { start: node.start, end: node.end } : within;
  for (const value of Object.values(node) as unknown[])
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) walk(child, inside, visit);
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** Without what TypeScript, `await` and `?.` put around it. */
export function bare(node: Node): Node {
  switch (node.type) {
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
    case 'ChainExpression':
      return bare(node.expression);
    case 'AwaitExpression':
      return bare(node.argument);
    default:
      return node;
  }
}

/** The name of an identifier. */
export const nameOf = (node: Node): string | undefined => (node.type === 'Identifier' ? node.name : undefined);

function textOf(node: Node, valueOf: ValueOf): string | undefined {
  const plain = bare(node);
  if (plain.type === 'Literal' && typeof plain.value === 'string') return plain.value;
  const value = plain.type === 'Identifier' ? valueOf(plain.name, plain.start) : undefined;
  return value?.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined;
}

/** `userId` as a column would have it. */
export const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
