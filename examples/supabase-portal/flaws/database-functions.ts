import type { Flaw } from '../../flaws.ts';

const REPORTS = 'supabase/migrations/20260922111304_a1f09c37-5d8e-4b26-bc74-e90d36a2f8b5.sql';

/** Functions and views that run with the rights of their owner and ask nobody who they are. */
export const databaseFunctionFlaws: Flaw[] = [
  {
    id: 'definer-function-open',
    title: 'Anybody may call the statement function for any organization, without signing in',
    stages: ['audit', 'access'],
    checks: ['audit/definer-function-open', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: REPORTS,
        find: `  IF NOT public.has_org_role(_organization_id, ARRAY['owner', 'staff']::public.member_role[]) THEN
    RAISE EXCEPTION 'Not allowed' USING ERRCODE = '42501';
  END IF;

`,
        replace: '',
      },
      {
        file: REPORTS,
        find: `REVOKE EXECUTE ON FUNCTION public.get_invoice_statement(UUID) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.get_invoice_statement(UUID) TO authenticated;`,
        replace: 'GRANT EXECUTE ON FUNCTION public.get_invoice_statement(UUID) TO anon, authenticated;',
      },
    ],
  },
  {
    id: 'rpc-role-change',
    title: 'Any signed-in user may set the role of any member, in any organization',
    stages: ['audit', 'access'],
    checks: ['audit/definer-function-open', 'access/stranger-writes', 'access/matrix-drift'],
    edits: [
      {
        file: REPORTS,
        find: `DECLARE
  _organization_id UUID;
BEGIN
  SELECT organization_id INTO _organization_id
  FROM public.memberships
  WHERE id = _membership_id;

  IF _organization_id IS NULL
     OR NOT public.has_org_role(_organization_id, ARRAY['owner']::public.member_role[]) THEN
    RAISE EXCEPTION 'Only owners can change roles' USING ERRCODE = '42501';
  END IF;

`,
        replace: 'BEGIN\n',
      },
    ],
  },
  {
    id: 'definer-view',
    title: 'The invoice overview runs with the rights of its owner and shows every organization\'s invoices',
    stages: ['audit', 'access'],
    checks: ['audit/definer-view', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: REPORTS,
        find: `CREATE VIEW public.invoice_overview
WITH (security_invoker = true)
AS`,
        replace: `CREATE VIEW public.invoice_overview
AS`,
      },
    ],
  },
];
