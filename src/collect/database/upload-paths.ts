import { type Node, parseSync } from 'oxc-parser';
import type { Place } from '../../core/finding.ts';
import type { Tree } from '../source/tree.ts';

/** Where the app's own code puts a file. */
export interface UploadPath {
  readonly bucket: string;
  /** What the first folder is: the value's name as a column would have it (`user_id`, `organization_id`), `''` for a fixed folder or none. `undefined`: not to be seen. */
  readonly first: string | undefined;
  readonly place: Place;
}

const script = /\.(?:[cm]?[jt]sx?)$/;

/** Reads what paths the code gives to `.from(bucket).upload(path`, also that of the server. A variable is followed to where it is made, in the same file. */
export function uploadPaths(tree: Tree): UploadPath[] {
  return tree.files.flatMap(({ path, ignored, built }) => {
    if (ignored || built || !script.test(path)) return [];
    const text = tree.text(path);
    return text !== undefined && /\.upload\b|\buploadToSignedUrl\b/.test(text) ? pathsIn(path, text) : [];
  });
}

function pathsIn(file: string, text: string): UploadPath[] {
  const { program } = parseSync(file, text, { preserveParens: false });
  const made: Made[] = [];
  const calls: CallNode[] = [];
  walk(program, { start: 0, end: text.length }, (node, within) => {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init)
      made.push({ name: node.id.name, value: node.init, at: node.start, within });
    if (node.type === 'CallExpression') calls.push(node);
  });
  const valueOf: ValueOf = (name, at) =>
    made.findLast((one) => one.name === name && one.at < at && one.within.start <= at && at <= one.within.end)?.value;
  return calls.flatMap((call): UploadPath[] => {
    const store =
      call.callee.type === 'MemberExpression' && nameOf(call.callee.property) === 'upload' ? bare(call.callee.object) : undefined;
    if (store?.type !== 'CallExpression' || store.callee.type !== 'MemberExpression' || nameOf(store.callee.property) !== 'from') return [];
    const bucket = store.arguments[0] && textOf(store.arguments[0], valueOf);
    const path = call.arguments[0];
    if (bucket === undefined || !path) return [];
    const line = text.slice(0, call.arguments[0]!.start).split('\n').length;
    return [{ bucket, first: firstFolder(path, valueOf, 0), place: { file, line } }];
  });
}

type CallNode = Extract<Node, { type: 'CallExpression' }>;
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
type ValueOf = (name: string, at: number) => Node | undefined;

const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function walk(node: Node, within: Span, visit: (node: Node, within: Span) => void): void {
  visit(node, within);
  const inside = functions.has(node.type) ? { start: node.start, end: node.end } : within;
  for (const value of Object.values(node) as unknown[])
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(child)) walk(child, inside, visit);
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** Without what TypeScript, `await` and `?.` put around it. */
function bare(node: Node): Node {
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

const nameOf = (node: Node): string | undefined => (node.type === 'Identifier' ? node.name : undefined);

function textOf(node: Node, valueOf: ValueOf): string | undefined {
  const plain = bare(node);
  if (plain.type === 'Literal' && typeof plain.value === 'string') return plain.value;
  const value = plain.type === 'Identifier' ? valueOf(plain.name, plain.start) : undefined;
  return value?.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined;
}

/** Variables that are followed one after the other. */
const deepest = 4;

/** A path in its pieces: texts as they are, and what is put in between. */
function piecesOf(node: Node): (string | Node)[] | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : undefined;
  if (node.type === 'TemplateLiteral')
    return node.quasis.flatMap(({ value }, index) => [value.cooked ?? '', node.expressions[index] ?? ''].filter((one) => one !== ''));
  if (node.type === 'BinaryExpression' && node.operator === '+')
    return [node.left, node.right].flatMap((side) => piecesOf(bare(side)) ?? [bare(side)]);
  return undefined;
}

/** The name of the first folder of a path, as in `UploadPath`. */
function firstFolder(path: Node, valueOf: ValueOf, depth: number): string | undefined {
  const node = bare(path);
  const value = node.type === 'Identifier' && depth < deepest ? valueOf(node.name, node.start) : undefined;
  if (value) return firstFolder(value, valueOf, depth + 1);
  const joined = node.type === 'CallExpression' && node.callee.type === 'MemberExpression' ? joinedBySlash(node) : undefined;
  if (joined) return folder(joined, valueOf, depth);
  const [first, second] = piecesOf(node) ?? [];
  if (first === undefined) return undefined;
  if (typeof first === 'string') return '';
  // Only the whole of a folder says whose it is.
  if (second === undefined) return firstFolder(first, valueOf, depth + 1);
  return typeof second === 'string' && second.startsWith('/') ? folder(first, valueOf, depth) : '';
}

/** The first of `[a, b].join('/')`. */
function joinedBySlash({ callee, arguments: [by] }: CallNode): Node | undefined {
  if (callee.type !== 'MemberExpression' || nameOf(callee.property) !== 'join' || by?.type !== 'Literal' || by.value !== '/')
    return undefined;
  const list = bare(callee.object);
  return list.type === 'ArrayExpression' ? (list.elements[0] ?? undefined) : undefined;
}

/** The name of what stands for a whole folder: `user.id` is a `user_id`. */
function folder(node: Node, valueOf: ValueOf, depth: number): string | undefined {
  const plain = bare(node);
  if (plain.type === 'Literal') return '';
  if (plain.type === 'Identifier') {
    const value = depth < deepest ? valueOf(plain.name, plain.start) : undefined;
    const inner =
      value && (bare(value).type === 'MemberExpression' || bare(value).type === 'Literal') ? folder(value, valueOf, depth + 1) : undefined;
    return inner ?? snake(plain.name);
  }
  if (plain.type === 'MemberExpression') {
    const [own, of] = [nameOf(plain.property), tail(plain.object)];
    if (own === undefined) return undefined;
    return own === 'id' ? (of === undefined ? undefined : `${snake(of)}_id`) : snake(own);
  }
  // (await supabase.auth.getUser().then((all) => all.data.user?.id)
  if (plain.type === 'CallExpression' && plain.callee.type === 'MemberExpression') {
    const said = plain.arguments[0];
    if (said?.type === 'ArrowFunctionExpression' && said.body.type !== 'BlockStatement') return folder(said.body, valueOf, depth + 1);
    if (/^(?:toString|toLowerCase|trim)$/.test(nameOf(plain.callee.property) ?? '')) return folder(plain.callee.object, valueOf, depth + 1);
  }
  return undefined;
}

function tail(node: Node): string | undefined {
  const plain = bare(node);
  if (plain.type === 'Identifier') return plain.name;
  return plain.type === 'MemberExpression' ? nameOf(plain.property) : undefined;
}

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
