import type { Queryable, Relation, Routine } from '../../live/catalog.ts';
import { identifier, quote } from '../../world/literal.ts';
import { meaningOf } from '../functions.ts';
import { conditionsFor } from './conditions.ts';
import { type Condition, type Ground, me } from './ground.ts';

/**
 * Corrections of a function with the rights of its owner: the same function, that first asks whether the caller may. Whoever comes without a
 * browser's role (the server, a job) is not asked. Empty where its text cannot be taken apart.
 */
export async function guardedFunctions(db: Queryable, routine: Routine, ground: Ground, staff: readonly string[]): Promise<string[][]> {
  if (!routine.definer) return [];
  const definition = await definitionOfFunction(db, routine);
  return guardsOf(routine, ground, staff).flatMap(({ sql, helper, list }) => {
    const text = guarded(definition, routine, sql, list);
    return text === undefined ? [] : [[...helper, text]];
  });
}

/** The statement that makes it; nothing where there is none. */
export async function definitionOfFunction(db: Queryable, routine: Routine): Promise<string> {
  const [row] = await db.query<{ definition: string | null }>(
    'SELECT pg_catalog.pg_get_functiondef($1::pg_catalog.regprocedure) AS definition',
    [signatureOf(routine)],
  );
  return row?.definition ?? '';
}

/** `schema.name(types)`. */
export const signatureOf = ({ sql, arguments: all }: Routine): string => `${sql}(${all.map(({ type }) => type).join(', ')})`;

interface Guard extends Pick<Condition, 'sql' | 'helper'> {
  /** The argument with a list of which it is asked one by one. */
  readonly list?: string;
}

/** What one of a list is called where it is asked for. */
const oneOfList = 'asked_for.id';

/** What may be asked of the caller: that what was handed in is his own, and else that he runs the app. */
function guardsOf(routine: Routine, ground: Ground, staff: readonly string[]): Guard[] {
  const tables = ground.catalog.relations.filter(({ kind }) => kind === 'table');
  const own = routine.arguments.flatMap((argument, index): Guard[] => {
    // What may be left out says nothing of who asks.
    if (argument.optional) return [];
    const name = argument.name === '' ? `$${index + 1}` : `${identifier(routine.name)}.${identifier(argument.name)}`;
    const list = argument.element !== undefined;
    const value = list ? oneOfList : name;
    const meaning = meaningOf(argument, routine, tables, ground.worlds);
    const asked = (): Pick<Condition, 'sql' | 'helper'>[] => {
      if (meaning?.is === 'account') return [{ sql: `${value} = ${me}`, helper: [] }];
      if (meaning?.is === 'email') return [{ sql: `lower(${value}) = lower(auth.jwt() ->> 'email')`, helper: [] }];
      return meaning?.is === 'row' ? ofRow(meaning.table, value, ground) : [];
    };
    return asked().map((one) => ({ ...one, ...(list && { list: name }) }));
  });
  const admins = staff.map((sql) => ({ sql, helper: [] }));
  return [...own, ...own.flatMap((one) => staff.map((admin) => ({ ...one, sql: `${one.sql} OR ${admin}` }))), ...admins];
}

function ofRow(table: Relation, value: string, ground: Ground): Pick<Condition, 'sql' | 'helper'>[] {
  const key = table.key[0];
  if (key === undefined) return [];
  return conditionsFor(table, ground, 'asked').map(({ sql, helper }) => ({
    helper,
    sql: `EXISTS (SELECT 1 FROM ${table.sql} asked WHERE asked.${identifier(key)} = ${value} AND (${sql}))`,
  }));
}

const browser = `coalesce(auth.role(), '') IN ('anon', 'authenticated')`;

/** Characters of a function that is still shown whole. */
const longest = 50_000;

/**
 * The definition with the question in front; `undefined` where there is no telling where that is. `list`: an argument that is cut down to those of
 * which it may be asked, so that the others are as good as not there.
 */
export function guarded(
  definition: string,
  { name, returns, language, source }: Pick<Routine, 'name' | 'returns' | 'language' | 'source'>,
  may: string,
  list?: string,
): string | undefined {
  const at = definition.lastIndexOf(source);
  if (source.trim() === '' || at < 0 || definition.length > longest) return undefined;
  const ask =
    list === undefined
      ? `IF ${browser} AND (${may}) IS NOT TRUE THEN RAISE EXCEPTION ${quote(`not allowed: ${name}`.replaceAll('%', ''))} USING ERRCODE = '42501'; END IF;`
      : `IF ${browser} THEN ${list} := ARRAY(SELECT ${oneOfList} FROM unnest(${list}) AS asked_for(id) WHERE ${may}); END IF;`;
  const [head, tail] = [definition.slice(0, at), definition.slice(at + source.length)];
  if (language === 'plpgsql') {
    const begin = bodyBegins(source);
    return begin === undefined ? undefined : `${head}${source.slice(0, begin)}\n  ${ask}${source.slice(begin)}${tail}`;
  }
  const query = source.trim().replace(/;\s*$/, '');
  if (language !== 'sql' || withoutTexts(query).includes(';') || !/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:select|with)\b/i.test(query))
    return undefined;
  const answer = /^(?:SETOF|TABLE)\b/i.test(returns) ? `RETURN QUERY ${query};` : `RETURN (${query});`;
  return `${head.replace(/\n LANGUAGE sql\b/, '\n LANGUAGE plpgsql')}\n#variable_conflict use_column\nBEGIN\n  ${ask}\n  ${answer}\nEND\n${tail}`;
}

/** Where the statements of a PL/pgSQL block begin. */
function bodyBegins(source: string): number | undefined {
  const found = /\bBEGIN\b/i.exec(withoutTexts(source));
  return found ? found.index + found[0].length : undefined;
}

/** The same length, with blanks for what stands in quotes and comments. */
const withoutTexts = (sql: string): string =>
  sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1/g, (text) => ' '.repeat(text.length));
