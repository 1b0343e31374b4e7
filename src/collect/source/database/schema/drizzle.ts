import { parseSync } from 'oxc-parser';
import { lineCounter } from '../sql/split.ts';
import type { DescribedTable } from './types.ts';

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

const factories = new Set(['pgTable', 'mysqlTable', 'sqliteTable', 'pgTableCreator', 'createTable']);

/** Tables of Drizzle sources: `pgTable('name', { column: type('name').references(() => other.id) })`. References are resolved within the file. */
export function readDrizzle(path: string, text: string): DescribedTable[] {
  if (!/\b(?:pg|mysql|sqlite)Table(?:Creator)?\b/.test(text)) return [];
  const { program } = parseSync(path, text);
  const lineAt = lineCounter(text);
  const found: { variable: string; name: string; start: number; columns: SyntaxNode[] }[] = [];
  for (const statement of program.body as unknown as SyntaxNode[]) {
    const declaration = (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement) as SyntaxNode | null;
    if (declaration?.type !== 'VariableDeclaration') continue;
    for (const declarator of declaration.declarations as SyntaxNode[]) {
      const table = tableCall(declarator.init as SyntaxNode | null);
      const variable = (declarator.id as { name?: string }).name;
      if (table && variable !== undefined) found.push({ variable, start: declarator.start, ...table });
    }
  }
  const names = new Map(found.map(({ variable, name }) => [variable, name]));
  return found.map(({ name, start, columns }) => ({
    name,
    place: { file: path, line: lineAt(start) },
    columns: columns.flatMap((property) => column(property, names, text)),
  }));
}

/** `pgTable('x', {...})`, also with a callback that gets the column types and chained calls such as `.enableRLS()`. */
function tableCall(node: SyntaxNode | null): { name: string; columns: SyntaxNode[] } | undefined {
  if (node?.type !== 'CallExpression') return undefined;
  const callee = node.callee as SyntaxNode;
  if (callee.type === 'MemberExpression') {
    const inner = callee.object as SyntaxNode;
    return inner.type === 'CallExpression' ? tableCall(inner) : schemaTable(node, callee);
  }
  return factories.has(String(callee.name)) ? namedTable(node) : undefined;
}

// `schema.table('x', {...})` of pgSchema().
const schemaTable = (node: SyntaxNode, callee: SyntaxNode) =>
  (callee.property as { name?: string }).name === 'table' ? namedTable(node) : undefined;

function namedTable(node: SyntaxNode): { name: string; columns: SyntaxNode[] } | undefined {
  const [first, second] = node.arguments as SyntaxNode[];
  const object = second?.type === 'ArrowFunctionExpression' ? unwrap(second.body as SyntaxNode) : second;
  if (typeof first?.value !== 'string' || object?.type !== 'ObjectExpression') return undefined;
  return { name: first.value, columns: object.properties as SyntaxNode[] };
}

const unwrap = (node: SyntaxNode): SyntaxNode => (node.type === 'ParenthesizedExpression' ? unwrap(node.expression as SyntaxNode) : node);

function column(
  property: SyntaxNode,
  names: ReadonlyMap<string, string>,
  text: string,
): { name: string; type: string; references?: string }[] {
  if (property.type !== 'Property') return [];
  const value = property.value as SyntaxNode & { end: number };
  const written = text.slice(value.start, value.end);
  const key = (property.key as { name?: string; value?: string }).name ?? String((property.key as { value?: string }).value ?? '');
  const [, type = '', name] = /^(?:\w+\.)?(\w+)\(\s*(?:["'`](\w+)["'`])?/.exec(written) ?? [];
  const variable = /\.references\(\s*(?:\(\s*\)\s*(?::\s*\w+\s*)?=>)?\s*(\w+)\./.exec(written)?.[1];
  const target = variable === undefined ? undefined : (names.get(variable) ?? variable);
  return [{ name: name ?? key, type, ...(target !== undefined && { references: `public.${target}` }) }];
}
