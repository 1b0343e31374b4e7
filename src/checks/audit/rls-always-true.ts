import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { atLeast, type Severity } from '../../core/stage.ts';
import { accessName, type Caller, reachesWhatever, suspicion, tableThing } from '../../evidence/access-names.ts';
import { databaseModel, type DatabaseModel, type Policy, type Reach, type Table, type Verb } from '../../evidence/database.ts';
import {
  askDump,
  doubt,
  fineForStaff,
  isGuess,
  isSignUpClosed,
  policiesOf,
  policyProof,
  reachesAll,
  stakeText,
  subjectOf,
  verbsText,
} from '../../evidence/database-questions.ts';
import { suggestedPolicy } from '../suggested-policy.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable } from '../../evidence/database-samples.ts';

const verbs: readonly Verb[] = ['select', 'insert', 'update', 'delete'];
const saysPublic =
  /public|anyone|any one|everyone|everybody|anonym|\banon\b|visitor|guest|todos|p[úu]blic|cualquier|qualquer|tout le monde|jeder/i;
/** Names that promise a narrower circle than the condition draws. */
const saysService = /service[ _-]?role|servi[cç]o|system|backend|edge function|webhook/i;
const saysSomebody =
  /authenticat|logged|signed|admin|staff|manager|owner|own\b|member|team|employee|internal|autenticad|propri|usu[aá]rios|usuarios|funcion/i;

/** How bad it is that `who` may do `verb` to every row; `undefined` when that is as it should be. */
function weigh(table: Table, verb: Verb, who: Caller, policies: readonly Policy[]): Severity | undefined {
  const meant = policies.length > 0 && policies.every((policy) => saysPublic.test(policy.name));
  const narrower = policies.some(
    (policy) => (saysService.test(policy.name) || saysSomebody.test(policy.name)) && !saysPublic.test(policy.name),
  );
  if (verb === 'insert') return weighInsert(table, who, meant, narrower);
  return verb === 'select' ? weighRead(table, who, meant, narrower) : weighChange(table, who);
}

function weighChange(table: Table, who: Caller): Severity {
  const { kind } = table.nature;
  if ((kind === 'private' || kind === 'intake') && !isGuess(table)) return who === 'anon' ? 'blocker' : 'high';
  return who === 'anon' ? 'high' : 'medium';
}

function weighRead(table: Table, who: Caller, meant: boolean, narrower: boolean): Severity | undefined {
  const { kind } = table.nature;
  if (kind === 'reference' || kind === 'content') return narrower && who === 'anon' ? 'low' : undefined;
  if (kind === 'listing') return meant || who === 'authenticated' ? undefined : 'medium';
  if (isGuess(table)) return meant ? undefined : 'medium';
  // Who has which role is no secret among colleagues, but tells a stranger whom to attack.
  if (table.decides.length > 0 && table.holds.length === 0) return who === 'anon' ? 'high' : 'low';
  const ofPeople = table.tenancy !== undefined || table.holds.some((held) => held !== 'money' && held !== 'location');
  if (who === 'anon') {
    if (meant && table.holds.length === 0) return undefined;
    return ofPeople ? 'blocker' : meant ? 'medium' : 'high';
  }
  return kind === 'log' ? 'medium' : 'high';
}

function weighInsert(table: Table, who: Caller, meant: boolean, narrower: boolean): Severity | undefined {
  const { kind } = table.nature;
  if (kind === 'log') return 'low';
  if (kind !== 'private') return narrower && who === 'anon' && kind !== 'intake' ? 'medium' : undefined;
  if (table.tenancy?.kind === 'tenant-root' || table.tenancy?.kind === 'profile') return 'medium';
  return who === 'anon' && !meant ? 'high' : 'medium';
}

/** The same for a condition that looks at the row alone, such as "not expired": whoever asks gets all rows that meet it. */
function weighCondition(table: Table, verb: Verb, who: Caller, policies: readonly Policy[]): Severity | undefined {
  if (table.nature.kind !== 'private') return undefined;
  const delicate = table.holds.some((kind) => kind !== 'money' && kind !== 'location');
  const flagged = table.access[who][verb].rows === 'flagged';
  if (flagged && (who === 'authenticated' || policies.every((policy) => saysPublic.test(policy.name)))) return undefined;
  if (verb === 'insert') return 'low';
  if (verb !== 'select') return who === 'anon' ? 'high' : 'medium';
  if (who === 'authenticated' || flagged || !delicate) return 'medium';
  return table.holds.includes('secret') ? 'blocker' : 'high';
}

interface Open {
  readonly verb: Verb;
  readonly who: Caller;
  readonly reach: Reach;
  readonly severity: Severity;
  /** The policies that do not ask who is calling. */
  readonly policies: readonly Policy[];
}

const needsNoCaller: ReadonlySet<string> = new Set(['always', 'row-condition', 'public-flag']);

/** Verbs opened by conditions that do not ask who is calling, with the widest circle of callers. */
function opened(table: Table, closed: boolean): Open[] {
  return verbs.flatMap((verb) => {
    for (const who of ['anon', 'authenticated'] as const) {
      const reach = table.access[who][verb];
      const all = reachesAll(reach.rows);
      if (!all && reach.rows !== 'condition' && reach.rows !== 'flagged') continue;
      const policies = policiesOf(table, [reach]).filter(
        (policy) => who === 'anon' || needsNoCaller.has((verb === 'insert' ? (policy.check ?? policy.using) : policy.using)?.kind ?? ''),
      );
      if (policies.length === 0) continue;
      const weight = all ? weigh(table, verb, who, policies) : weighCondition(table, verb, who, policies);
      // Accounts are for people somebody let in.
      const severity = closed && who === 'authenticated' && weight === 'high' ? 'medium' : weight;
      return severity === undefined ? [] : [{ verb, who, reach, severity, policies }];
    }
    return [];
  });
}

/** Read with more than a glance: a column compared with itself, a helper. One row says nothing of the others then. */
const isOdd = ({ using, check }: Policy): boolean => (using?.note ?? check?.note) !== undefined;

/** The remark about a name that promises more than the policy keeps. */
function mismatch(policies: readonly Policy[]): string {
  const open = policies.filter((policy) => policy.roles.includes('public'));
  const service = open.find((policy) => saysService.test(policy.name));
  if (service)
    return ` The policy "${service.name}" has no TO clause: the service role never needed it, so all it does is open the table to everybody.`;
  const somebody = open.find((policy) => saysSomebody.test(policy.name) && !saysPublic.test(policy.name));
  return somebody ? ` The policy "${somebody.name}" has no TO clause and no condition, so it does not do what its name says.` : '';
}

function judge(table: Table, database: DatabaseModel): Observation {
  const about = { subject: subjectOf('table', table) };
  const open = opened(table, isSignUpClosed(database, table.database));
  const [first] = open;
  if (!first)
    return {
      ...about,
      outcome: 'pass',
      place: { ...table.place, name: table.name },
      message: `No policy of ${table.name} lets everybody through.`,
    };
  const worst = open.reduce((a, b) => (atLeast(a.severity, b.severity) ? a : b), first);
  const same = open.filter((item) => item.who === worst.who && reachesAll(item.reach.rows) === reachesAll(worst.reach.rows));
  const policies = [...new Set([...worst.policies, ...same.flatMap((item) => item.policies)])];
  const [deciding] = policies;
  const why = doubt(table, policies);
  const place = { ...(deciding?.place ?? table.place), name: table.name };
  if (why !== undefined)
    return {
      ...about,
      outcome: 'unknown',
      severity: worst.severity,
      place,
      message: `Could not tell who reaches ${table.name}: ${why}.`,
      toKnow: askDump,
    };
  const who = worst.who === 'anon' ? 'Anybody on the internet, without an account,' : 'Everybody with an account';
  const always = reachesAll(worst.reach.rows);
  const rows = always ? 'every row' : 'rows';
  const condition = (deciding?.using ?? deciding?.check)?.text ?? '';
  const reason = always && /^\(*true\)*$/i.test(condition) ? 'is always true' : `never asks who is calling (${condition.slice(0, 80)})`;
  const channels = table.schema === 'realtime';
  const aim = same.every((item) => item.verb === 'insert') ? `rows to ${table.name} in anybody's name` : `${rows} of ${table.name}`;
  const named = policies
    .map((policy) => `"${policy.name}"`)
    .slice(0, 3)
    .join(', ');
  return {
    ...about,
    outcome: 'fail',
    severity: worst.severity,
    place,
    message: `${who} can ${channels ? channelText(same) : `${verbsText(same.map((item) => item.verb))} ${aim}`}: the condition of ${named} ${reason}.${channels ? '' : stakeText(table)}${worst.who === 'authenticated' ? fineForStaff : mismatch(policies)}`,
    proof: policyProof(policies),
    suspects: same.map((item) =>
      suspicion(accessName(tableThing(table), item.verb, item.who), reachesWhatever(item.reach) && !item.policies.some(isOdd)),
    ),
    fix: `drop policy "${deciding?.name ?? ''}" on ${table.schema}.${table.name};\nThen say whose rows they are. ${channels ? ownChannel : suggestedPolicy(table, database)}`,
  };
}

/** Rows of `realtime.messages` are not read as rows: reading is listening, adding is sending. */
const channelText = (open: readonly Open[]): string =>
  `${open.some(({ verb }) => verb === 'select') ? 'listen to' : 'send to'} the private live channels of everybody`;

const ownChannel =
  'For example: create policy "own channel" on realtime.messages for select to authenticated using (realtime.topic() = \'user:\' || (select auth.uid())::text);';

const everyone = samplePolicy({
  name: 'Invoices viewable by authenticated',
  roles: ['public'],
  sql: 'create policy "Invoices viewable by authenticated" on public.invoices for select using (true)',
  using: { text: 'true', kind: 'always', columns: [] },
});
const all = sampleReach({ select: 'all' }, [everyone.name]);
const plans = sampleTable({
  name: 'plans',
  holds: [],
  policies: [{ ...everyone, name: 'Anyone can view plans' }],
  access: {
    anon: sampleReach({ select: 'all' }, ['Anyone can view plans']),
    authenticated: sampleReach({ select: 'all' }, ['Anyone can view plans']),
  },
  nature: { kind: 'content', why: 'its name' },
});

export const rlsAlwaysTrue = defineCheck({
  id: 'audit/rls-always-true',
  severity: 'blocker',
  covers: ['MT-rls-not-true', 'S1-F', 'S1-C3', 'NT-3', 'MB-2', 'FC-2', 'FC-7'],
  doc: {
    title: 'A policy lets everybody through',
    why: 'Row-level security is on, yet a policy whose condition is always true undoes it: one request lists or changes the rows of all customers.',
    fix: 'Replace the policy by one that compares the row with the caller (auth.uid()) or with his organisation, and say TO authenticated.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/database/postgres/row-level-security#policies'],
  },
  needs: { database: databaseModel },
  examples: {
    fails: [
      {
        name: 'USING (true) without TO on invoices',
        given: { database: sampleDatabase({ tables: [sampleTable({ policies: [everyone], access: { anon: all, authenticated: all } })] }) },
      },
      {
        name: 'USING (true) for everybody with an account',
        given: {
          database: sampleDatabase({
            tables: [
              sampleTable({ policies: [{ ...everyone, roles: ['authenticated'] }], access: { anon: sampleReach(), authenticated: all } }),
            ],
          }),
        },
      },
    ],
    passes: [
      { name: 'members read the rows of their organisation', given: { database: sampleDatabase({ tables: [sampleTable()] }) } },
      { name: 'plans are meant to be seen', given: { database: sampleDatabase({ tables: [plans] }) } },
    ],
  },
  *evaluate({ database }) {
    for (const table of database.tables)
      if (table.exposed && table.rls !== 'off' && table.policies.length > 0) yield judge(table, database);
  },
});
