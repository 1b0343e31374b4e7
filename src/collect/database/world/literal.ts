import { createHash } from 'node:crypto';

/** A string literal. Backslashes mean themselves (standard_conforming_strings is on). */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A name inside a regular expression. */
export const escaped = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Finds a name in SQL, as a word of its own; `\b` would miss one that begins or ends with a sign. */
export const wordIn = (name: string): RegExp => new RegExp(`(?<![\\w$])${escaped(name)}(?![\\w$])`, 'i');

// oxlint-disable-next-line no-control-regex -- ASCII from its first sign to its last
const ascii = /^[\0-\x7f]*$/;

/** The same for many names in one text, most of which are not in it: an expression is made only for those that may be. */
export function wordsIn(text: string): (name: string) => boolean {
  const lower = text.toLowerCase();
  return (name) => (!ascii.test(name) || lower.includes(name.toLowerCase())) && wordIn(name).test(text);
}

const plainName = /^[a-z_][a-z0-9_]*$/;

/** An identifier, quoted always but for plain lower-case names that are no keyword we would trip over. */
export const identifier = (name: string): string =>
  plainName.test(name) && !keywords.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** Reserved words of PostgreSQL that people do use as names of columns. */
const keywords = new Set(
  'all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull join lateral leading least left like limit localtime localtimestamp national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references returning right row select session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes'.split(
    ' ',
  ),
);

/** Eight signs that stand for a text, the same on every machine. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Bytes of a name that PostgreSQL keeps. */
const longestName = 63;

/** A name that PostgreSQL keeps whole: a longer one is cut, and ends in what tells it from others that begin alike. */
export function fitting(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  const cut = Buffer.from(name)
    .subarray(0, longestName - 9)
    .toString('utf8')
    .replace(/\uFFFD$/, '');
  return `${cut}_${digest(name)}`;
}
