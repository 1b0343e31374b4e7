/** Made-up people and rows for the Supabase portal: two organizations that must never see each other. */
export const ids = {
  orgA: 'aaaaaaaa-0000-4000-8000-000000000000',
  orgB: 'bbbbbbbb-0000-4000-8000-000000000000',
  ownerA: 'aaaaaaaa-0000-4000-8000-000000000001',
  staffA: 'aaaaaaaa-0000-4000-8000-000000000002',
  clientA: 'aaaaaaaa-0000-4000-8000-000000000003',
  otherClientA: 'aaaaaaaa-0000-4000-8000-000000000004',
  ownerB: 'bbbbbbbb-0000-4000-8000-000000000001',
  /** Signed up like anybody can, member of nothing. */
  stranger: 'cccccccc-0000-4000-8000-000000000001',
  /** The first person who ever signed up. */
  founder: 'dddddddd-0000-4000-8000-000000000001',
  invoiceA: 'aaaaaaaa-0000-4000-8000-000000000010',
  caseA: 'aaaaaaaa-0000-4000-8000-000000000020',
  approvalA: 'aaaaaaaa-0000-4000-8000-000000000030',
} as const;

/** A token whose SHA-256 is stored with the invite for `stranger` to organization A. */
export const inviteToken = 'made-up-invite-token';

const person = (id: string, email: string): string =>
  `INSERT INTO auth.users (id, email, email_confirmed_at) VALUES ('${id}', '${email}', now());`;

const member = (organization: string, user: string, role: string): string =>
  `INSERT INTO public.memberships (organization_id, user_id, role) VALUES ('${organization}', '${user}', '${role}');`;

/** Fills a freshly migrated database, signing people up through the trigger the way the auth server does. */
export const worldSql = `
${person(ids.founder, 'founder@example.com')}
${person(ids.ownerA, 'owner@a.example')}
${person(ids.staffA, 'staff@a.example')}
${person(ids.clientA, 'client@a.example')}
${person(ids.otherClientA, 'other@a.example')}
${person(ids.ownerB, 'owner@b.example')}
${person(ids.stranger, 'stranger@example.com')}
INSERT INTO public.organizations (id, name, slug) VALUES ('${ids.orgA}', 'A', 'a'), ('${ids.orgB}', 'B', 'b');
${member(ids.orgA, ids.ownerA, 'owner')}
${member(ids.orgA, ids.staffA, 'staff')}
${member(ids.orgA, ids.clientA, 'client')}
${member(ids.orgA, ids.otherClientA, 'client')}
${member(ids.orgB, ids.ownerB, 'owner')}
INSERT INTO public.invoices (id, organization_id, client_id, number, amount_cents, status)
  VALUES ('${ids.invoiceA}', '${ids.orgA}', '${ids.clientA}', 'A-1', 1000, 'sent');
INSERT INTO public.cases (id, organization_id, client_id, title, created_by)
  VALUES ('${ids.caseA}', '${ids.orgA}', '${ids.clientA}', 'Case of A', '${ids.clientA}');
INSERT INTO public.case_comments (case_id, author_id, body, is_internal)
  VALUES ('${ids.caseA}', '${ids.staffA}', 'internal', true), ('${ids.caseA}', '${ids.staffA}', 'public', false);
INSERT INTO public.tasks (organization_id, case_id, title) VALUES ('${ids.orgA}', '${ids.caseA}', 'Task of A');
INSERT INTO public.files (organization_id, case_id, storage_path, file_name, uploaded_by)
  VALUES ('${ids.orgA}', '${ids.caseA}', '${ids.orgA}/${ids.caseA}/report', 'report.pdf', '${ids.staffA}');
INSERT INTO storage.objects (bucket_id, name) VALUES ('client-files', '${ids.orgA}/${ids.caseA}/report');
INSERT INTO public.approvals (id, organization_id, title, requested_from, requested_by)
  VALUES ('${ids.approvalA}', '${ids.orgA}', 'Approve', '${ids.clientA}', '${ids.staffA}');
INSERT INTO public.invites (organization_id, email, role, token_hash)
  VALUES ('${ids.orgA}', 'Stranger@example.com', 'staff', encode(sha256('${inviteToken}'), 'hex'));
INSERT INTO public.payment_events (id, type, payload) VALUES ('evt_1', 'checkout.session.completed', '{}');
INSERT INTO public.notifications (organization_id, user_id, title) VALUES ('${ids.orgA}', '${ids.clientA}', 'Hello');
INSERT INTO realtime.messages (topic, extension, payload) VALUES ('org:${ids.orgA}', 'broadcast', '{}');
`;
