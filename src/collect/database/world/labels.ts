import { isLow } from '../../../evidence/role-names.ts';
import type { LiveCatalog, LiveColumn, Relation } from '../live/catalog.ts';
import { escaped } from './literal.ts';

/** How much power somebody's rows may carry: none, the most within his tenant, or the most there is. */
export type Level = 'ordinary' | 'tenant-top' | 'platform';

/** How much power the name of a role promises; below zero for roles of ordinary customers. */
export function powerOf(label: string): number {
  if (isLow(label)) return -1;
  if (/super(?!sed|vis)|root|platform|system|master|god/i.test(label)) return 5;
  if (/admin|owner|dono|propriet|due[nñ]o|gestor/i.test(label)) return 4;
  if (/manager|director|direct|gerente|coordin|coorden|supervis|head|chief|ceo|partner/i.test(label)) return 3;
  if (/staff|moderator|editor|agent|employee|operator|support|internal|team/i.test(label)) return 2;
  return 0;
}

/** The role among `labels` that somebody of this level holds; a default of the column counts as what ordinary people get, if it has no power. */
export function roleAt(labels: readonly string[], level: Level, fallback: string | undefined): string | undefined {
  const byPower = labels.toSorted((a, b) => powerOf(a) - powerOf(b));
  if (level === 'platform') return byPower.at(-1);
  if (level === 'tenant-top') return byPower.findLast((label) => powerOf(label) < 5) ?? byPower.at(-1);
  if (fallback !== undefined && powerOf(fallback) <= 0) return fallback;
  // Not the least there is: "guest" or "pending" often may not see even what is his own.
  return byPower.find((label) => powerOf(label) < 0 && /^(?:user|client|customer|member|cliente|usuario)s?$/i.test(label)) ?? byPower[0];
}

/** The literal a default stands for. */
export const literalOf = (expression: string | undefined): string | undefined =>
  expression === undefined ? undefined : /^'((?:[^']|'')*)'(?:::[\w\s."[\]()]+)?$/.exec(expression)?.[1]?.replaceAll("''", "'");

/** Literals that a CHECK allows for a column: `status = ANY (ARRAY['a'::text, ...])` and single comparisons. */
export function allowedBy(relation: Relation, column: string): string[] {
  const written = column.replaceAll('"', '""');
  const found = relation.checks.flatMap(({ expression }) => {
    if (!expression.includes(written)) return [];
    const plain = escaped(written);
    // `status` is not the end of `old_status`.
    const name = `(?:(?<![\\w$"])${plain}|"${plain}")\\)?(?:::[\\w ]+)?`;
    const lists = [...expression.matchAll(new RegExp(`${name} = ANY \\(\\(?ARRAY\\[([^\\]]*)\\]`, 'g'))].map((match) => match[1] ?? '');
    const single = [...expression.matchAll(new RegExp(`${name} = ('(?:[^']|'')*')`, 'g'))].map((match) => match[1] ?? '');
    return [...lists, ...single].flatMap(literalsIn);
  });
  return [...new Set(found)];
}

/** Every string literal of an SQL text. */
export const literalsIn = (sql: string): string[] =>
  [...sql.matchAll(/'((?:[^']|'')*)'/g)].map((match) => (match[1] ?? '').replaceAll("''", "'"));

/** Values a column can take: enum labels or what a CHECK lists. */
export const labelsOf = (relation: Relation, column: LiveColumn): readonly string[] => column.labels ?? allowedBy(relation, column.name);

/** Words that policies and functions compare with, for role columns of plain text. */
export function roleWords(catalog: LiveCatalog): string[] {
  const texts = [
    ...catalog.relations.flatMap(({ policies }) => policies.flatMap(({ using = '', check = '' }) => [using, check])),
    ...catalog.routines.map(({ source }) => source),
  ].filter((text) => /role|perfil|papel|tipo|type/i.test(text));
  const words = texts
    .flatMap(literalsIn)
    .filter(
      (word) => /^[\w -]{3,30}$/.test(word) && !/^(?:public|service_role|authenticated|anon|role|user_role|search_path)$/i.test(word),
    );
  return [...new Set(words)].filter((word) => powerOf(word) !== 0);
}
