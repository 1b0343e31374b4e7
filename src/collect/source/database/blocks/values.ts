/** A value known while a DO block is walked through; `undefined` when it cannot be known without the data. */
export type Known = string | boolean | null | Row | readonly Known[] | undefined;

/** A record variable or a row of a system view. */
export interface Row {
  readonly fields: Readonly<Record<string, Known>>;
}

export const isRow = (value: Known): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Variables in scope, names in lower case. */
export type Variables = Map<string, Known>;

/** PostgreSQL's quoting of an identifier. */
export const quoteIdentifier = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
export const quoteLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `format()` with %I, %L, %s and positions such as %1$I; `undefined` when an argument is not known. */
export function format(template: string, args: readonly Known[]): string | undefined {
  let next = 0;
  let complete = true;
  const text = template.replace(/%(?:(\d+)\$)?([ILs%])/g, (_, position: string | undefined, kind: string) => {
    if (kind === '%') return '%';
    const index = position === undefined ? next : Number(position) - 1;
    next = index + 1;
    const value = args[index];
    if (value === undefined || isRow(value)) complete = false;
    const shown = typeof value === 'string' ? value : String(value ?? '');
    if (kind === 'I') return quoteIdentifier(shown);
    return kind === 'L' ? quoteLiteral(shown) : shown;
  });
  return complete ? text : undefined;
}

/** SQL's LIKE as a regular expression. */
export function likePattern(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]');
  return new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
}
