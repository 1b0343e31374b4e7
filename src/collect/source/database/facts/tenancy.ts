import type { Tenancy } from '../../../../evidence/database.ts';
import { type Catalog, isBuiltin } from '../catalog/catalog.ts';
import { key, type TableState } from '../catalog/state.ts';
import type { Decision } from '../predicate/scope.ts';
import type { Term } from '../predicate/term.ts';
import type { Reaches } from '../reach.ts';
import { isAuthorColumn, isOwnerColumn, isProfileTable, isRoleColumn, isTenantColumn, isTenantTable } from './words.ts';

/** Tells for each table whose its rows are. */
export function tenancies(catalog: Catalog, reaches: Reaches, decisions: readonly Decision[]): Map<TableState, Tenancy> {
  const tables = [...catalog.tables.values()].filter((table) => !isBuiltin(table));
  const profiles = new Set(tables.filter(isProfile).map(idOf));
  const roots = tenantRoots(catalog, tables, decisions);
  const found = new Map<TableState, Tenancy>();
  for (const table of tables) {
    const own = ofItself(table, profiles, roots) ?? ofPolicies(table, reaches);
    if (own) found.set(table, own);
  }
  // Rows that hang on rows with an owner belong to the same owner; three steps reach the lines of an order's items.
  for (let step = 0; step < 3; step += 1) for (const table of tables) if (!found.has(table)) inherit(catalog, table, found);
  for (const table of tables) {
    const named = found.has(table) ? undefined : ofNames(table, (name) => isOtherKey(catalog, table, name));
    if (named) found.set(table, named);
  }
  return found;
}

const idOf = (table: TableState): string => key(table.schema, table.name);
const references = (table: TableState) => [...table.columns.values()].filter((column) => column.references !== undefined);

/** One row for each account. */
export function isProfile(table: TableState): boolean {
  const [first] = table.primaryKey;
  if (table.primaryKey.length === 1 && first !== undefined && table.columns.get(first)?.references === 'auth.users') return true;
  if (!isProfileTable(table.name)) return false;
  return (
    table.columns.has('user_id') || references(table).some((column) => column.references === 'auth.users' && !isAuthorColumn(column.name))
  );
}

/** Tables of tenants: what the columns that decide about membership refer to, else told by name. */
function tenantRoots(catalog: Catalog, tables: readonly TableState[], decisions: readonly Decision[]): ReadonlySet<string> {
  const roots = new Set(tables.filter((table) => isTenantTable(table.name)).map(idOf));
  for (const decision of decisions) {
    const table = catalog.tables.get(decision.table);
    for (const name of decision.tenants) {
      const target = table?.columns.get(name)?.references;
      if (target !== undefined && target !== 'auth.users' && isTenantTable(target.replace(/^.*\./, ''))) roots.add(target);
    }
  }
  return roots;
}

function ofItself(table: TableState, profiles: ReadonlySet<string>, roots: ReadonlySet<string>): Tenancy | undefined {
  const links = references(table);
  const owner = links.find(
    (column) => (column.references === 'auth.users' || profiles.has(column.references ?? '')) && !isAuthorColumn(column.name),
  );
  const tenant = links.find((column) => roots.has(column.references ?? ''));
  const root = roots.has(idOf(table));
  if (isProfile(table)) return { kind: 'profile', column: table.primaryKey[0] ?? 'id', why: 'one row for each account' };
  if (root) return { kind: 'tenant-root', column: table.primaryKey[0] ?? 'id', why: 'its rows are the tenants' };
  if (owner && tenant && [...table.columns.keys()].some(isRoleColumn))
    return {
      kind: 'membership',
      column: tenant.name,
      why: `says who belongs to which ${tenant.references}`,
      tenantTable: tenant.references ?? '',
    };
  if (tenant)
    return {
      kind: 'tenant',
      column: tenant.name,
      why: `${tenant.name} refers to ${tenant.references}`,
      tenantTable: tenant.references ?? '',
    };
  return owner && { kind: 'owner', column: owner.name, why: `${owner.name} refers to ${owner.references}` };
}

function ofPolicies(table: TableState, reaches: Reaches): Tenancy | undefined {
  for (const { policy, using, check } of reaches.terms(table)) {
    for (const term of [using, check]) {
      const tie = term && firstTie(term);
      const column = tie?.columns.find((name) => table.columns.has(name));
      if (!tie || column === undefined || isRoleColumn(column) || isAuthorColumn(column)) continue;
      return { kind: tie.is === 'own' ? 'owner' : 'tenant', column, why: `policy "${policy.name}" ties ${column} to the caller` };
    }
  }
  return undefined;
}

function firstTie(term: Term): { is: 'own' | 'tenant'; columns: readonly string[] } | undefined {
  if (term.is === 'own' || term.is === 'tenant') return term;
  if (term.is === 'and' || term.is === 'or') return term.of.map(firstTie).find((tie) => tie !== undefined);
  return undefined;
}

function inherit(catalog: Catalog, table: TableState, found: Map<TableState, Tenancy>): void {
  for (const column of references(table)) {
    if (isAuthorColumn(column.name)) continue;
    const parent = catalog.tables.get(column.references ?? '');
    const above = parent && found.get(parent);
    if (!parent || !above || parent === table) continue;
    const kind = above.kind === 'profile' ? 'owner' : above.kind === 'tenant-root' ? 'tenant' : above.kind;
    found.set(table, { kind, column: column.name, why: `${column.name} refers to ${column.references}, and there ${above.why}` });
    return;
  }
}

/**
 * `shop_id text` beside tables whose `shop_id uuid` refers to the shops, in a table that the migrations fill themselves: a list of the app's
 * own, with some other name of a shop.
 */
function isOtherKey({ tables, seeded }: Catalog, table: TableState, name: string): boolean {
  if (!seeded.has(idOf(table))) return false;
  const keys = [...tables.values()].flatMap((other) => other.columns.get(name) ?? []).filter(({ references }) => references !== undefined);
  return keys.length > 0 && keys.every(({ type }) => type !== table.columns.get(name)?.type);
}

function ofNames(table: TableState, isOther: (column: string) => boolean): Tenancy | undefined {
  const names = [...table.columns.keys()].filter((name) => !isOther(name));
  const tenant = names.find(isTenantColumn);
  const owner = names.find(isOwnerColumn);
  if (isTenantTable(table.name)) return { kind: 'tenant-root', column: 'id', why: 'its name' };
  if (tenant !== undefined && owner !== undefined && names.some(isRoleColumn))
    return { kind: 'membership', column: tenant, why: 'its column names' };
  if (tenant !== undefined) return { kind: 'tenant', column: tenant, why: `the column name ${tenant}` };
  if (isProfileTable(table.name) && names.some((name) => /^e?mail$/i.test(name))) return { kind: 'profile', column: 'id', why: 'its name' };
  return owner === undefined ? undefined : { kind: 'owner', column: owner, why: `the column name ${owner}` };
}
