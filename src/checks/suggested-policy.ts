import type { Column, DatabaseModel, Table, Tenancy } from '../evidence/database.ts';

/**
 * A SELECT policy that could stand on the table, in the repo's own names, for the reader to adapt: rows of the caller, or of the caller's
 * organisation by the repo's own table of members or profiles. Words instead of SQL where the repo does not say whose the rows are: a
 * statement with made-up columns fails in the user's hands. Whole sentences, to stand after a sentence that says what to do first.
 */
export function suggestedPolicy(table: Table, { tables }: Pick<DatabaseModel, 'tables'>): string {
  const known = tables.filter(({ database }) => database === table.database);
  const condition = conditionOf(table, known, 3);
  if (condition !== undefined)
    return `For example: create policy "own rows" on ${nameOf(table)} for select to authenticated using (${condition});`;
  const { tenancy } = table;
  if (tenancy === undefined)
    return `No column of ${nameOf(table)} says whose a row is: either add one (the user or the organisation) and compare it with the caller, (select auth.uid()), or let only callers with a certain role through.`;
  return tenancy.kind === 'tenant'
    ? `For example a policy for select to authenticated that compares ${tenancy.column} with the organisation of the caller, (select auth.uid()).`
    : `For example a policy for select to authenticated that follows ${tenancy.column} to the rows of the caller, (select auth.uid()).`;
}

const nameOf = ({ schema, name }: Pick<Table, 'schema' | 'name'>): string => `${schema}.${name}`;
const caller = '(select auth.uid())';

/** What ties a row of the table to the caller, `depth` tables away at most. */
function conditionOf(table: Table, tables: readonly Table[], depth: number): string | undefined {
  const { tenancy } = table;
  if (tenancy === undefined || depth === 0) return undefined;
  const tie = table.columns.find(({ name }) => name === tenancy.column);
  // Who belongs where cannot be asked of the table itself: its policy would call itself (42P17, infinite recursion).
  const account = accountOf(table);
  if (tenancy.kind === 'profile' || (tenancy.kind === 'membership' && account)) return `${account?.name ?? tenancy.column} = ${caller}`;
  const parent = tables.find((other) => nameOf(other) === tie?.references && other !== table);
  // Accounts that are numbered by the id of their user need no second look; a table the repo does not show may hold anything.
  const direct = parent
    ? parent.tenancy?.kind === 'profile' && accountOf(parent)?.name === 'id'
    : tie?.references === undefined || tie.references === 'auth.users';
  if (tenancy.kind === 'owner' && direct) return `${tenancy.column} = ${caller}`;
  const membership = tenancy.kind === 'owner' ? undefined : throughMembers(table, tenancy, tables);
  if (membership !== undefined) return membership;
  if (!parent?.columns.some(({ name }) => name === 'id')) return undefined;
  const above = conditionOf(parent, tables, depth - 1);
  return above === undefined ? undefined : `${tenancy.column} in (select id from ${nameOf(parent)} where ${above})`;
}

/** The column that holds the id of the signed-in user. */
const accountOf = ({ columns }: Table): Column | undefined =>
  columns.find(({ references }) => references === 'auth.users') ?? columns.find(({ name }) => name === 'user_id');

/** By the table that says who belongs to which tenant; one that decides access goes before one that merely looks like it. */
function throughMembers(table: Table, tenancy: Tenancy, tables: readonly Table[]): string | undefined {
  const root = tenancy.kind === 'tenant-root' ? nameOf(table) : tenancy.tenantTable;
  const found = tables.flatMap((other) => {
    if (other === table) return [];
    const user = accountOf(other);
    const tenant = other.columns.find(
      (column) => column !== user && (root === undefined ? column.name === tenancy.column : column.references === root),
    );
    const decides = other.decides.includes('tenant');
    const tells = decides || other.tenancy?.kind === 'profile' || other.tenancy?.kind === 'membership';
    return user && tenant && tells ? [{ decides, sql: `select ${tenant.name} from ${nameOf(other)} where ${user.name} = ${caller}` }] : [];
  });
  const [first] = found.toSorted((a, b) => Number(b.decides) - Number(a.decides));
  return first && `${tenancy.column} in (${first.sql})`;
}
