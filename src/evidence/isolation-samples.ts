import type {
  Broken,
  Cell,
  CellVerb,
  Escalation,
  Failure,
  IsolationProof,
  Person,
  PersonaName,
  ProvedDatabase,
  ProvedObject,
  Rebuild,
} from './isolation.ts';
import { personaNames } from './isolation.ts';

const file = 'supabase/migrations/20260101000000_portal.sql';

/** Who can: `got` for those named, refused for all the others. */
export type Reached = Readonly<Partial<Record<CellVerb, readonly PersonaName[]>>>;

/** One attempt for examples and tests; unless told, a stranger's read that comes back empty. */
export const sampleCell = (change: Partial<Cell> = {}): Cell => ({
  verb: 'select',
  who: 'stranger',
  outcome: 'nothing',
  grade: 'proved',
  sql: "SELECT * FROM public.invoices WHERE id = 'a0000000-0000-4000-8000-000000000001'",
  answer: change.outcome === 'got' ? '{"number": "a0000000 1"}' : change.outcome === 'refused' ? 'permission denied (42501)' : 'no rows',
  profiles: ['default', 'explicit'],
  ...change,
});

const statements: Readonly<Record<CellVerb, (name: string) => string>> = {
  select: (name) => `SELECT * FROM public.${name} WHERE id = 'a0000000-0000-4000-8000-000000000001'`,
  insert: (name) => `INSERT INTO public.${name} (id, organization_id) VALUES (gen_random_uuid(), 'a0000000-0000-4000-8000-000000000002')`,
  update: (name) => `UPDATE public.${name} SET note = 'changed' WHERE id = 'a0000000-0000-4000-8000-000000000001'`,
  delete: (name) => `DELETE FROM public.${name} WHERE id = 'a0000000-0000-4000-8000-000000000001'`,
  execute: (name) => `SELECT * FROM public.${name}('a0000000-0000-4000-8000-000000000001')`,
  download: (name) => `SELECT name FROM storage.objects WHERE bucket_id = '${name}'`,
  upload: (name) => `INSERT INTO storage.objects (bucket_id, name) VALUES ('${name}', 'a0000000.pdf')`,
};

/** Everybody's attempts with these verbs. */
export const sampleCells = (reached: Reached, name = 'invoices', change: Partial<Cell> = {}): Cell[] =>
  Object.entries(reached).flatMap(([verb, able]) =>
    personaNames.map((who) => {
      const got = able.includes(who);
      const outcome = got ? 'got' : verb === 'insert' ? 'refused' : 'nothing';
      return sampleCell({
        verb: verb as CellVerb,
        ...(verb === 'insert' && { variant: 'as-victim' as const }),
        who,
        outcome,
        sql: statements[verb as CellVerb](name),
        ...(got && verb === 'update' && { columns: ['note'] }),
        ...(got && {
          through: {
            kind: 'policy' as const,
            policies: [
              {
                name: `Members read ${name}`,
                sql: `create policy "Members read ${name}" on public.${name} for ${verb} to authenticated using (true)`,
                place: { file, line: 31 },
              },
            ],
          },
        }),
        ...change,
      });
    }),
  );

/** Who can what on a table that is as it should be: members read, the tenant's administrators write. */
export const soundReach: Reached = {
  select: ['peer', 'owner', 'tenant-admin', 'admin'],
  insert: ['tenant-admin', 'admin'],
  update: ['tenant-admin', 'admin'],
  delete: ['admin'],
};

/** A table for examples and tests: invoices of organisations, read by members, written by administrators; nobody else gets in. */
export const sampleObject = (change: Partial<ProvedObject> = {}, reached: Reached = soundReach): ProvedObject => ({
  kind: 'table',
  schema: 'public',
  name: 'invoices',
  place: { file, line: 12 },
  belongs: { to: 'tenant', path: ['organization_id'], told: 'foreign-key' },
  nature: 'private',
  natureWhy: 'it holds money data',
  holds: ['money'],
  cells: sampleCells(reached, change.name),
  ...change,
});

/** A table that everybody with an account reads, whoever owns it. */
export const leakyObject = (change: Partial<ProvedObject> = {}): ProvedObject =>
  sampleObject(change, { ...soundReach, select: ['newcomer', 'stranger', 'foreign-admin', 'peer', 'owner', 'tenant-admin', 'admin'] });

/** A statement that could not be applied. */
export const sampleFailure = (change: Partial<Failure> = {}): Failure => ({
  place: { file: 'supabase/migrations/20260203000000_cron.sql', line: 4 },
  sql: "select cron.schedule('nightly', '0 3 * * *', 'call public.close_month()')",
  reason: 'procedure public.close_month() does not exist',
  code: '42883',
  touches: ['public.close_month'],
  closes: false,
  opens: false,
  ...change,
});

export const sampleRebuild = (change: Partial<Rebuild> = {}): Rebuild => ({
  files: 3,
  statements: 40,
  applied: 40,
  retried: 2,
  superseded: 0,
  failures: [],
  reconstructed: [],
  stubs: ['extension pg_cron'],
  ms: { start: 600, apply: 210 },
  ...change,
});

/** Everybody who tries, with what each was given in the sample portal. */
export const samplePeople: readonly Person[] = [
  { name: 'anon', holds: [] },
  { name: 'newcomer', holds: [] },
  { name: 'stranger', holds: ['memberships.role = client'] },
  { name: 'foreign-admin', holds: ['memberships.role = owner'] },
  { name: 'peer', holds: ['memberships.role = client'] },
  { name: 'owner', holds: ['memberships.role = client'] },
  { name: 'tenant-admin', holds: ['memberships.role = owner'] },
  { name: 'admin', holds: ['platform_admins'] },
];

export const sampleEscalation = (change: Partial<Escalation> = {}): Escalation => ({
  kind: 'own-column',
  who: 'newcomer',
  what: 'sets profiles.role of his own row to admin',
  object: 'public.profiles',
  column: 'role',
  value: 'admin',
  sql: "UPDATE public.profiles SET role = 'admin' WHERE id = auth.uid()",
  place: { file, line: 5 },
  unlocks: [{ object: 'public.invoices', verbs: ['select', 'update'] }],
  grade: 'proved',
  profiles: ['default', 'explicit'],
  ...change,
});

export const sampleBroken = (change: Partial<Broken> = {}): Broken => ({
  kind: 'recursion',
  object: 'public.memberships',
  message: 'infinite recursion detected in policy for relation "memberships" (42P17)',
  code: '42P17',
  place: { file, line: 44 },
  sql: "SELECT * FROM public.memberships WHERE id = 'a0000000-0000-4000-8000-000000000003'",
  grade: 'proved',
  ...change,
});

/** One database of these parts, rebuilt whole. */
export const sampleProved = (change: Partial<ProvedDatabase> = {}): ProvedDatabase => ({
  folder: 'supabase',
  engine: 'postgresql',
  exposure: 'supabase',
  signUp: 'open',
  rebuild: sampleRebuild(),
  people: samplePeople,
  objects: [sampleObject()],
  escalations: [],
  broken: [],
  ...change,
});

/** A proof over one database of these parts. */
export const sampleProof = (change: Partial<ProvedDatabase> = {}): IsolationProof => ({ databases: [sampleProved(change)] });
