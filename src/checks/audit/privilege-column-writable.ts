import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { atLeast, type Severity } from '../../core/stage.ts';
import { andList } from '../../core/wording.ts';
import { powerName, suspicion } from '../../evidence/access-names.ts';
import { type Column, databaseModel, type DatabaseModel, type Policy, type Table, type Writable } from '../../evidence/database.ts';
import { askDump, doubt, isPrivileged, policyProof, subjectOf } from '../../evidence/database-questions.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable, sampleWritable } from '../../evidence/database-samples.ts';

type Powerful = Column & Required<Pick<Column, 'power'>>;

const hasPower = (column: Column): column is Powerful => column.power !== undefined;

/** Verbs by which a user gets a row of his own choosing: changing his own, or adding it where sign-up does not. */
function columnsOf(table: Table, database: DatabaseModel): { verb: 'insert' | 'update'; columns: Powerful[] } | undefined {
  const powerful = table.columns.filter(hasPower);
  const update = powerful.filter((column) => table.writable.update.columns.includes(column.name));
  if (update.length > 0) return { verb: 'update', columns: update };
  const made = database.signupTriggers.some(
    (trigger) => trigger.database === table.database && trigger.fills.includes(`${table.schema}.${table.name}`),
  );
  if (table.tenancy?.kind !== 'profile' || made) return undefined;
  const insert = powerful.filter((column) => column.power.kind !== 'billing' && table.writable.insert.columns.includes(column.name));
  return insert.length > 0 ? { verb: 'insert', columns: insert } : undefined;
}

const tenantName =
  /organi|compan|tenant|workspace|team|business|store|church|empresa|loja|clinic|agenc|account|school|firm|practice|property_manag/i;

/** True when the column says to which customer of the app somebody belongs; a chat or a document is less. */
const isTenant = (column: Column): boolean => column.power?.kind === 'tenant' && tenantName.test(column.references ?? column.name);

function weigh(table: Table, column: Powerful): Severity {
  const { kind, why } = column.power;
  const decides = why !== 'its name';
  if (kind === 'billing') return 'high';
  if (kind === 'tenant') return !decides || !table.decides.includes('tenant') ? 'medium' : isTenant(column) ? 'blocker' : 'high';
  if (column.values && !column.values.some(isPrivileged)) return 'medium';
  const farReaching = table.decides.includes('role') || table.columns.some(isTenant);
  return decides && farReaching && table.writable.update.demands.length === 0 ? 'blocker' : 'high';
}

const gains = {
  role: 'make themselves administrators',
  tenant: 'get at what belongs to others',
  billing: 'give themselves credits or a paid plan',
} as const;

/** Policies that leave the columns free, those for this verb alone first. */
function openingPolicies(table: Table, verb: 'insert' | 'update'): Policy[] {
  const opening = table.policies.filter((policy) => table.writable[verb].policies.includes(policy.name));
  return [...opening.filter((policy) => policy.command === verb), ...opening.filter((policy) => policy.command !== verb)];
}

/** Who can do it: every user, or whoever runs a tenant of his own. */
const whoText = ({ demands }: Writable): string =>
  demands.length === 0 ? 'Users' : `Those with ${demands.slice(0, 3).join(' or ')} in their own tenant`;

function judge(table: Table, database: DatabaseModel): Observation {
  const subject = subjectOf('table', table);
  const found = columnsOf(table, database);
  const [first] = found?.columns ?? [];
  if (!found || !first)
    return {
      subject,
      outcome: 'pass',
      place: { ...table.place, name: table.name },
      message: `Users cannot change ${andList(table.columns.filter(hasPower).map((column) => column.name))} in ${table.name}.`,
    };
  const worst = found.columns.reduce((a, b) => (atLeast(weigh(table, a), weigh(table, b)) ? a : b), first);
  const policies = openingPolicies(table, found.verb);
  const [deciding] = policies;
  const place = { ...(deciding?.place ?? table.place), name: `${table.name}.${worst.name}` };
  const severity = weigh(table, worst);
  const why = doubt(table, policies);
  if (why !== undefined)
    return {
      subject,
      outcome: 'unknown',
      severity,
      place,
      message: `Could not tell who may change ${table.name}.${worst.name}: ${why}.`,
      toKnow: askDump,
    };
  const names = andList(found.columns.map((column) => column.name));
  const id = `${table.schema}.${table.name}`;
  return {
    subject,
    outcome: 'fail',
    severity,
    place,
    message: `${whoText(table.writable[found.verb])} can set ${names} as they like in the rows of ${table.name} they may ${found.verb === 'update' ? 'change' : 'add'}, and so ${gains[worst.power.kind]}.`,
    proof: [
      ...policyProof(policies),
      {
        kind: 'step',
        text:
          worst.power.why === 'its name'
            ? `${worst.name} looks like a column that gives power, by its name.`
            : `${worst.name} gives power: ${worst.power.why}.`,
      },
      { kind: 'step', text: `No WITH CHECK, trigger or column grant keeps ${names} as it was.` },
    ],
    // Another value than the one that was tried may get through: a try that failed refutes nothing.
    suspects:
      found.verb === 'insert'
        ? [suspicion(powerName('self-insert', table.database, id), false)]
        : found.columns.map(({ name }) => suspicion(powerName('own-column', table.database, id, name), false)),
    fix: `revoke ${found.verb} on ${table.schema}.${table.name} from authenticated;\ngrant ${found.verb} (${safe(table)}) on ${table.schema}.${table.name} to authenticated;\nChange ${names} only in a function or on the server, after checking the caller.`,
  };
}

const safe = (table: Table): string =>
  table.columns
    .filter((column) => column.power === undefined && !/^(?:id|created_at|updated_at|user_id)$/.test(column.name))
    .slice(0, 8)
    .map((column) => column.name)
    .join(', ') || 'full_name';

const own = samplePolicy({
  name: 'Users update own profile',
  command: 'update',
  sql: 'create policy "Users update own profile" on public.profiles for update using (auth.uid() = id)',
  using: { text: 'auth.uid() = id', kind: 'own-row', columns: ['id'] },
});
const profiles = sampleTable({
  name: 'profiles',
  columns: [
    { name: 'id', type: 'uuid', references: 'auth.users' },
    { name: 'full_name', type: 'text' },
    { name: 'role', type: 'text', power: { kind: 'role', why: 'is_admin() decides by it' } },
  ],
  policies: [own],
  access: { anon: sampleReach(), authenticated: sampleReach({ select: 'own', update: 'own' }, [own.name]) },
  writable: { insert: sampleWritable(), update: sampleWritable(['full_name', 'role'], own.name) },
  tenancy: { kind: 'profile', column: 'id', why: 'one row for each account' },
  decides: ['role'],
  holds: ['contact'],
});

export const privilegeColumnWritable = defineCheck({
  id: 'audit/privilege-column-writable',
  severity: 'blocker',
  covers: ['API3-mass-assignment', 'MT-rls-with-check', 'S2-C1', 'S1-C3', 'MB-2'],
  doc: {
    title: 'A user can change the column that says what he may do',
    why: 'People may edit their own profile, and the same row holds their role, company or plan. One request to the API makes any user an administrator or moves him to another customer.',
    fix: 'Keep roles and companies in a table users cannot write, or grant UPDATE only on the harmless columns: revoke update on profiles from authenticated; grant update (full_name, avatar_url) on profiles to authenticated;',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/database/postgres/column-level-security'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [{ name: 'own profile with its role', given: { database: sampleDatabase({ tables: [profiles] }) } }],
    passes: [
      {
        name: 'the role is kept by a trigger or a column grant',
        given: {
          database: sampleDatabase({
            tables: [
              {
                ...profiles,
                writable: { insert: sampleWritable(), update: sampleWritable(['full_name'], own.name) },
              },
            ],
          }),
        },
      },
    ],
  },
  *evaluate({ database }) {
    for (const table of database.tables) {
      if (!table.exposed || table.rls === 'off' || table.policies.length === 0 || !table.columns.some(hasPower)) continue;
      yield judge(table, database);
    }
  },
});
