import type { Attempt } from './supabase-portal-attacks.ts';
import { ids, inviteToken } from './supabase-portal-world.ts';

interface Right extends Attempt {
  who: string;
  what: string;
}

const { orgA, invoiceA, caseA, approvalA } = ids;

/** What people must be able to do, in the clean portal and with any one flaw: the portal works. */
export const controls: Right[] = [
  { who: 'a visitor', what: 'see the countries', as: 'anon', sql: 'SELECT 1 FROM public.countries' },
  { who: 'a visitor', what: 'see the plans', as: 'anon', sql: 'SELECT 1 FROM public.plans' },
  { who: 'the owner', what: 'read the invoices', as: ids.ownerA, sql: 'SELECT 1 FROM public.invoices' },
  { who: 'the owner', what: 'read the overview', as: ids.ownerA, sql: 'SELECT 1 FROM public.invoice_overview' },
  { who: 'the owner', what: 'read the statement', as: ids.ownerA, sql: `SELECT * FROM public.get_invoice_statement('${orgA}')` },
  { who: 'the owner', what: 'read the audit log', as: ids.ownerA, sql: 'SELECT 1 FROM public.audit_log' },
  { who: 'staff', what: 'see an invite', as: ids.staffA, sql: 'SELECT email FROM public.invites' },
  { who: 'staff', what: 'read internal comments', as: ids.staffA, sql: 'SELECT 1 FROM public.case_comments WHERE is_internal' },
  { who: 'staff', what: 'see the file', as: ids.staffA, sql: `SELECT 1 FROM storage.objects WHERE bucket_id = 'client-files'` },
  { who: 'the client', what: 'read the own invoice', as: ids.clientA, sql: `SELECT 1 FROM public.invoices WHERE id = '${invoiceA}'` },
  { who: 'the client', what: 'read the own case', as: ids.clientA, sql: `SELECT 1 FROM public.cases WHERE id = '${caseA}'` },
  { who: 'the client', what: 'download the file', as: ids.clientA, sql: `SELECT 1 FROM storage.objects WHERE bucket_id = 'client-files'` },
  {
    who: 'the client',
    what: 'upload a file',
    as: ids.clientA,
    sql: `INSERT INTO storage.objects (bucket_id, name) VALUES ('client-files', '${orgA}/${caseA}/new')`,
    proof: `SELECT 1 FROM storage.objects WHERE name LIKE '%/new'`,
  },
  {
    who: 'the client',
    what: 'comment on the own case',
    as: ids.clientA,
    sql: `INSERT INTO public.case_comments (case_id, body) VALUES ('${caseA}', 'thanks')`,
    proof: `SELECT 1 FROM public.case_comments WHERE body = 'thanks' AND author_id = '${ids.clientA}'`,
  },
  {
    who: 'the client',
    what: 'change the own title',
    as: ids.clientA,
    sql: `UPDATE public.memberships SET job_title = 'CEO' WHERE user_id = '${ids.clientA}'`,
    proof: `SELECT 1 FROM public.memberships WHERE job_title = 'CEO'`,
  },
  { who: 'the client', what: 'decide an approval', as: ids.clientA, sql: `SELECT public.decide_approval('${approvalA}', true)` },
  {
    who: 'the client',
    what: 'mark a notification as read',
    as: ids.clientA,
    sql: 'UPDATE public.notifications SET read_at = now()',
    proof: 'SELECT 1 FROM public.notifications WHERE read_at IS NOT NULL',
  },
  {
    who: 'the owner',
    what: 'make a client staff',
    as: ids.ownerA,
    sql: `SELECT public.set_member_role(id, 'staff') FROM public.memberships WHERE user_id = '${ids.clientA}'`,
    proof: `SELECT 1 FROM public.memberships WHERE user_id = '${ids.clientA}' AND role = 'staff'`,
  },
  {
    who: 'the owner',
    what: 'rename the organization',
    as: ids.ownerA,
    sql: `UPDATE public.organizations SET name = 'A2' WHERE id = '${orgA}'`,
    proof: `SELECT 1 FROM public.organizations WHERE name = 'A2'`,
  },
  { who: 'the invited person', what: 'accept the invite', as: ids.stranger, sql: `SELECT public.accept_invite('${inviteToken}')` },
  { who: 'anybody signed in', what: 'start an organization', as: ids.stranger, sql: `SELECT public.create_organization('C', 'c')` },
  {
    who: 'staff',
    what: 'move a case on, which notifies the client',
    as: ids.staffA,
    sql: `UPDATE public.cases SET status = 'resolved' WHERE id = '${caseA}'`,
    proof: `SELECT 1 FROM public.notifications WHERE title = 'Your case was updated' AND user_id = '${ids.clientA}'`,
  },
];

/** What people must not be able to do in the clean portal, beyond the attacks that belong to a flaw. */
export const denials: Right[] = [
  { who: 'another client', what: 'read the invoice', as: ids.otherClientA, sql: 'SELECT 1 FROM public.invoices' },
  { who: 'another client', what: 'read the case', as: ids.otherClientA, sql: 'SELECT 1 FROM public.cases' },
  { who: 'another client', what: 'download the file', as: ids.otherClientA, sql: 'SELECT 1 FROM storage.objects' },
  { who: 'the client', what: 'read internal comments', as: ids.clientA, sql: 'SELECT 1 FROM public.case_comments WHERE is_internal' },
  { who: 'staff', what: 'read the hash of an invite', as: ids.staffA, sql: 'SELECT token_hash FROM public.invites' },
  { who: 'the owner', what: 'read payment events', as: ids.ownerA, sql: 'SELECT 1 FROM public.payment_events' },
  { who: 'a visitor', what: 'read profiles', as: 'anon', sql: 'SELECT 1 FROM public.profiles' },
  { who: 'another owner', what: 'use the invite', as: ids.ownerB, sql: `SELECT public.accept_invite('${inviteToken}')` },
  { who: 'another owner', what: 'decide the approval', as: ids.ownerB, sql: `SELECT public.decide_approval('${approvalA}', true)` },
  { who: 'a visitor', what: 'start an organization', as: 'anon', sql: `SELECT public.create_organization('C', 'c')` },
  {
    who: 'the owner',
    what: 'change the plan without paying',
    as: ids.ownerA,
    sql: `UPDATE public.organizations SET plan_id = 'agency' WHERE id = '${orgA}'`,
    proof: `SELECT 1 FROM public.organizations WHERE plan_id = 'agency'`,
  },
  {
    who: 'the owner of B',
    what: 'move an own membership into A',
    as: ids.ownerB,
    sql: `UPDATE public.memberships SET organization_id = '${orgA}' WHERE user_id = '${ids.ownerB}'`,
    proof: `SELECT 1 FROM public.memberships WHERE organization_id = '${orgA}' AND user_id = '${ids.ownerB}'`,
  },
  {
    who: 'a user',
    what: 'become platform admin',
    as: ids.stranger,
    sql: `INSERT INTO public.user_roles (user_id, role) VALUES ('${ids.stranger}', 'admin')`,
    proof: `SELECT 1 FROM public.user_roles WHERE role = 'admin'`,
  },
  {
    who: 'the client',
    what: 'mark the invoice as paid',
    as: ids.clientA,
    sql: `UPDATE public.invoices SET status = 'paid'`,
    proof: `SELECT 1 FROM public.invoices WHERE status = 'paid'`,
  },
];
