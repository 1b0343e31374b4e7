import type { Table } from '../../../evidence/database.ts';
import type { LiveCatalog, Queryable, Relation } from '../live/catalog.ts';
import { runTries } from '../tries/run.ts';
import { identifier, quote } from './literal.ts';
import { type Ownership, ownershipOf } from './ownership.ts';
import { type Account, makePeople, type People } from './people.ts';
import { knownRoles } from './role-tables.ts';
import { createPlanner, type Planner, type Row } from './rows.ts';
import { keep } from './keep.ts';
import { seed } from './seed.ts';
import { failureOf, type FailedSignUp, harmlessMetadata, metadataKeys, signUpSql } from './sign-up.ts';

/** Two tenants of ours in the rebuilt database, and the people who run the app. */
export interface Worlds {
  readonly people: People;
  readonly ownership: Ownership;
  readonly planner: Planner;
  /** The row of somebody in a table; `undefined` where there is none, `failed` ones included. */
  row(relation: Relation, holder: Account['name']): Row | undefined;
  /** Set when signing up fails in the repo's own trigger. */
  readonly signUp?: FailedSignUp;
  /** What the founder's sign-up made and that of others did not, as `table.column = value`. */
  readonly firstUser: readonly { readonly relation: Relation; readonly column: string; readonly value: string }[];
  /** Rows that the newcomer has right after signing up. */
  readonly born: readonly BornRow[];
}

/** Signs people up, finds what that made, and gives everybody the rows he needs. Needs a superuser's connection with runner and seeder in it. */
export async function makeWorlds(
  db: Queryable,
  catalog: LiveCatalog,
  hints: ReadonlyMap<string, Table>,
  signal?: AbortSignal,
): Promise<Worlds> {
  const people = makePeople();
  const ownership = ownershipOf(catalog, hints);
  const signUp = await signUpAll(db, catalog, people);
  const planner = createPlanner(catalog, ownership, hints, people, await knownRoles(db, catalog, ownership));
  const tables = catalog.relations.filter(({ kind, schema }) => kind === 'table' && schema !== 'storage');
  const born = await rowsBySignUp(db, tables, people);
  adoptBorn(planner, ownership, born, people);
  await shareReference(db, tables, planner, ownership, people);
  for (const relation of tables) for (const account of people.accounts) if (account.world !== undefined) planner.row(relation, account);
  await settleAdopted(db, planner, ownership);
  await seed(db, planner, people, signal);
  const rows = new Map(planner.rows.map((row) => [`${row.relation.id}\u0000${row.holder.name}`, row]));
  const lead = { owner: 'owner', stranger: 'stranger', house: 'admin' } as const;
  return {
    people,
    ownership,
    planner,
    row(relation, holder) {
      const { world } = people.account(holder);
      const row = rows.get(`${relation.id}\u0000${holder}`) ?? (world && rows.get(`${relation.id}\u0000${lead[world]}`));
      return row?.state === 'failed' ? undefined : row;
    },
    ...(signUp && { signUp }),
    firstUser: firstUserPower(born, people),
    born: born.filter(({ account }) => account.name === 'newcomer'),
  };
}

/** Accounts by the repo's own triggers; where those fail, without them, so that the rest can still be tried. */
async function signUpAll(db: Queryable, catalog: LiveCatalog, people: People): Promise<FailedSignUp | undefined> {
  const keys = metadataKeys(catalog);
  let failed: FailedSignUp | undefined;
  for (const account of people.accounts) {
    const metadata = harmlessMetadata(['full_name', 'name', ...keys], account.mark);
    const sql = signUpSql(account, metadata);
    const insert = [`${sql} RETURNING to_jsonb(id)`];
    // Who waited for one account does not wait for the next.
    const [answer] = failed?.code === '57014' ? [failed] : await keep(db, insert, { as: 'supabase_auth_admin' });
    if (answer?.code === undefined) continue;
    failed ??= failureOf({ ok: false, code: answer.code, message: answer.message ?? '', context: '' }, sql);
    await keep(db, insert, { unchecked: true });
  }
  return failed;
}

/** A row that a sign-up trigger made. */
export interface BornRow {
  readonly relation: Relation;
  readonly account: Account;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Rows that name an account right after signing up: what the triggers made. */
async function rowsBySignUp(db: Queryable, tables: readonly Relation[], people: People): Promise<BornRow[]> {
  const wanted = tables.flatMap((relation) => people.accounts.map((account) => ({ relation, account })));
  const questions = wanted.map(({ relation, account }) => [
    {
      sql: `SELECT to_jsonb(launch_ready_row.*)::text FROM ${relation.sql} launch_ready_row WHERE strpos(launch_ready_row::text, ${quote(account.id)}) > 0 LIMIT 3`,
      rows: true,
    },
  ]);
  await db.checkpoint?.();
  const results = await runTries(db, questions);
  return wanted.flatMap(({ relation, account }, index) => {
    const [result] = results[index] ?? [];
    if (!result?.ok) return [];
    return result.rows.map((text) => ({ relation, account, row: parseRow(text) }));
  });
}

/** A row as `q::text` of one jsonb column prints it: `("{""id"": ...}")`. */
export const parseRow = (text: string): Record<string, unknown> => {
  const inner = text
    .replace(/^\("?|"?\)$/g, '')
    .replaceAll('""', '"')
    .replaceAll('\\\\', '\\');
  try {
    return JSON.parse(inner) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/** The key of a stored row, as texts. */
export const keyOf = (relation: Relation, row: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    relation.key.flatMap((column) => (row[column] === undefined || row[column] === null ? [] : [[column, String(row[column])]])),
  );

function adoptBorn(planner: Planner, ownership: Ownership, born: readonly BornRow[], people: People): void {
  for (const { relation, account, row } of born) {
    const leads = account.name === 'owner' || account.name === 'stranger' || account.name === 'admin';
    if (account.world === undefined || relation.key.length === 0) continue;
    if (!ownership.persons.has(relation.id) && !leads) continue;
    planner.adopt(relation, account, keyOf(relation, row));
    if (!leads) continue;
    // The tenant that signing up founded becomes the tenant of his world.
    for (const { columns, target, targetColumns } of relation.foreignKeys) {
      const value = columns.length === 1 ? row[columns[0] ?? ''] : undefined;
      const root = ownership.roots.has(target) ? born.find((one) => one.relation.id === target)?.relation : undefined;
      if (root && typeof value === 'string' && targetColumns[0] === root.key[0])
        planner.adopt(root, people.account(account.name), { [root.key[0] ?? '']: value });
    }
  }
}

/** Nobody's rows that migrations put in (countries, departments) serve everybody; strangers have different ones where there are several. */
async function shareReference(
  db: Queryable,
  tables: readonly Relation[],
  planner: Planner,
  ownership: Ownership,
  people: People,
): Promise<void> {
  const open = tables.filter(
    (relation) => relation.key.length > 0 && !ownership.belonging(relation) && !ownership.persons.has(relation.id),
  );
  const answers = await keep(
    db,
    open.map(
      (relation) =>
        `SELECT jsonb_build_object('rows', (SELECT jsonb_agg(r) FROM (SELECT to_jsonb(launch_ready_row.*) AS r FROM ${relation.sql} launch_ready_row LIMIT 2) l))`,
    ),
  );
  for (const [index, relation] of open.entries()) {
    const [first, second = first] = (answers[index]?.row?.['rows'] ?? []) as Record<string, unknown>[];
    if (!first || !second) continue;
    for (const name of ['owner', 'admin'] as const) planner.adopt(relation, people.account(name), keyOf(relation, first));
    planner.adopt(relation, people.account('stranger'), keyOf(relation, second));
  }
}

/** Puts people whose rows signing up made into their tenant, with their role, and marks the texts. */
async function settleAdopted(db: Queryable, planner: Planner, ownership: Ownership): Promise<void> {
  const adopted = planner.rows.filter(
    ({ state, relation }) => state === 'adopted' && (ownership.persons.has(relation.id) || ownership.roots.has(relation.id)),
  );
  const statements = adopted.flatMap((row) => {
    const wanted = planner.values(row.relation, row.holder, 0, row.key);
    for (const [column, value] of wanted) if (!row.values.has(column)) row.values.set(column, value);
    const where = row.relation.key
      .map((column) => `${identifier(column)} = ${quote(row.key[column] ?? '')}::${typeOf(row.relation, column)}`)
      .join(' AND ');
    return [...wanted].flatMap(([column, value]) =>
      row.relation.key.includes(column) || /^'[^']*@/.test(value)
        ? []
        : [`UPDATE ${row.relation.sql} SET ${identifier(column)} = ${value} WHERE ${where} RETURNING 'true'::jsonb`],
    );
  });
  await keep(db, statements, { unchecked: true });
}

const typeOf = (relation: Relation, column: string): string => relation.columns.find(({ name }) => name === column)?.type ?? 'text';

/** Values in the founder's rows that nobody else's have: the first account is treated differently. */
function firstUserPower(born: readonly BornRow[], people: People): Worlds['firstUser'] {
  const of = (name: Account['name']): BornRow[] => born.filter(({ account }) => account.id === people.account(name).id);
  return of('founder').flatMap(({ relation, row }) => {
    const others = of('newcomer').filter((other) => other.relation.id === relation.id);
    return Object.entries(row).flatMap(([column, value]) => {
      const same = others.some((other) => other.row[column] === value);
      return same || (typeof value !== 'string' && typeof value !== 'boolean') ? [] : [{ relation, column, value: String(value) }];
    });
  });
}
