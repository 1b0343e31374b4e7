-- Files and approvals
CREATE TYPE public.approval_status AS ENUM ('pending', 'approved', 'rejected');

CREATE TABLE public.files (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES public.organizations(id) ON DELETE CASCADE,
  case_id UUID REFERENCES public.cases(id) ON DELETE CASCADE,
  storage_path TEXT NOT NULL UNIQUE,
  file_name TEXT NOT NULL,
  mime_type TEXT,
  size_bytes BIGINT,
  uploaded_by UUID NOT NULL DEFAULT auth.uid() REFERENCES public.profiles(id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE TABLE public.approvals (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES public.organizations(id) ON DELETE CASCADE,
  file_id UUID REFERENCES public.files(id) ON DELETE SET NULL,
  title TEXT NOT NULL,
  requested_from UUID NOT NULL REFERENCES public.profiles(id),
  requested_by UUID NOT NULL DEFAULT auth.uid() REFERENCES public.profiles(id),
  status public.approval_status NOT NULL DEFAULT 'pending',
  note TEXT,
  decided_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.files ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.approvals ENABLE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, DELETE ON public.files TO authenticated;
GRANT SELECT, INSERT ON public.approvals TO authenticated;
GRANT ALL ON public.files, public.approvals TO service_role;

-- Files follow the case they belong to
CREATE POLICY "Members can view files of their cases"
  ON public.files FOR SELECT
  TO authenticated
  USING (
    public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[])
    OR public.can_view_case(case_id)
  );

CREATE POLICY "Members can add files to their cases"
  ON public.files FOR INSERT
  TO authenticated
  WITH CHECK (
    uploaded_by = auth.uid()
    AND storage_path LIKE organization_id::text || '/%'
    AND public.is_member_of(organization_id)
    AND (case_id IS NULL OR public.can_view_case(case_id))
  );

CREATE POLICY "Owners and staff can delete files"
  ON public.files FOR DELETE
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

-- Approvals
CREATE POLICY "People involved can view approvals"
  ON public.approvals FOR SELECT
  TO authenticated
  USING (
    requested_from = auth.uid()
    OR public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[])
  );

CREATE POLICY "Owners and staff can request approvals"
  ON public.approvals FOR INSERT
  TO authenticated
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

-- A decision is made once, by the person who was asked, and touches nothing else on the row
CREATE OR REPLACE FUNCTION public.decide_approval(_approval_id UUID, _approve BOOLEAN, _note TEXT DEFAULT NULL)
RETURNS public.approval_status
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  _status public.approval_status;
BEGIN
  UPDATE public.approvals
  SET status = CASE WHEN _approve THEN 'approved' ELSE 'rejected' END::public.approval_status,
      note = _note,
      decided_at = now()
  WHERE id = _approval_id
    AND requested_from = auth.uid()
    AND status = 'pending'
  RETURNING status INTO _status;

  IF _status IS NULL THEN
    RAISE EXCEPTION 'Approval not found' USING ERRCODE = 'P0002';
  END IF;

  RETURN _status;
END;
$$;

REVOKE EXECUTE ON FUNCTION public.decide_approval(UUID, BOOLEAN, TEXT) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.decide_approval(UUID, BOOLEAN, TEXT) TO authenticated;

-- Storage: client files are private, the branding bucket holds logos shown on the login page
INSERT INTO storage.buckets (id, name, public) VALUES ('client-files', 'client-files', false);
INSERT INTO storage.buckets (id, name, public) VALUES ('branding', 'branding', true);
INSERT INTO storage.buckets (id, name, public) VALUES ('exports', 'exports', false);

-- Files are stored as <organization_id>/<case_id>/<file name>
CREATE POLICY "Members can download files they can see"
  ON storage.objects FOR SELECT
  TO authenticated
  USING (
    bucket_id = 'client-files'
    AND EXISTS (
      SELECT 1 FROM public.files f WHERE f.storage_path = objects.name
    )
  );

CREATE POLICY "Members can upload files to their organization"
  ON storage.objects FOR INSERT
  TO authenticated
  WITH CHECK (
    bucket_id = 'client-files'
    AND public.is_member_of(((storage.foldername(name))[1])::uuid)
  );

CREATE POLICY "Owners and staff can delete stored files"
  ON storage.objects FOR DELETE
  TO authenticated
  USING (
    bucket_id = 'client-files'
    AND public.has_org_role(
      ((storage.foldername(name))[1])::uuid,
      ARRAY['owner', 'staff']::public.member_role[]
    )
  );

CREATE POLICY "Owners can upload their logo"
  ON storage.objects FOR INSERT
  TO authenticated
  WITH CHECK (
    bucket_id = 'branding'
    AND public.has_org_role(((storage.foldername(name))[1])::uuid, ARRAY['owner']::public.member_role[])
  );

-- Reports are written by the export-report function
CREATE POLICY "Service role can upload exports"
  ON storage.objects FOR INSERT
  TO service_role
  WITH CHECK (bucket_id = 'exports');
