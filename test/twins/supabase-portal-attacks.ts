import { ids } from './supabase-portal-world.ts';

/** One thing a person tries on the database; see `attempt` in the test for how its success is told. */
export interface Attempt {
  /** Id of the person, 'anon' for a visitor without an account, 'auth-server' for a sign-up. */
  as: string;
  sql: string;
  /** Run afterwards as the database owner: it worked when this finds a row. Left out: it worked when `sql` returned rows. */
  proof?: string;
}

const signUp = (metadata: object): string =>
  `INSERT INTO auth.users (id, email, raw_user_meta_data)
   VALUES ('eeeeeeee-0000-4000-8000-000000000001', 'new@example.com', '${JSON.stringify(metadata)}')`;
const membershipOf = (user: string, role: string): string =>
  `SELECT 1 FROM public.memberships WHERE organization_id = '${ids.orgA}' AND user_id = '${user}' AND role = '${role}'`;

/** What each database flaw lets somebody do, and the clean portal does not. */
export const attacks: Record<string, Attempt> = {
  'rls-disabled-invoices': { as: ids.stranger, sql: 'SELECT * FROM public.invoices' },
  'rls-missing-late-table': { as: ids.stranger, sql: 'SELECT * FROM public.notifications' },
  'rls-colleagues-notifications': { as: ids.otherClientA, sql: 'SELECT * FROM public.notifications' },
  'rls-disabled-by-loop': { as: ids.stranger, sql: 'SELECT * FROM public.audit_log' },
  'rls-using-true-cases': { as: ids.stranger, sql: 'SELECT * FROM public.cases' },
  'rls-using-true-named-authenticated': { as: 'anon', sql: 'SELECT * FROM public.tasks' },
  'rls-auth-role-only': { as: ids.ownerB, sql: 'SELECT * FROM public.approvals' },
  'rls-authenticated-only': { as: ids.ownerB, sql: 'SELECT * FROM public.files' },
  'anonymous-write-policy': {
    as: 'anon',
    sql: `INSERT INTO public.case_comments (case_id, author_id, body) VALUES ('${ids.caseA}', '${ids.staffA}', 'forged')`,
    proof: `SELECT 1 FROM public.case_comments WHERE body = 'forged'`,
  },
  'privilege-column-self-update': {
    as: ids.clientA,
    sql: `UPDATE public.memberships SET role = 'owner' WHERE user_id = '${ids.clientA}'`,
    proof: membershipOf(ids.clientA, 'owner'),
  },
  'membership-self-insert': {
    as: ids.stranger,
    sql: `INSERT INTO public.memberships (organization_id, user_id, role) VALUES ('${ids.orgA}', '${ids.stranger}', 'owner')`,
    proof: membershipOf(ids.stranger, 'owner'),
  },
  'realtime-leak': {
    as: ids.stranger,
    sql: `SELECT m.* FROM realtime.messages m, set_config('realtime.topic', 'org:${ids.orgA}', true)`,
  },
  'signup-metadata-role': {
    as: 'auth-server',
    sql: signUp({ role: 'admin' }),
    proof: `SELECT 1 FROM public.user_roles WHERE user_id = 'eeeeeeee-0000-4000-8000-000000000001' AND role = 'admin'`,
  },
  'signup-metadata-tenant': {
    as: 'auth-server',
    sql: signUp({ organization_id: ids.orgA }),
    proof: membershipOf('eeeeeeee-0000-4000-8000-000000000001', 'staff'),
  },
  'first-user-admin': {
    as: 'auth-server',
    sql: `SELECT 1 FROM public.user_roles WHERE user_id = '${ids.founder}' AND role = 'admin'`,
  },
  'definer-function-open': { as: 'anon', sql: `SELECT * FROM public.get_invoice_statement('${ids.orgA}')` },
  'rpc-role-change': {
    as: ids.clientA,
    sql: `SELECT public.set_member_role(id, 'owner') FROM public.memberships WHERE user_id = '${ids.clientA}'`,
    proof: membershipOf(ids.clientA, 'owner'),
  },
  'definer-view': { as: ids.stranger, sql: 'SELECT * FROM public.invoice_overview' },
  'storage-bucket-public': {
    as: 'auth-server',
    sql: `SELECT 1 FROM storage.buckets WHERE id = 'client-files' AND public`,
  },
  'storage-anon-write': {
    as: 'anon',
    sql: `INSERT INTO storage.objects (bucket_id, name) VALUES ('exports', 'forged.csv')`,
    proof: `SELECT 1 FROM storage.objects WHERE name = 'forged.csv'`,
  },
};
