-- Invoice overview for the dashboard; runs with the rights of whoever reads it
CREATE VIEW public.invoice_overview
WITH (security_invoker = true)
AS
SELECT
  i.id,
  i.organization_id,
  o.name AS organization_name,
  p.full_name AS client_name,
  i.number,
  i.amount_cents,
  i.currency,
  i.status,
  i.due_date,
  (i.status IN ('sent', 'overdue') AND i.due_date < CURRENT_DATE) AS is_late
FROM public.invoices i
JOIN public.organizations o ON o.id = i.organization_id
LEFT JOIN public.profiles p ON p.id = i.client_id;

GRANT SELECT ON public.invoice_overview TO authenticated, service_role;

-- Statement of everything an organization has billed, for the report page
CREATE OR REPLACE FUNCTION public.get_invoice_statement(_organization_id UUID)
RETURNS TABLE (number TEXT, client_email TEXT, amount_cents INTEGER, status public.invoice_status)
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
BEGIN
  IF NOT public.has_org_role(_organization_id, ARRAY['owner', 'staff']::public.member_role[]) THEN
    RAISE EXCEPTION 'Not allowed' USING ERRCODE = '42501';
  END IF;

  RETURN QUERY
  SELECT i.number, p.email, i.amount_cents, i.status
  FROM public.invoices i
  JOIN public.profiles p ON p.id = i.client_id
  WHERE i.organization_id = _organization_id
  ORDER BY i.number;
END;
$$;

REVOKE EXECUTE ON FUNCTION public.get_invoice_statement(UUID) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.get_invoice_statement(UUID) TO authenticated;

-- Owners change the role of a member through this function
CREATE OR REPLACE FUNCTION public.set_member_role(_membership_id UUID, _role public.member_role)
RETURNS VOID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  _organization_id UUID;
BEGIN
  SELECT organization_id INTO _organization_id
  FROM public.memberships
  WHERE id = _membership_id;

  IF _organization_id IS NULL
     OR NOT public.has_org_role(_organization_id, ARRAY['owner']::public.member_role[]) THEN
    RAISE EXCEPTION 'Only owners can change roles' USING ERRCODE = '42501';
  END IF;

  UPDATE public.memberships
  SET role = _role
  WHERE id = _membership_id;
END;
$$;

REVOKE EXECUTE ON FUNCTION public.set_member_role(UUID, public.member_role) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.set_member_role(UUID, public.member_role) TO authenticated;
