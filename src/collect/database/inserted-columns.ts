import type { Node } from 'oxc-parser';
import type { Place } from '../../core/finding.ts';
import type { Tree } from '../source/tree.ts';
import { bare, calledOn, type CallNode, nameOf, ofTests, readCalls, script, type ValueOf } from './client-calls.ts';

/** What the app's own code sends for a new row. */
export interface Inserted {
  readonly table: string;
  /** `undefined`: not all of them are to be seen. */
  readonly columns: ReadonlySet<string> | undefined;
  readonly upsert: boolean;
  readonly place: Place;
}

/** Reads what the code gives to `.from(table).insert(` and `.upsert(`, but for code that holds the service key: it is asked by no policy. */
export function insertedColumns(tree: Tree): Inserted[] {
  return tree.files.flatMap(({ path, ignored, built }) => {
    if (ignored || built || !script.test(path) || ofTests.test(path)) return [];
    const text = tree.text(path);
    return text !== undefined && /\.(?:insert|upsert)\b/.test(text) && !/service_?role/i.test(text) ? insertsIn(path, text) : [];
  });
}

function insertsIn(file: string, text: string): Inserted[] {
  const { calls, valueOf, lineOf } = readCalls(file, text);
  return calls.flatMap((call): Inserted[] => {
    const [table, method] = calledOn(call, valueOf) ?? [];
    const [row] = call.arguments;
    if (table === undefined || (method !== 'insert' && method !== 'upsert') || !row) return [];
    return [{ table, columns: keysOf(row, valueOf, 0), upsert: method === 'upsert', place: { file, line: lineOf(row) } }];
  });
}

/** Variables that are followed one after the other. */
const deepest = 3;

/** The keys of a row, or of each of several; `undefined` where some of them are not to be seen. */
function keysOf(row: Node, valueOf: ValueOf, depth: number): ReadonlySet<string> | undefined {
  const node = bare(row);
  if (depth > deepest) return undefined;
  switch (node.type) {
    case 'ObjectExpression': {
      const keys = new Set<string>();
      for (const property of node.properties) {
        if (property.type === 'SpreadElement') {
          const spread = keysOf(property.argument, valueOf, depth + 1);
          if (!spread) return undefined;
          for (const key of spread) keys.add(key);
          continue;
        }
        const key = property.computed ? undefined : property.key.type === 'Literal' ? String(property.key.value) : nameOf(property.key);
        if (key === undefined) return undefined;
        keys.add(key);
      }
      return keys;
    }
    case 'ArrayExpression':
      return inAll(node.elements.map((one) => (one ? keysOf(one, valueOf, depth + 1) : undefined)));
    case 'Identifier': {
      const value = valueOf(node.name, node.start);
      return value && keysOf(value, valueOf, depth + 1);
    }
    case 'ConditionalExpression':
      return inAll([node.consequent, node.alternate].map((one) => keysOf(one, valueOf, depth + 1)));
    case 'CallExpression':
      return keysOfMapped(node, valueOf, depth);
    default:
      return undefined;
  }
}

/** Of `rows.map((row) => ({ ... }))`. */
function keysOfMapped({ callee, arguments: [each] }: CallNode, valueOf: ValueOf, depth: number): ReadonlySet<string> | undefined {
  if (callee.type !== 'MemberExpression' || nameOf(callee.property) !== 'map' || each?.type !== 'ArrowFunctionExpression') return undefined;
  const { body } = each;
  if (body.type !== 'BlockStatement') return keysOf(body, valueOf, depth + 1);
  const last = body.body.at(-1);
  return last?.type === 'ReturnStatement' && last.argument ? keysOf(last.argument, valueOf, depth + 1) : undefined;
}

/** What each of them has. */
function inAll(all: readonly (ReadonlySet<string> | undefined)[]): ReadonlySet<string> | undefined {
  const [first, ...others] = all;
  if (!first || others.includes(undefined)) return undefined;
  return new Set([...first].filter((key) => others.every((one) => one?.has(key))));
}
