import type { Column, Tenancy } from '../../../../evidence/database.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { key, type TableState } from '../catalog/state.ts';
import type { Decision } from '../predicate/scope.ts';
import { isBillingColumn, isPrivilegedRole, isRoleColumn, isTenantColumn } from './words.ts';

type Power = NonNullable<Column['power']>;

/** What tables decide, and which of their columns give power to whoever writes them. */
export interface Powers {
  decides(table: TableState): ('role' | 'tenant')[];
  /** Roles kept in the table that count everywhere, not within one tenant. */
  globalRoles(table: TableState): string[];
  power(table: TableState, column: string): Power | undefined;
}

/** Reads powers off the conditions of all policies; column names come last. */
export function powersOf(catalog: Catalog, decisions: readonly Decision[], tenancy: ReadonlyMap<TableState, Tenancy>): Powers {
  const powers = new Map<string, Map<string, Power>>();
  const decides = new Map<string, Set<'role' | 'tenant'>>();
  const everywhere = new Map<string, Set<string>>();
  const add = (table: string, column: string, power: Power): void => {
    const columns = powers.get(table) ?? new Map<string, Power>();
    if (!columns.has(column)) columns.set(column, power);
    powers.set(table, columns);
  };
  for (const decision of decisions) {
    if (decision.table.startsWith('auth.') || decision.table.startsWith('storage.')) continue;
    const kinds = decides.get(decision.table) ?? new Set();
    decides.set(decision.table, kinds);
    for (const [column, values] of decision.roles) {
      if (!isRoleColumn(column) && !values.some(isPrivilegedRole)) continue;
      add(decision.table, column, { kind: 'role', why: `${decision.by} decides by it` });
      if (decision.scoped) continue;
      kinds.add('role');
      const roles = everywhere.get(decision.table) ?? new Set();
      for (const value of values) if (typeof value === 'string') roles.add(value);
      everywhere.set(decision.table, roles);
    }
    for (const column of decision.tenants) {
      const state = catalog.tables.get(decision.table)?.columns.get(column);
      if (isRoleColumn(column)) {
        add(decision.table, column, { kind: 'role', why: `${decision.by} decides by it` });
        if (!decision.scoped) kinds.add('role');
      } else if (isTenantColumn(column) || (state?.references !== undefined && column.endsWith('_id'))) {
        add(decision.table, column, { kind: 'tenant', why: `${decision.by} takes the caller's tenant from it` });
        kinds.add('tenant');
      }
    }
  }
  // Where conditions tell which table holds the roles, another column of that name is only a word.
  const known = [...decides.values()].some((kinds) => kinds.has('role'));
  return {
    decides: (table) => [...(decides.get(key(table.schema, table.name)) ?? [])],
    globalRoles: (table) => [...(everywhere.get(key(table.schema, table.name)) ?? [])],
    power: (table, column) => powers.get(key(table.schema, table.name))?.get(column) ?? byName(table, column, tenancy.get(table), known),
  };
}

const paysFor = /^(?:\w+_)?(?:subscriptions?|credits?|wallets?|licen[cs]es?|user_plans?|memberships?)$/i;
const noPayment = /push|newsletter|email|notification|webhook/i;

function byName(table: TableState, column: string, tenancy: Tenancy | undefined, rolesKnown: boolean): Power | undefined {
  const people = tenancy?.kind === 'profile' || tenancy?.kind === 'membership' || /role|member|perfi|usuario/i.test(table.name);
  if (people && !rolesKnown && isRoleColumn(column)) return { kind: 'role', why: 'its name' };
  if (tenancy?.kind === 'profile' && isTenantColumn(column)) return { kind: 'tenant', why: 'its name' };
  const pays = tenancy?.kind === 'profile' || tenancy?.kind === 'tenant-root' || (paysFor.test(table.name) && !noPayment.test(table.name));
  return pays && isBillingColumn(column) ? { kind: 'billing', why: 'its name' } : undefined;
}
