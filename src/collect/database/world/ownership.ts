import type { Table } from '../../../evidence/database.ts';
import type { Belonging } from '../../../evidence/isolation.ts';
import { isAuthorColumn, isOwnerColumn, isProfileTable, isTenantColumn, isTenantTable } from '../../source/database/facts/words.ts';
import type { ForeignKey, LiveCatalog, LiveColumn, Relation } from '../live/catalog.ts';

/** Whose rows are whose, as keys, defaults and names tell. */
export interface Ownership {
  /** Tables of the tenants themselves. */
  readonly roots: ReadonlySet<string>;
  /** Tables that have rows for each person: profiles, memberships, roles. */
  readonly persons: ReadonlySet<string>;
  belonging(relation: Relation): Belonging | undefined;
  /** The column by which a row names an account, in the row itself; `author` when it only says who did something. */
  accountColumn(relation: Relation, column: string): 'owner' | 'author' | undefined;
  /** True for a column that names the tenant, in the row itself. */
  isTenantColumn(relation: Relation, column: string): boolean;
  /** The foreign key that starts at this column alone. */
  keyAt(relation: Relation, column: string): ForeignKey | undefined;
}

/** Where Supabase keeps accounts; a database of the app's own has a table of its own for them. */
const supabaseAccounts: ReadonlySet<string> = new Set(['auth.users']);
const deepest = 4;

/** `hints` are the tables as read from the source, by `schema.name`; `accounts` the tables that hold accounts, by the same. */
export function ownershipOf(
  catalog: LiveCatalog,
  hints: ReadonlyMap<string, Table>,
  accounts: ReadonlySet<string> = supabaseAccounts,
): Ownership {
  const tables = catalog.relations.filter(({ kind }) => kind === 'table');
  const known = new Map(tables.map((table) => [table.id, table]));
  const profiles = new Set(tables.filter((table) => isProfile(table, hints.get(table.id), accounts)).map(({ id }) => id));
  const roots = new Set(tables.filter((table) => isRoot(table, hints, profiles)).map(({ id }) => id));
  const keyAt = (relation: Relation, column: string): ForeignKey | undefined =>
    relation.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === column);

  const accountColumn = (relation: Relation, column: string): 'owner' | 'author' | undefined => {
    const target = keyAt(relation, column)?.target;
    if (target !== undefined && (accounts.has(target) || (profiles.has(target) && target !== relation.id)))
      return isAuthorColumn(column) ? 'author' : 'owner';
    if (target !== undefined) return undefined;
    const found = relation.columns.find(({ name }) => name === column);
    if (!found || !(holdsId(found) || found.fallback?.includes('auth.uid()'))) return undefined;
    if (isOwnerColumn(column) || found.fallback?.includes('auth.uid()')) return 'owner';
    return isAuthorColumn(column) && found.base === 'uuid' ? 'author' : undefined;
  };
  const tenantColumn = (relation: Relation, column: string): boolean => {
    const target = keyAt(relation, column)?.target;
    if (target !== undefined) return roots.has(target) && target !== relation.id;
    const found = relation.columns.find(({ name }) => name === column);
    return found !== undefined && roots.size > 0 && holdsId(found) && isTenantColumn(column);
  };

  const persons = new Set(tables.filter((table) => isPersonal(table, hints.get(table.id), profiles, accountColumn)).map(({ id }) => id));

  const direct = (relation: Relation, authors: boolean): Belonging | undefined => {
    if (roots.has(relation.id)) return { to: 'tenant', path: relation.key, told: 'itself' };
    for (const { name } of relation.columns) {
      if (tenantColumn(relation, name)) return { to: 'tenant', path: [name], told: keyAt(relation, name) ? 'foreign-key' : 'column-name' };
    }
    for (const { name, fallback } of relation.columns) {
      const kind = accountColumn(relation, name);
      if (kind === 'owner' || (authors && kind === 'author'))
        return {
          to: 'user',
          path: [name],
          told:
            kind === 'author'
              ? 'author'
              : fallback?.includes('auth.uid()')
                ? 'created-by'
                : keyAt(relation, name)
                  ? 'foreign-key'
                  : 'column-name',
        };
    }
    return accounts.has(relation.id) ? { to: 'user', path: relation.key, told: 'itself' } : undefined;
  };
  const found = new Map<string, Belonging | undefined>();
  const belonging = (relation: Relation): Belonging | undefined => {
    if (!found.has(relation.id))
      found.set(
        relation.id,
        direct(relation, false) ?? inherited(relation) ?? direct(relation, hints.get(relation.id)?.nature.kind === 'private'),
      );
    return found.get(relation.id);
  };
  const inherited = (relation: Relation): Belonging | undefined => {
    let edge = [{ at: relation, path: [] as string[] }];
    const seen = new Set([relation.id]);
    for (let depth = 0; depth < deepest; depth += 1) {
      const next: typeof edge = [];
      for (const { at, path } of edge)
        for (const { columns, target } of at.foreignKeys) {
          const parent = known.get(target);
          if (!parent || seen.has(target) || columns.some(isAuthorColumn)) continue;
          seen.add(target);
          const along = [...path, `${depth === 0 ? '' : `${at.name}.`}${columns.join(', ')}`];
          const whose = direct(parent, false);
          if (whose) return { to: whose.to, path: [...along, `${parent.name}.${whose.path.at(-1)}`], told: 'foreign-key' };
          next.push({ at: parent, path: along });
        }
      edge = next;
    }
    return undefined;
  };
  return { roots, persons, belonging, accountColumn, isTenantColumn: tenantColumn, keyAt };
}

const holdsId = ({ base }: LiveColumn): boolean => base === 'uuid' || base === 'text' || base === 'varchar';

/** One row for each account: its key is the account's. */
const isProfile = (table: Relation, hint: Table | undefined, accounts: ReadonlySet<string>): boolean =>
  hint?.tenancy?.kind === 'profile' ||
  (table.key.length === 1 &&
    table.foreignKeys.some(({ columns, target }) => accounts.has(target) && columns.length === 1 && columns[0] === table.key[0])) ||
  (isProfileTable(table.name) && table.columns.some(({ name }) => /^(?:user_id|auth_id|auth_user_id|auth_uid)$/i.test(name)));

const isRoot = (table: Relation, hints: ReadonlyMap<string, Table>, profiles: ReadonlySet<string>): boolean =>
  !profiles.has(table.id) &&
  (hints.get(table.id)?.tenancy?.kind === 'tenant-root' ||
    [...hints.values()].some(({ tenancy }) => tenancy?.tenantTable === table.id) ||
    isTenantTable(table.name));

function isPersonal(
  table: Relation,
  hint: Table | undefined,
  profiles: ReadonlySet<string>,
  accountColumn: Ownership['accountColumn'],
): boolean {
  const owner = table.columns.filter(({ name }) => accountColumn(table, name) === 'owner').map(({ name }) => name);
  if (owner.length === 0 && !profiles.has(table.id)) return false;
  if (profiles.has(table.id) || hint?.tenancy?.kind === 'membership' || (hint?.decides.length ?? 0) > 0) return true;
  return [table.key, ...table.uniques].some((columns) => columns.some((name) => owner.includes(name)) && columns.length <= 2);
}
