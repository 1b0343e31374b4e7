import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { andList } from '../../core/wording.ts';
import { powerName, suspicion } from '../../evidence/access-names.ts';
import { type Column, databaseModel, type Table } from '../../evidence/database.ts';
import { askDump, doubt, isPrivileged, policyProof, subjectOf } from '../../evidence/database-questions.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable, sampleWritable } from '../../evidence/database-samples.ts';

/** Columns by which whoever adds a row chooses the tenant or the role he gets. */
const chosen = (table: Table) =>
  table.columns.filter((column) => {
    if (
      !table.writable.insert.columns.includes(column.name) ||
      !column.power ||
      column.power.kind === 'billing' ||
      column.power.why === 'its name'
    )
      return false;
    return column.power.kind === 'tenant' || !column.values || column.values.some(isPrivileged);
  });

const bare = (name: string | undefined, instead: string): string => name?.split('.').at(-1) ?? instead;

const tenantName = /organi|compan|tenant|workspace|team|business|store|church|empresa|loja|clinic|agenc|account|school|firm|practice/i;

const tiedElsewhere = ({ tenancy }: Table, { name }: Column): boolean => tenancy?.kind === 'tenant' && tenancy.column !== name;

function weigh(table: Table, columns: readonly Column[]): Severity {
  const role = table.columns.find((column) => column.power?.kind === 'role');
  // A role that the policy fixes to a harmless one leaves less to gain: customers who may join any shop.
  if (role && !columns.includes(role)) return 'medium';
  const tenant = columns.find((column) => column.power?.kind === 'tenant');
  // A row of the caller's own company that names somebody else's thing (an order for an offer) is no membership in it, or a private one.
  if (tenant && tiedElsewhere(table, tenant) && !tenantName.test(tenant.references ?? tenant.name)) return 'medium';
  if (tenant) return tenantName.test(tenant.references ?? tenant.name) ? 'blocker' : 'high';
  return table.decides.includes('tenant') || table.writable.insert.demands.length > 0 ? 'high' : 'blocker';
}

function judge(table: Table): Observation {
  const subject = subjectOf('table', table);
  const columns = chosen(table);
  const policies = table.policies.filter((policy) => table.writable.insert.policies.includes(policy.name));
  const place = { ...(policies[0]?.place ?? table.place), name: table.name };
  const [first] = columns;
  if (!first) return { subject, outcome: 'pass', place, message: `Users cannot give themselves a role or a tenant in ${table.name}.` };
  const why = doubt(table, policies);
  if (why !== undefined)
    return { subject, outcome: 'unknown', place, message: `Could not tell who may add rows to ${table.name}: ${why}.`, toKnow: askDump };
  const tenant = columns.find((column) => column.power?.kind === 'tenant');
  const gain = tenant ? `join any ${bare(tenant.references, 'tenant')} he names` : 'give himself any role';
  return {
    subject,
    outcome: 'fail',
    severity: weigh(table, columns),
    place,
    // Another role or tenant than the one that was tried may get through: a try that failed refutes nothing.
    suspects: [suspicion(powerName('self-insert', table.database, `${table.schema}.${table.name}`), false)],
    message: `${table.writable.insert.demands.length === 0 ? 'Any user' : `Whoever has ${table.writable.insert.demands.slice(0, 3).join(' or ')} in his own tenant`} can add a row to ${table.name} and so ${gain}: the policy does not limit ${andList(columns.map((column) => column.name))}.`,
    proof: [
      ...policyProof(policies),
      ...columns.map((column) => ({ kind: 'step' as const, text: `${column.name} decides: ${column.power?.why ?? ''}.` })),
    ],
    fix: `drop policy "${policies[0]?.name ?? ''}" on ${table.schema}.${table.name};\nLet members be added by one security definer function that first checks an invitation for the caller's e-mail, or that the caller is an owner of the same ${bare(tenant?.references, 'organisation')}. Keep that question in the function: a policy of ${table.name} that reads ${table.name} itself can end in error 42P17 (infinite recursion).`,
  };
}

const join = samplePolicy({
  name: 'Users can insert own membership',
  command: 'insert',
  sql: 'create policy "Users can insert own membership" on public.members for insert with check (auth.uid() = user_id)',
  check: { text: 'auth.uid() = user_id', kind: 'own-row', columns: ['user_id'] },
});
const members = sampleTable({
  name: 'members',
  columns: [
    { name: 'user_id', type: 'uuid', references: 'auth.users' },
    {
      name: 'organization_id',
      type: 'uuid',
      references: 'public.organizations',
      power: { kind: 'tenant', why: 'policy "Members read invoices" takes the caller\'s tenant from it' },
    },
    { name: 'role', type: 'text', power: { kind: 'role', why: 'is_owner() decides by it' } },
  ],
  policies: [join],
  access: { anon: sampleReach(), authenticated: sampleReach({ select: 'own', insert: 'own' }, [join.name]) },
  writable: { insert: sampleWritable(['organization_id', 'role'], join.name), update: sampleWritable() },
  tenancy: { kind: 'membership', column: 'organization_id', why: 'says who belongs to which public.organizations' },
  decides: ['tenant'],
});

export const membershipSelfInsert = defineCheck({
  id: 'audit/membership-self-insert',
  severity: 'blocker',
  covers: ['MT-switch-membership', 'MT-rls-with-check', 'S1-F', 'S1-C3', 'MB-2'],
  doc: {
    title: 'A user can make himself a member of any organisation',
    why: 'Who belongs where is itself a table, and the policy only asks that the new row carries the own user id. Any user adds himself to any customer and then passes every other check.',
    fix: 'Take the INSERT policy away and add members through a function that checks an invitation, or only by an owner of the same organisation.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Multi_Tenant_Security_Cheat_Sheet.html'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [{ name: 'the own user id is all that is asked', given: { database: sampleDatabase({ tables: [members] }) } }],
    passes: [
      {
        name: 'only owners add members',
        given: {
          database: sampleDatabase({
            tables: [{ ...members, writable: { insert: sampleWritable(), update: sampleWritable() } }],
          }),
        },
      },
    ],
  },
  *evaluate({ database }) {
    for (const table of database.tables) {
      // A profile is filled by sign-up; what its owner can write there is another question.
      if (
        !table.exposed ||
        table.rls === 'off' ||
        table.decides.length === 0 ||
        table.tenancy?.kind === 'profile' ||
        table.policies.length === 0
      )
        continue;
      yield judge(table);
    }
  },
});
