import { alternativesOf, stringOf, type Value } from '../interpret/value.ts';

/**
 * Columns a query asks for, as `name`, `author.email` (of a relation or joined table), `*` or `orders.*`; `total:amount` where the row
 * calls it `total`. Numbers of rows are left out: they are no content. `undefined` where it could not be told.
 */
export type Asked = readonly string[] | undefined;

const maxDepth = 5;

/** Splits at commas that stand in no brackets and no quotes. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"' || char === '`') quote = char;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ',' && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)].map((part) => part.trim()).filter((part) => part !== '');
}

/** `id, total, client:clients!inner(name, email)` as PostgREST reads it. */
export function askedOfRest(select: Value | undefined, depth = maxDepth): Asked {
  if (select === undefined || select.literal?.is === undefined) return select?.literal || select === undefined ? ['*'] : undefined;
  const text = stringOf(select);
  return text === undefined ? undefined : restList(text, depth);
}

function restList(text: string, depth: number): string[] {
  return splitList(text).flatMap((item) => {
    const [, alias, name = '', inner] =
      /^(?:(\w+)\s*:(?!:))?\s*([\w*]+)(?:!\w+)*\s*(?:\(([\s\S]*)\))?/.exec(item.replace(/^\.{3}/, '')) ?? [];
    if (inner !== undefined && depth > 0)
      return name === 'count' || /^\s*count\s*$/.test(inner)
        ? []
        : (inner.trim() === '' ? ['*'] : restList(inner, depth - 1)).map((column) => within(name, column, alias));
    return name === '' ? [] : [alias !== undefined && alias !== name ? `${alias}:${name}` : name];
  });
}

// The row calls a relation by its alias; what it is is told by its name.
const within = (name: string, column: string, alias: string | undefined): string => {
  const path = `${name}.${column.slice(column.indexOf(':') + 1)}`;
  return alias === undefined ? path : `${alias}.${column.split(':')[0] ?? ''}:${path}`;
};

/** `select` and `include` of Prisma; `columns` and `with` of Drizzle's relational queries are the same idea. */
export function askedOfObject(options: Value | undefined, select: string, include: string, depth = maxDepth): Asked {
  if (options === undefined || options.literal) return ['*'];
  if (!options.props || options.open || depth === 0) return undefined;
  const chosen = options.props.get(select);
  const added = options.props.get(include);
  const columns = chosen && !isNothing(chosen) ? picked(chosen, select, include, depth) : ['*'];
  const relations = added && !isNothing(added) ? picked(added, select, include, depth) : [];
  if (!columns || !relations) return undefined;
  // `with: { author: true }` names a relation, not a column.
  return [...columns, ...relations.map((path) => (path.includes('.') ? path : `${path}.*`))];
}

const isNothing = (value: Value): boolean => value.literal !== undefined && !value.literal.is;

function picked(chosen: Value, select: string, include: string, depth: number): string[] | undefined {
  const found: string[] = [];
  // Fields that are spread in on some path only (`...(withUser && userFields)`) are asked for as well.
  for (const { value } of alternativesOf(chosen)) {
    if (value.literal && !value.literal.is) continue;
    if (!value.props || value.open) return undefined;
    let only = true;
    for (const [name, item] of value.props) {
      if (name === '_count') continue;
      if (item.literal?.is === false) {
        // `columns: { password: false }` asks for all others.
        only = false;
        continue;
      }
      const inner = item.props ? askedOfObject(item, select, include, depth - 1) : item.literal ? [''] : undefined;
      if (!inner) return undefined;
      found.push(...inner.map((path) => (path === '' ? name : `${name}.${path}`)));
    }
    if (!only && found.length === 0) found.push('*');
  }
  return found;
}

/** True for an expression of SQL that counts rows. */
export const countsRows = (expression: string): boolean => /^\s*(?:cast\s*\(\s*)?count\s*\([^()]*\)[^+*/|-]*$/i.test(expression);
const clean = (name: string): string => name.replace(/["`[\]]/g, '');

/** The columns an expression of SQL reads: none for a number of rows. */
export const columnsIn = (expression: string): string[] =>
  countsRows(expression)
    ? []
    : [
        ...clean(expression)
          .replace(/'[^']*'/g, '')
          // What is asked after WHEN decides, but is not shown.
          .replace(/\bwhen\b.*?\bthen\b/gis, ' ')
          .matchAll(/[a-z_]\w*(?:\.(?:[a-z_]\w*|\*))?|\*/gi),
      ]
        .map(([name]) => name)
        .filter((name) => !keyword.test(name));

const keyword =
  /^(?:select|distinct|on|as|case|when|then|else|end|is|not|null|true|false|and|or|in|from|where|order|by|group|over|partition|filter|asc|desc|limit|sum|avg|min|max|count|coalesce|nullif|round|cast|float|numeric|integer|int|text|date|now|to_char|date_trunc|extract|json_agg|jsonb_agg|json_build_object|jsonb_build_object|array_agg|string_agg|concat|lower|upper|exists|interval|between|like|ilike)$/i;

/** The select list of a statement, with the columns of joined tables under the names of the tables. */
export function askedOfSql(sql: string): Asked {
  const list = selectList(
    sql
      .replace(/--[^\n]*/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
  if (list === undefined || list.text.includes('\u0001')) return undefined;
  const names = aliases(list.rest);
  const [first, ...joined] = [...new Set(names.values())];
  return splitList(list.text).flatMap((item) => {
    const [, expression = '', alias] = /^(.*?)(?:(?:\s+as|(?<=[\w)\]]))\s+["`]?(\w+)["`]?)?$/is.exec(item) ?? [];
    const all = expression === '' ? item : expression;
    if (all.trim() === '*') return ['*', ...joined.map((table) => `${table}.*`)];
    return columnsIn(all).map((column) => {
      const [table, name] = column.includes('.') ? column.split('.') : [undefined, column];
      const real = table === undefined ? undefined : (names.get(table) ?? table);
      const path = real === undefined || real === first ? (name ?? column) : `${real}.${name ?? ''}`;
      return alias === undefined || alias === path ? path : `${alias}:${path}`;
    });
  });
}

// The list between SELECT and its own FROM, and what follows.
function selectList(sql: string): { text: string; rest: string } | undefined {
  const begin = /^select\s+(?:distinct\s+(?:on\s*\([^)]*\)\s*)?)?/i.exec(sql);
  if (!begin) return undefined;
  let depth = 0;
  for (let at = begin[0].length; at < sql.length; at++) {
    if (sql[at] === '(') depth++;
    else if (sql[at] === ')') depth--;
    else if (depth === 0 && /^\sfrom\s/i.test(sql.slice(at, at + 6))) return { text: sql.slice(begin[0].length, at), rest: sql.slice(at) };
  }
  return undefined;
}

// `from orders o join users as u` → o: orders, u: users.
function aliases(rest: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const [, table = '', alias] of clean(rest).matchAll(
    /\b(?:from|join)\s+(?:only\s+|lateral\s+)?([\w.]+)(?:\s+(?:as\s+)?(?!on\b|where\b|left\b|right\b|inner\b|join\b|cross\b|full\b|order\b|group\b|limit\b|using\b)(\w+))?/gi,
  )) {
    const name = table.replace(/^public\./, '');
    names.set(alias ?? name, name);
  }
  return names;
}
