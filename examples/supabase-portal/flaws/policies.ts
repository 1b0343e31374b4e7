import type { Flaw } from '../../flaws.ts';

const MEMBERSHIPS = 'supabase/migrations/20260907101837_e2a7f0b3-9c48-4d16-a3f5-7b61d0c8e924.sql';
const INVOICES = 'supabase/migrations/20260908082214_7d94c5b2-0e6a-4b81-9f37-c12e5a8d6f40.sql';
const CASES = 'supabase/migrations/20260908141650_19c3e8a6-f7d2-4095-b4ce-83a0f6d17b5c.sql';
const FILES = 'supabase/migrations/20260910100903_c85b1f7e-64d0-4e29-8a93-25f9d3b0e71a.sql';
const TIGHTENED = 'supabase/migrations/20260929090731_d37c60e8-1b4f-49a5-86d2-0c5f9e7b2a14.sql';
const REALTIME = 'supabase/migrations/20261019085226_f40d7e19-c2a3-45b8-9e06-b83c1d5f7a90.sql';
const NOTIFICATIONS = 'supabase/migrations/20261102104011_63e9a2d5-07bf-4c81-a4d6-1f8e52b0c73d.sql';

/** Row level security that is missing, switched off, or lets the wrong people through. */
export const policyFlaws: Flaw[] = [
  {
    id: 'rls-disabled-invoices',
    title: 'Row level security is switched off on invoices',
    stages: ['audit', 'access'],
    checks: ['audit/rls-disabled', 'access/stranger-reads', 'access/stranger-writes', 'access/matrix-drift'],
    edits: [
      {
        file: INVOICES,
        find: 'ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;',
        replace: 'ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY;',
      },
    ],
  },
  {
    id: 'rls-missing-late-table',
    title: 'A table added late never gets row level security',
    stages: ['audit', 'access'],
    checks: ['audit/rls-disabled', 'access/stranger-reads', 'access/stranger-writes', 'access/matrix-drift', 'access/shared-by-design'],
    edits: [
      {
        file: NOTIFICATIONS,
        find: `ALTER TABLE public.notifications ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Users can view their own notifications"
  ON public.notifications FOR SELECT
  TO authenticated
  USING (user_id = auth.uid());

CREATE POLICY "Users can mark their own notifications as read"
  ON public.notifications FOR UPDATE
  TO authenticated
  USING (user_id = auth.uid())
  WITH CHECK (user_id = auth.uid());

`,
        replace: '',
      },
    ],
  },
  {
    id: 'rls-disabled-by-loop',
    title: 'A late migration switches row level security off on every table in a loop',
    stages: ['audit', 'access'],
    checks: ['audit/rls-disabled', 'access/privilege-escalation', 'access/stranger-reads', 'access/stranger-writes', 'access/matrix-drift', 'access/shared-by-design'],
    edits: [],
    adds: [
      {
        file: 'supabase/migrations/20261110162708_2f6c91d8-a0e5-43b7-bd14-9c83e7f05a62.sql',
        text: `-- Get the dashboard going again while we look into the policies
DO $$
DECLARE
  t RECORD;
BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE public.%I DISABLE ROW LEVEL SECURITY', t.tablename);
  END LOOP;
END;
$$;
`,
      },
    ],
  },
  {
    id: 'rls-using-true-cases',
    title: 'Every signed-in user reads the cases of every organization: USING (true)',
    stages: ['audit', 'access'],
    checks: ['audit/rls-always-true', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: TIGHTENED,
        find: `  USING (
    public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[])
    OR (client_id = auth.uid() AND public.is_member_of(organization_id))
  );`,
        replace: '  USING (true);',
      },
    ],
  },
  {
    id: 'rls-using-true-named-authenticated',
    title: 'A policy called "viewable by authenticated users" has no TO clause, so visitors without an account read all tasks',
    stages: ['audit', 'access'],
    checks: ['audit/rls-always-true', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: TIGHTENED,
        find: `CREATE POLICY "Members can view tasks"
  ON public.tasks FOR SELECT
  TO authenticated
  USING (
    assigned_to = auth.uid()
    OR public.can_view_case(case_id)
  );`,
        replace: `CREATE POLICY "Tasks are viewable by authenticated users"
  ON public.tasks FOR SELECT
  USING (true);

GRANT SELECT ON public.tasks TO anon, authenticated;`,
      },
    ],
  },
  {
    id: 'rls-auth-role-only',
    title: 'Approvals are protected by the sign-in only: auth.role() = \'authenticated\'',
    stages: ['audit', 'access'],
    checks: ['audit/rls-authenticated-only', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: FILES,
        find: `CREATE POLICY "People involved can view approvals"
  ON public.approvals FOR SELECT
  TO authenticated
  USING (
    requested_from = auth.uid()
    OR public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[])
  );`,
        replace: `CREATE POLICY "People involved can view approvals"
  ON public.approvals FOR SELECT
  USING (auth.role() = 'authenticated');`,
      },
    ],
  },
  {
    id: 'rls-authenticated-only',
    title: 'The file list is protected by the sign-in only: auth.uid() IS NOT NULL',
    stages: ['audit', 'access'],
    checks: ['audit/rls-authenticated-only', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: FILES,
        find: `  USING (
    public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[])
    OR public.can_view_case(case_id)
  );`,
        replace: '  USING (auth.uid() IS NOT NULL);',
      },
    ],
  },
  {
    id: 'anonymous-write-policy',
    title: 'Anybody may write comments into any case, without signing in',
    stages: ['audit', 'access'],
    checks: ['audit/rls-always-true', 'access/stranger-writes', 'access/matrix-drift'],
    edits: [
      {
        file: CASES,
        find: `CREATE POLICY "Members can comment on their cases"
  ON public.case_comments FOR INSERT
  TO authenticated
  WITH CHECK (
    author_id = auth.uid()
    AND public.can_view_case(case_id)
    AND (is_internal = false OR public.is_case_staff(case_id))
  );`,
        replace: `GRANT INSERT ON public.case_comments TO anon;

CREATE POLICY "Members can comment on their cases"
  ON public.case_comments FOR INSERT
  WITH CHECK (true);`,
      },
    ],
  },
  {
    id: 'privilege-column-self-update',
    title: 'Members may change their own membership row, its role included: a client becomes the owner',
    stages: ['audit', 'access'],
    checks: ['audit/privilege-column-writable', 'access/privilege-escalation', 'access/matrix-drift'],
    edits: [
      {
        file: TIGHTENED,
        find: `  WITH CHECK (
    user_id = auth.uid()
    AND role = public.current_member_role(organization_id)
  );`,
        replace: '  WITH CHECK (user_id = auth.uid());',
      },
    ],
  },
  {
    id: 'membership-self-insert',
    title: 'Anybody with an account may add themselves to any organization',
    stages: ['audit', 'access'],
    checks: ['audit/membership-self-insert', 'access/privilege-escalation', 'access/matrix-drift'],
    edits: [
      {
        file: MEMBERSHIPS,
        find: `CREATE POLICY "Owners can add members"
  ON public.memberships FOR INSERT
  TO authenticated
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner']::public.member_role[]));`,
        replace: `CREATE POLICY "Users can join organizations"
  ON public.memberships FOR INSERT
  TO authenticated
  WITH CHECK (user_id = auth.uid());`,
      },
    ],
  },
  {
    id: 'realtime-leak',
    title: 'Every signed-in user may listen to the live channel of every organization',
    stages: ['audit', 'access'],
    checks: ['audit/rls-always-true', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: REALTIME,
        find: `  USING (public.is_member_of((split_part(realtime.topic(), ':', 2))::uuid));`,
        replace: '  USING (true);',
      },
    ],
  },
  {
    id: 'policy-recursion',
    title: 'A policy on memberships asks memberships itself, so that every question ends in an error',
    stages: ['access'],
    checks: ['access/broken-access'],
    edits: [
      {
        file: MEMBERSHIPS,
        find: `CREATE POLICY "Owners and staff can view memberships"
  ON public.memberships FOR SELECT
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));`,
        replace: `CREATE POLICY "Owners and staff can view memberships"
  ON public.memberships FOR SELECT
  TO authenticated
  USING (EXISTS (
    SELECT 1 FROM public.memberships mine
    WHERE mine.organization_id = memberships.organization_id
      AND mine.user_id = auth.uid()
      AND mine.role IN ('owner', 'staff')
  ));`,
      },
    ],
  },
  {
    id: 'rls-colleagues-notifications',
    title: "Every member of an organization reads the notifications of all its members, though they were reviewed as everybody's own",
    stages: ['access'],
    checks: ['access/matrix-drift', 'access/shared-by-design'],
    edits: [
      {
        file: NOTIFICATIONS,
        find: `CREATE POLICY "Users can view their own notifications"
  ON public.notifications FOR SELECT
  TO authenticated
  USING (user_id = auth.uid());`,
        replace: `CREATE POLICY "Members can view notifications"
  ON public.notifications FOR SELECT
  TO authenticated
  USING (public.is_member_of(organization_id));`,
      },
    ],
    conflictsWith: ['rls-missing-late-table'],
  },
  {
    id: 'migration-not-replayable',
    title: 'A late migration changes a table that was made in the dashboard, so the migrations do not replay',
    stages: ['access'],
    checks: ['access/migrations-do-not-replay'],
    edits: [],
    adds: [
      {
        file: 'supabase/migrations/20261112101530_9d04b7e2-6c1f-4a38-92ab-5e7f0c83d164.sql',
        text: `-- Old clients from the spreadsheet import
ALTER TABLE public.imported_clients ADD COLUMN phone TEXT;
`,
      },
    ],
  },
];
