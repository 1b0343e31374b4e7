-- Create invoices table
CREATE TYPE public.invoice_status AS ENUM ('draft', 'sent', 'paid', 'overdue', 'void');

CREATE TABLE public.invoices (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES public.organizations(id) ON DELETE CASCADE,
  client_id UUID NOT NULL REFERENCES public.profiles(id),
  number TEXT NOT NULL,
  description TEXT,
  amount_cents INTEGER NOT NULL CHECK (amount_cents >= 0),
  currency TEXT NOT NULL DEFAULT 'USD',
  status public.invoice_status NOT NULL DEFAULT 'draft',
  due_date DATE,
  paid_at TIMESTAMP WITH TIME ZONE,
  stripe_session_id TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  UNIQUE (organization_id, number)
);

-- Enable Row Level Security
ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON public.invoices TO authenticated;
GRANT ALL ON public.invoices TO service_role;

CREATE POLICY "Owners and staff can view invoices"
  ON public.invoices FOR SELECT
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

CREATE POLICY "Clients can view their own invoices"
  ON public.invoices FOR SELECT
  TO authenticated
  USING (
    client_id = auth.uid()
    AND status <> 'draft'
    AND public.is_member_of(organization_id)
  );

CREATE POLICY "Owners and staff can create invoices"
  ON public.invoices FOR INSERT
  TO authenticated
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

CREATE POLICY "Owners and staff can update invoices"
  ON public.invoices FOR UPDATE
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]))
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

CREATE POLICY "Owners can delete draft invoices"
  ON public.invoices FOR DELETE
  TO authenticated
  USING (
    status = 'draft'
    AND public.has_org_role(organization_id, ARRAY['owner']::public.member_role[])
  );

CREATE INDEX idx_invoices_organization_id ON public.invoices(organization_id);
CREATE INDEX idx_invoices_client_id ON public.invoices(client_id);
