import type { Through } from '../../../evidence/isolation.ts';
import type { LivePolicy, Relation } from '../live/catalog.ts';
import { identifier } from '../world/literal.ts';
import { type Attempt, type Tried, tryAfter } from './attempt.ts';
import { type Lanes, overLanes } from './lanes.ts';

const commandOf: Readonly<Record<string, string>> = { download: 'select', upload: 'insert' };

/** Policies that can speak on this attempt: permissive, for its command, and for the role it is made in. */
export function permissivePolicies(relation: Relation, { verb, as }: Pick<Attempt, 'verb' | 'as'>): LivePolicy[] {
  const wanted = commandOf[verb] ?? verb;
  return relation.policies.filter(
    ({ permissive, command, roles }) =>
      permissive && (command === 'all' || command === wanted) && (roles.includes('public') || roles.includes(as.role)),
  );
}

/** For each attempt that worked on a table, what let it through: each policy is tried as the only one left. */
export async function whatLetThrough(
  lanes: Lanes,
  tables: ReadonlyMap<string, Relation>,
  got: readonly Tried[],
  signal?: AbortSignal,
): Promise<Map<Tried, LivePolicy[]>> {
  const found = new Map<Tried, LivePolicy[]>();
  /** By table and by the policy that stays. */
  const questions = new Map<
    string,
    { readonly relation: Relation; readonly policy: LivePolicy; readonly drops: Set<string>; readonly tried: Tried[] }
  >();
  for (const tried of got) {
    const relation = tables.get(tried.attempt.object);
    if (!relation?.rowSecurity) continue;
    const able = permissivePolicies(relation, tried.attempt);
    // With one only, nothing else can have let it through.
    if (able.length === 1) found.set(tried, able);
    else
      for (const policy of able) {
        const others = able.filter((one) => one !== policy).map(({ name }) => name);
        const name = JSON.stringify([relation.id, policy.name, others]);
        const question = questions.get(name) ?? { relation, policy, drops: new Set(others), tried: [] };
        question.tried.push(tried);
        questions.set(name, question);
      }
  }
  const asked = [...questions.values()];
  const all = await overLanes(lanes, asked, (db, { relation, drops, tried }) => {
    const before = [...drops].map((name) => ({ sql: `DROP POLICY ${identifier(name)} ON ${relation.sql}` }));
    return tryAfter(db, before, tried, signal);
  });
  for (const [nth, { policy, tried }] of asked.entries()) {
    const answers = all[nth] ?? [];
    for (const [index, one] of tried.entries()) if (answers[index]?.outcome === 'got') found.set(one, [...(found.get(one) ?? []), policy]);
  }
  return found;
}

/** As evidence; `places` finds a policy in the repo. */
export function throughOf(
  relation: Relation,
  policies: readonly LivePolicy[],
  place: (policy: LivePolicy) => Through['policies'][number]['place'],
): Through {
  if (relation.kind !== 'table') return { kind: 'owner-rights', policies: [] };
  if (!relation.rowSecurity) return { kind: 'no-row-security', policies: [] };
  return {
    kind: 'policy',
    policies: policies.map((policy) => {
      const where = place(policy);
      return { name: policy.name, sql: policySql(relation, policy), ...(where && { place: where }) };
    }),
  };
}

/** The policy as PostgreSQL understood it. */
export const policySql = (relation: Relation, { name, permissive, command, roles, using, check }: LivePolicy): string =>
  [
    `CREATE POLICY ${identifier(name)} ON ${relation.sql}`,
    permissive ? '' : 'AS RESTRICTIVE',
    `FOR ${command.toUpperCase()}`,
    `TO ${roles.join(', ')}`,
    using === undefined ? '' : `USING (${using})`,
    check === undefined ? '' : `WITH CHECK (${check})`,
  ]
    .filter(Boolean)
    .join(' ');
