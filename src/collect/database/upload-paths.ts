import type { Node } from 'oxc-parser';
import type { Place } from '../../core/finding.ts';
import type { Tree } from '../source/tree.ts';
import { bare, calledOn, type CallNode, nameOf, readCalls, script, snake, type ValueOf } from './client-calls.ts';

/** Where the app's own code puts a file. */
export interface UploadPath {
  readonly bucket: string;
  /** What the first folder is: the value's name as a column would have it (`user_id`, `organization_id`), `''` for a fixed folder or none. `undefined`: not to be seen. */
  readonly first: string | undefined;
  readonly place: Place;
}

/** Reads what paths the code gives to `.from(bucket).upload(path`, also that of the server. A variable is followed to where it is made, in the same file. */
export function uploadPaths(tree: Tree): UploadPath[] {
  return tree.files.flatMap(({ path, ignored, built }) => {
    if (ignored || built || !script.test(path)) return [];
    const text = tree.text(path);
    return text !== undefined && /\.upload\b|\buploadToSignedUrl\b/.test(text) ? pathsIn(path, text) : [];
  });
}

function pathsIn(file: string, text: string): UploadPath[] {
  const { calls, valueOf, lineOf } = readCalls(file, text);
  return calls.flatMap((call): UploadPath[] => {
    const [bucket, method] = calledOn(call, valueOf) ?? [];
    const [path] = call.arguments;
    return bucket !== undefined && method === 'upload' && path
      ? [{ bucket, first: firstFolder(path, valueOf, 0), place: { file, line: lineOf(path) } }]
      : [];
  });
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
