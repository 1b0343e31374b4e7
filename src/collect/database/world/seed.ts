import type { LiveColumn, Queryable, Relation } from '../live/catalog.ts';
import { wasLost } from '../sandbox/restarting.ts';
import { keep, type Kept, patienceFor } from './keep.ts';
import { escaped, identifier, quote } from './literal.ts';
import { literalsIn } from './labels.ts';
import type { People } from './people.ts';
import type { Planner, Row } from './rows.ts';
import { otherTexts, plainValue } from './values.ts';

const rounds = 8;

/** Inserts every planned row, and mends what the constraints refuse. Rows that stay refused are `failed` and say why. */
export async function seed(db: Queryable, planner: Planner, people: People, signal?: AbortSignal): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const open = planner.rows.filter(({ state }) => state === 'planned');
    if (open.length === 0) return;
    signal?.throwIfAborted();
    const answers = await keep(db, open.map(insertSql), { unchecked: true });
    for (const [index, row] of open.entries()) {
      const answer = answers[index] ?? {};
      if (answer.code === undefined) made(row, answer.row);
      else if (round === rounds - 1 || !(await mend(db, row, answer, round, planner, people))) fail(row, answer);
    }
  }
}

function insertSql({ relation, values }: Row): string {
  const columns = [...values.keys()].map(identifier);
  const target =
    columns.length === 0 ? 'DEFAULT VALUES' : `(${columns.join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${[...values.values()].join(', ')})`;
  return `INSERT INTO ${relation.sql} ${target} RETURNING to_jsonb(${relation.sql}.*)`;
}

function made(row: Row, stored: Record<string, unknown> | null | undefined): void {
  row.state = 'made';
  for (const column of row.relation.key)
    if (stored?.[column] !== undefined && stored[column] !== null) row.key[column] = textOf(stored[column]);
}

const textOf = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

function fail(row: Row, { code = '', message = '' }: Kept): void {
  row.state = 'failed';
  row.why = `${message} (${code})`;
}

/** Changes the row so that it may pass; `false` when there is nothing left to try. */
async function mend(db: Queryable, row: Row, refusal: Kept, round: number, planner: Planner, people: People): Promise<boolean> {
  switch (refusal.code) {
    case '23514':
      return mendCheck(db, row, refusal, planner, people);
    case '23505':
    case '23P01':
      return (await adoptExisting(db, row, refusal)) || vary(row, round + 1);
    case '23502':
      return fill(row, refusal.column, round);
    case '22001':
      return shorten(row);
    case '57014':
      return false;
    default:
      return dropOptional(row);
  }
}

/** A CHECK; `columns` are set for that of a domain, which does not name them. */
interface Condition {
  readonly expression: string;
  readonly columns?: readonly string[];
}

/** Which columns a condition reads. */
const columnsIn = (relation: Relation, expression: string): string[] =>
  relation.columns
    .filter(({ name }) => new RegExp(`(?<![\\w"'])"?${escaped(name.replaceAll('"', '""'))}"?(?![\\w'])`).test(expression))
    .map(({ name }) => name);

async function mendCheck(db: Queryable, row: Row, refusal: Kept, planner: Planner, people: People): Promise<boolean> {
  const { relation, holder } = row;
  const check: Condition | undefined =
    relation.checks.find(({ name }) => name === refusal.constraint) ?? (await domainCheck(db, row, refusal.constraint));
  if (!check) return dropOptional(row);
  const columns = check.columns ?? columnsIn(relation, check.expression);
  const own = otherTexts({ mark: holder.mark, email: holder.email, nth: 0, relation: relation.name });
  const candidates = [
    ...literalsIn(check.expression),
    ...own,
    ...people.accounts.filter(({ world }) => world === holder.world).map(({ id }) => id),
    ...otherKeys(row, planner),
    null,
  ];
  // The last column first: in `ends > starts` the later one gives way.
  for (const name of columns.toReversed()) {
    const column = relation.columns.find((one) => one.name === name);
    const refers = relation.foreignKeys.some((key) => key.columns.includes(name));
    // A key that is made of references may be made of others: nobody is his own manager.
    if (!column || column.generated || (relation.key.includes(name) && !refers)) continue;
    const inner = columns.map((one) => {
      const type = relation.columns.find((candidate) => candidate.name === one)?.type ?? 'text';
      return `${one === name ? `$1::${type}` : `(${row.values.get(one) ?? 'NULL'})::${type}`} AS ${identifier(one)}`;
    });
    const question = check.columns
      ? `SELECT ($1::${column.type}) IS NOT DISTINCT FROM ($1::${column.type})`
      : `SELECT (${check.expression}) FROM (SELECT ${inner.join(', ')}) AS one`;
    const suited = refers ? [...otherKeys(row, planner), null] : candidates;
    const usable = column.notNull ? suited.filter((candidate) => candidate !== null) : suited;
    const answer = await fitting(db, question, usable);
    if (answer === undefined) continue;
    const next = answer === '\\N' ? 'NULL' : `${quote(answer)}::${column.type}`;
    if (row.values.get(name) === next) continue;
    row.values.set(name, next);
    if (relation.key.includes(name)) row.key[name] = answer;
    return true;
  }
  return dropOptional(row);
}

/** The first candidate that the condition takes. */
async function fitting(db: Queryable, question: string, candidates: readonly (string | null)[]): Promise<string | undefined> {
  await db.checkpoint?.();
  try {
    const sql = 'SELECT launch_ready.fits($1, $2::text[]) AS value';
    const [answer] = await db.query<{ value: string | null }>(sql, [question, candidates], patienceFor(db, 1));
    return answer?.value ?? undefined;
  } catch (error) {
    // A CHECK may call a function of the repo that never ends.
    if ((error as { code?: string }).code === undefined || (wasLost(error) && !db.checkpoint)) throw error;
    return undefined;
  }
}

/** Keys of other rows that the row could refer to: those of his own world first, never those of the other tenant, which would tie the two. */
function otherKeys({ relation, holder }: Row, planner: Planner): string[] {
  const targets = new Set(relation.foreignKeys.map(({ target }) => target));
  return planner.rows
    .filter(
      (other) =>
        targets.has(other.relation.id) &&
        Object.keys(other.key).length === 1 &&
        (other.holder.world === holder.world || other.holder.world === 'house'),
    )
    .toSorted((a, b) => Number(b.holder.world === holder.world) - Number(a.holder.world === holder.world))
    .flatMap(({ key }) => Object.values(key))
    .slice(0, 12);
}

/** A domain's own CHECK: the columns of that domain, each tried by casting. */
async function domainCheck(db: Queryable, { relation }: Row, constraint: string | undefined): Promise<Condition | undefined> {
  const [domain] = await db.query<{ type: string; expression: string }>(
    `SELECT format_type(contypid, NULL) AS type, pg_get_constraintdef(oid) AS expression FROM pg_constraint WHERE conname = $1 AND contypid <> 0`,
    [constraint],
  );
  if (!domain) return undefined;
  return { expression: domain.expression, columns: relation.columns.filter(({ type }) => type === domain.type).map(({ name }) => name) };
}

/** Somebody's row is there already under another key (a sign-up trigger made it, or there can be only one). */
async function adoptExisting(db: Queryable, row: Row, refusal: Kept): Promise<boolean> {
  const { relation } = row;
  const [index] = await db.query<{ columns: string[] | null }>(
    `SELECT (SELECT array_agg(a.attname::text) FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])) AS columns
     FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relname = $1 AND i.indrelid = to_regclass($2)`,
    [refusal.constraint, relation.sql],
  );
  const columns = index?.columns ?? [];
  const holdersOwn =
    columns.some((name) => (row.values.get(name) ?? '').includes(row.holder.id)) ||
    columns.every((name) => row.values.get(name) === undefined);
  if (!holdersOwn) return false;
  const condition =
    columns.map((name) => `${identifier(name)} IS NOT DISTINCT FROM ${row.values.get(name) ?? identifier(name)}`).join(' AND ') || 'true';
  const [answer] = await keep(db, [`SELECT to_jsonb(launch_ready_row.*) FROM ${relation.sql} launch_ready_row WHERE ${condition} LIMIT 1`]);
  if (!answer?.row) return false;
  made(row, answer.row);
  row.state = 'adopted';
  return true;
}

/** Makes the row differ from others in everything that is no reference. */
function vary(row: Row, nth: number): boolean {
  let changed = false;
  for (const column of row.relation.columns) {
    const current = row.values.get(column.name);
    if (current === undefined || current.includes(row.holder.id) || /^'\{/.test(current)) continue;
    if (row.relation.key.includes(column.name) && column.base === 'uuid') continue;
    if (row.relation.foreignKeys.some(({ columns }) => columns.includes(column.name))) continue;
    const next = column.labels?.length
      ? `${quote(column.labels[nth % column.labels.length] ?? '')}::${column.type}`
      : (farNumber(row, column, nth) ??
        plainValue(column, { mark: row.holder.mark, email: row.holder.email, nth: nth + saltOf(row), relation: row.relation.name }));
    if (next === undefined || column.base === 'bool' || column.base === 'uuid') continue;
    row.values.set(column.name, next);
    if (row.key[column.name] !== undefined) delete row.key[column.name];
    changed = true;
  }
  return changed;
}

/** A number where rows of migrations, which count from one, do not reach. */
const farNumber = ({ relation, holder }: Row, { name, type, base }: LiveColumn, nth: number): string | undefined =>
  /^(?:int4|int8|numeric)$/.test(base) && relation.key.includes(name)
    ? `'${1_900_000_000 + nth * 10_000 + ([...holder.name].reduce((sum, letter) => sum * 3 + letter.charCodeAt(0), 0) % 9_973)}'::${type}`
    : undefined;

/** People of one world must not meet at the same value again. */
const saltOf = ({ holder }: Row): number => [...holder.name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 89;

function fill(row: Row, name: string | undefined, nth: number): boolean {
  const column = row.relation.columns.find((one) => one.name === name);
  if (!column || row.values.has(column.name)) return false;
  const value = column.labels?.length
    ? `${quote(column.labels[0] ?? '')}::${column.type}`
    : column.base === 'array'
      ? `'{}'::${column.type}`
      : plainValue(column, { mark: row.holder.mark, email: row.holder.email, nth, relation: row.relation.name });
  if (value === undefined) return false;
  row.values.set(column.name, value);
  return true;
}

function shorten(row: Row): boolean {
  let changed = false;
  for (const [name, value] of row.values) {
    const match = /^'([^']{9,})'(::.*)$/s.exec(value);
    const column = row.relation.columns.find((one) => one.name === name);
    if (!match || column?.base === 'uuid' || column?.base.startsWith('json')) continue;
    row.values.set(name, `${quote((match[1] ?? '').slice(0, column?.length ?? 8))}${match[2]}`);
    changed = true;
  }
  return changed;
}

/** A value PostgreSQL will not take at all: what is optional is left out, once. */
function dropOptional(row: Row): boolean {
  let changed = false;
  for (const column of row.relation.columns) {
    const needed =
      column.notNull ||
      row.relation.key.includes(column.name) ||
      row.relation.foreignKeys.some(({ columns }) => columns.includes(column.name));
    if (!needed && row.values.delete(column.name)) changed = true;
  }
  return changed;
}
