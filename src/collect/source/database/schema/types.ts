import { parseSync } from 'oxc-parser';
import type { Place } from '../../../../core/finding.ts';

/** A table as a schema source other than SQL describes it. */
export interface DescribedTable {
  readonly name: string;
  readonly place: Place;
  readonly columns: readonly DescribedColumn[];
}

export interface DescribedColumn {
  readonly name: string;
  /** As the source spells it. */
  readonly type: string;
  /** `schema.table` of a foreign key. */
  readonly references?: string;
  /** The column it refers to, when told. */
  readonly referencedColumn?: string;
  /** Whether null is allowed, when told. */
  readonly nullable?: boolean;
  /** Whether an insert may leave it out although null is not allowed, when told. */
  readonly hasDefault?: boolean;
}

interface TypeNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** What a generated Supabase `Database` type says there is in the schema `public`. */
export interface DescribedSchema {
  readonly tables: readonly DescribedTable[];
  /** True for the whole output of the generator, by the helper types at its end; people who write such a file list what they need. */
  readonly generated: boolean;
  /** Names of views and functions; `undefined` when the file does not list them. */
  readonly views?: ReadonlySet<string>;
  readonly functions?: ReadonlySet<string>;
  /** Labels of the enumerated types. */
  readonly enums?: ReadonlyMap<string, readonly string[]>;
}

/** Reads a generated Supabase `Database` type (`supabase gen types`); `undefined` when the file holds none. */
export function readGeneratedTypes(path: string, text: string): DescribedSchema | undefined {
  if (!/\bTables:\s*\{/.test(text) || !/\bRow:\s*\{/.test(text)) return undefined;
  const { program } = parseSync(path, text);
  const database = (program.body as unknown as TypeNode[]).map(declared).find((node) => node !== undefined);
  const schema = member(database, 'public');
  const tables = member(schema, 'Tables');
  if (!tables) return undefined;
  const lineAt = lines(text);
  const described = members(tables).map(({ name, value, start }) => {
    const references = relationships(member(value, 'Relationships'), text);
    const row = member(value, 'Row');
    const insert = member(value, 'Insert');
    const optional = new Set(insert ? members(insert).flatMap((one) => (one.optional ? [one.name] : [])) : []);
    const columns = (row ? members(row) : []).map((column) => {
      const target = references.get(column.name);
      const type = text.slice(column.value.start, column.value.end);
      return {
        name: column.name,
        type,
        nullable: /\|\s*null\b/.test(type),
        hasDefault: optional.has(column.name),
        ...(target && { references: `public.${target.table}`, referencedColumn: target.column }),
      };
    });
    return { name, place: { file: path, line: lineAt(start) }, columns };
  });
  const [views, functions] = [names(member(schema, 'Views')), names(member(schema, 'Functions'))];
  const enums = labels(member(schema, 'Enums'), text);
  return {
    tables: described,
    generated: helpers.test(text),
    ...(views && { views }),
    ...(functions && { functions }),
    ...(enums && { enums }),
  };
}

// `export type Tables<DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"]) | ...`
const helpers = /\bTables<[\s\S]{0,200}?\bextends\b[\s\S]{0,80}?\bkeyof\b/;

const names = (node: TypeNode | undefined): Set<string> | undefined => node && new Set(members(node).map(({ name }) => name));

const labels = (node: TypeNode | undefined, text: string): Map<string, string[]> | undefined =>
  node &&
  new Map(
    members(node).map(({ name, value }) => [
      name,
      [...text.slice(value.start, value.end).matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? ''),
    ]),
  );

/** The type called Database, as an alias or an interface, exported or not. */
function declared(statement: TypeNode): TypeNode | undefined {
  const node = (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement) as TypeNode | null;
  if (!node || !/^(?:Database|SupabaseDatabase)/.test(String((node.id as { name?: string } | undefined)?.name ?? ''))) return undefined;
  if (node.type === 'TSTypeAliasDeclaration') return node.typeAnnotation as TypeNode;
  return node.type === 'TSInterfaceDeclaration' ? (node.body as TypeNode) : undefined;
}

interface Member {
  readonly name: string;
  readonly value: TypeNode;
  readonly start: number;
  readonly optional: boolean;
}

function members(node: TypeNode): Member[] {
  const list = (node.type === 'TSTypeLiteral' ? node.members : node.body) as TypeNode[] | undefined;
  return (list ?? []).flatMap((item) => {
    if (item.type !== 'TSPropertySignature') return [];
    const key = item.key as { name?: string; value?: string };
    const annotation = item.typeAnnotation as { typeAnnotation?: TypeNode } | undefined;
    const name = key.name ?? key.value;
    return name !== undefined && annotation?.typeAnnotation
      ? [{ name, value: annotation.typeAnnotation, start: item.start, optional: item.optional === true }]
      : [];
  });
}

const member = (node: TypeNode | undefined, name: string): TypeNode | undefined =>
  node ? members(node).find((item) => item.name === name)?.value : undefined;

function relationships(node: TypeNode | undefined, text: string): Map<string, { table: string; column: string }> {
  const found = new Map<string, { table: string; column: string }>();
  if (!node) return found;
  const written = text.slice(node.start, node.end);
  for (const [, column, table, target = 'id'] of written.matchAll(
    /columns:\s*\[\s*["'](\w+)["']\s*,?\s*\][\s\S]*?referencedRelation:\s*["'](\w+)["'](?:\s*[,;]?\s*referencedColumns:\s*\[\s*["'](\w+)["'])?/g,
  ))
    if (column !== undefined && table !== undefined && !found.has(column)) found.set(column, { table, column: target });
  return found;
}

function lines(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
