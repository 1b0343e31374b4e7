import type { AlterPolicyStmt, CreatePolicyStmt } from 'libpg-query';
import type { Verb } from '../../../../evidence/database.ts';
import { type QualifiedName, relationName, rolesOf } from '../sql/nodes.ts';
import { type Catalog, findTable, touchTable } from './catalog.ts';
import type { PolicyState, Source } from './state.ts';

/** CREATE POLICY. A name that exists is replaced: somebody dropped it where we could not see, or the migration would have failed. */
export function createPolicy(catalog: Catalog, statement: CreatePolicyStmt, source: Source): void {
  const table = touchTable(catalog, relationName(statement.table), source);
  const policy: PolicyState = {
    ...source,
    name: statement.policy_name ?? '',
    permissive: statement.permissive ?? false,
    command: (statement.cmd_name ?? 'all') as Verb | 'all',
    roles: rolesOf(statement.roles),
    ...(statement.qual && { using: statement.qual }),
    ...(statement.with_check && { check: statement.with_check }),
  };
  table.policies.set(policy.name, policy);
}

/** ALTER POLICY changes roles and expressions; what it does not name stays. */
export function alterPolicy(catalog: Catalog, statement: AlterPolicyStmt, source: Source): void {
  const table = findTable(catalog, relationName(statement.table));
  const policy = table?.policies.get(statement.policy_name ?? '');
  if (!table || !policy) return;
  table.policies.set(policy.name, {
    ...policy,
    ...source,
    ...((statement.roles ?? []).length > 0 && { roles: rolesOf(statement.roles) }),
    ...(statement.qual && { using: statement.qual }),
    ...(statement.with_check && { check: statement.with_check }),
  });
}

export function dropPolicy(catalog: Catalog, table: QualifiedName, policy: string, source: Source): void {
  // A drop under a condition we could not decide may not have happened: the policy stays, marked.
  const state = findTable(catalog, table);
  const known = state?.policies.get(policy);
  if (!state || !known) return;
  if (source.uncertain) state.policies.set(policy, { ...known, uncertain: source.uncertain });
  else state.policies.delete(policy);
}
