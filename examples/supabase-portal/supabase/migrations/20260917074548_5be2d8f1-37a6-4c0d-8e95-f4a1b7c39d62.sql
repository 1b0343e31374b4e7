-- Payment events as the provider sent them; written and read by edge functions only
CREATE TABLE public.payment_events (
  id TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  invoice_id UUID REFERENCES public.invoices(id) ON DELETE SET NULL,
  payload JSONB NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

-- RLS without policies: nobody but the service role gets in
ALTER TABLE public.payment_events ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.payment_events FROM anon, authenticated;
GRANT ALL ON public.payment_events TO service_role;

-- Audit log of membership changes
CREATE TABLE public.audit_log (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  organization_id UUID REFERENCES public.organizations(id) ON DELETE CASCADE,
  actor_id UUID,
  action TEXT NOT NULL,
  details JSONB NOT NULL DEFAULT '{}'::jsonb,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON public.audit_log FROM anon, authenticated;
GRANT SELECT ON public.audit_log TO authenticated;
GRANT ALL ON public.audit_log TO service_role;

CREATE POLICY "Owners can view their audit log"
  ON public.audit_log FOR SELECT
  TO authenticated
  USING (
    public.has_org_role(organization_id, ARRAY['owner']::public.member_role[])
    OR public.has_role(auth.uid(), 'admin')
  );

CREATE OR REPLACE FUNCTION public.log_membership_change()
RETURNS TRIGGER
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  _row public.memberships := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  -- When a whole organization is deleted its log goes with it
  IF EXISTS (SELECT 1 FROM public.organizations WHERE id = _row.organization_id) THEN
    INSERT INTO public.audit_log (organization_id, actor_id, action, details)
    VALUES (
      _row.organization_id,
      auth.uid(),
      'membership.' || lower(TG_OP),
      jsonb_build_object('user_id', _row.user_id, 'role', _row.role)
    );
  END IF;
  RETURN NULL;
END;
$$;

REVOKE EXECUTE ON FUNCTION public.log_membership_change() FROM PUBLIC, anon, authenticated;

CREATE TRIGGER log_membership_change
  AFTER INSERT OR UPDATE OR DELETE ON public.memberships
  FOR EACH ROW EXECUTE FUNCTION public.log_membership_change();
