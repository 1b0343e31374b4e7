import type { DescribedColumn, DescribedTable } from '../../source/database/schema/types.ts';
import { quoted } from '../sandbox/quoted.ts';
import type { Mentions } from './mentions.ts';

/** What other sources than SQL say there is in `public`. */
export interface Described {
  readonly tables: readonly DescribedTable[];
  readonly enums?: ReadonlyMap<string, readonly string[]>;
}

/** SQL for what the files take for granted, in an order that works. Each statement may fail without harm to the next. */
export interface Reconstruction {
  readonly enums: readonly { readonly name: string; readonly sql: string }[];
  readonly tables: readonly { readonly name: string; readonly sql: string }[];
  readonly foreignKeys: readonly string[];
}

/**
 * Tables that a description knows and no file makes, as far as it tells them: columns with their types, null or not, defaults, keys, enumerated
 * types. Columns that a file adds are left to it. Row-level security and checks are not in such descriptions.
 */
export function reconstruct(described: Described, mentions: Mentions): Reconstruction {
  const enums = described.enums ?? new Map<string, readonly string[]>();
  const tables = new Map<string, DescribedTable>();
  for (const table of described.tables) if (!mentions.made.has(table.name)) tables.set(table.name, tables.get(table.name) ?? table);
  const known = new Map(described.tables.map((table) => [table.name, table]));
  const used = new Set<string>();
  const typeOf = (column: DescribedColumn, depth = 0): string => {
    const target = known.get(column.references?.replace(/^public\./, '') ?? '');
    const referred = target?.columns.find(({ name }) => name === (column.referencedColumn ?? 'id'));
    // A key has the type of what it points to.
    if (referred && depth < 8 && referred !== column) return typeOf(referred, depth + 1).replace(/^serial$/, 'integer');
    return sqlType(column, mentions, enums, used);
  };
  const made = [...tables.values()].map((table) => {
    const own = table.columns.filter(({ name }) => !mentions.added.has(`${table.name}.${name}`));
    const columns = own.map((column) => {
      const name = mentions.renamed.get(`${table.name}.${column.name}`) ?? column.name;
      return `${quoted(name)} ${definition(column, typeOf(column), enums)}${column.name === 'id' ? ' PRIMARY KEY' : ''}`;
    });
    return { name: table.name, sql: `CREATE TABLE public.${quoted(table.name)} (${columns.join(', ')})` };
  });
  const foreignKeys = [...tables.values()].flatMap((table) =>
    table.columns.flatMap(({ name, references, referencedColumn = 'id' }) =>
      references === undefined || mentions.added.has(`${table.name}.${name}`)
        ? []
        : [
            `ALTER TABLE public.${quoted(table.name)} ADD FOREIGN KEY (${quoted(name)}) REFERENCES public.${quoted(references.replace(/^public\./, ''))} (${quoted(referencedColumn)})`,
          ],
    ),
  );
  return {
    enums: [...used].map((name) => ({
      name,
      sql: `CREATE TYPE public.${quoted(name)} AS ENUM (${(enums.get(name) ?? []).map(literal).join(', ')})`,
    })),
    tables: made,
    foreignKeys,
  };
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Type names of Prisma and Drizzle that PostgreSQL spells differently. */
const spelled: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'integer',
  bigint: 'bigint',
  float: 'double precision',
  decimal: 'numeric',
  datetime: 'timestamptz',
  boolean: 'boolean',
  json: 'jsonb',
  jsonb: 'jsonb',
  bytes: 'bytea',
  number: 'numeric',
  varchar: 'text',
  char: 'text',
  doubleprecision: 'double precision',
  timestamp: 'timestamptz',
  mysqlenum: 'text',
  pgenum: 'text',
};
const builtin = new Set([
  'text',
  'uuid',
  'integer',
  'smallint',
  'serial',
  'bigserial',
  'numeric',
  'real',
  'date',
  'time',
  'interval',
  'inet',
  'timestamptz',
]);

/** The SQL type of a column as generated types, Prisma or Drizzle spell it. */
export function sqlType(
  { name, type }: DescribedColumn,
  { users }: Pick<Mentions, 'users'>,
  enums: ReadonlyMap<string, readonly string[]>,
  used: Set<string>,
): string {
  const core = type.replaceAll(/\s*\|\s*null\b/g, '').trim();
  if (/\[\]$/.test(core))
    return `${sqlType({ name: '', type: core.replace(/\[\]$/, '').replace(/^\((.*)\)$/, '$1') }, { users }, enums, used)}[]`;
  const label = /\["Enums"\]\["(\w+)"\]$/.exec(core)?.[1] ?? core;
  if ((enums.get(label)?.length ?? 0) > 0) {
    used.add(label);
    return `public.${quoted(label)}`;
  }
  if (core === 'string') return stringType(name, users);
  if (core === 'number' && /(?:^|_)id$/.test(name)) return 'bigint';
  if (/^(?:Json|Record<)/.test(core)) return 'jsonb';
  const lower = core.toLowerCase();
  return spelled[lower] ?? (builtin.has(lower) ? lower : 'text');
}

/** Generated types call texts, dates and UUIDs all `string`; the name tells them apart. */
function stringType(name: string, users: ReadonlySet<string>): string {
  if (name === 'id' || users.has(name)) return 'uuid';
  if (
    /(?:^|_)(?:stripe|external|session|device|provider|google|paypal|razorpay|twilio|transaction|tax|message|request|client_request)\w*_id$/.test(
      name,
    )
  )
    return 'text';
  if (/_id$|(?<!^(?:sort|order|group)(?:ed)?)_by$|^(?:assigned|belongs)_to$/.test(name)) return 'uuid';
  if (/_at$|(?:^|_)timestamp$/.test(name)) return 'timestamptz';
  return /(?:^|_)date$|^date_/.test(name) ? 'date' : 'text';
}

function definition(column: DescribedColumn, type: string, enums: ReadonlyMap<string, readonly string[]>): string {
  const required = column.nullable === false ? ' NOT NULL' : '';
  if (column.name === 'id' && type === 'bigint') return 'bigint GENERATED BY DEFAULT AS IDENTITY';
  if (column.name === 'id' && type === 'uuid') return 'uuid DEFAULT gen_random_uuid()';
  const value = column.hasDefault === true && column.nullable === false ? defaultOf(type, enums) : undefined;
  return `${type}${value === undefined ? '' : ` DEFAULT ${value}`}${required}`;
}

function defaultOf(type: string, enums: ReadonlyMap<string, readonly string[]>): string | undefined {
  if (type.endsWith('[]') || type === 'jsonb') return type === 'jsonb' ? `'{}'` : `'{}'`;
  const label = /^public\."(.+)"$/.exec(type)?.[1];
  if (label !== undefined) return literal(enums.get(label)?.[0] ?? '');
  return {
    uuid: 'gen_random_uuid()',
    timestamptz: 'now()',
    date: 'CURRENT_DATE',
    boolean: 'false',
    numeric: '0',
    bigint: '0',
    integer: '0',
    text: `''`,
  }[type];
}
