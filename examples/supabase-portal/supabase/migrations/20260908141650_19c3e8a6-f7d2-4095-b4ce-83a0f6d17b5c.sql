-- Cases, comments on cases, and tasks
CREATE TYPE public.case_status AS ENUM ('open', 'waiting', 'resolved', 'closed');
CREATE TYPE public.task_status AS ENUM ('todo', 'in_progress', 'done');

CREATE TABLE public.cases (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES public.organizations(id) ON DELETE CASCADE,
  client_id UUID NOT NULL REFERENCES public.profiles(id),
  title TEXT NOT NULL,
  description TEXT,
  status public.case_status NOT NULL DEFAULT 'open',
  assigned_to UUID REFERENCES public.profiles(id),
  created_by UUID NOT NULL DEFAULT auth.uid() REFERENCES public.profiles(id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE TABLE public.case_comments (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  case_id UUID NOT NULL REFERENCES public.cases(id) ON DELETE CASCADE,
  author_id UUID NOT NULL DEFAULT auth.uid() REFERENCES public.profiles(id),
  body TEXT NOT NULL,
  is_internal BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE TABLE public.tasks (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES public.organizations(id) ON DELETE CASCADE,
  case_id UUID REFERENCES public.cases(id) ON DELETE SET NULL,
  title TEXT NOT NULL,
  status public.task_status NOT NULL DEFAULT 'todo',
  due_date DATE,
  assigned_to UUID REFERENCES public.profiles(id),
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.case_comments ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.tasks ENABLE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE ON public.cases TO authenticated;
GRANT SELECT, INSERT ON public.case_comments TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.tasks TO authenticated;
GRANT ALL ON public.cases, public.case_comments, public.tasks TO service_role;

-- Who may see a case: the client it belongs to, and the owners and staff of the organization
CREATE OR REPLACE FUNCTION public.can_view_case(_case_id UUID)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (
    SELECT 1
    FROM public.cases c
    JOIN public.memberships m ON m.organization_id = c.organization_id
    WHERE c.id = _case_id
      AND m.user_id = auth.uid()
      AND (m.role IN ('owner', 'staff') OR c.client_id = auth.uid())
  )
$$;

CREATE OR REPLACE FUNCTION public.is_case_staff(_case_id UUID)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (
    SELECT 1
    FROM public.cases c
    JOIN public.memberships m ON m.organization_id = c.organization_id
    WHERE c.id = _case_id
      AND m.user_id = auth.uid()
      AND m.role IN ('owner', 'staff')
  )
$$;

REVOKE EXECUTE ON FUNCTION public.can_view_case(UUID) FROM PUBLIC, anon;
REVOKE EXECUTE ON FUNCTION public.is_case_staff(UUID) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.can_view_case(UUID) TO authenticated, service_role;
GRANT EXECUTE ON FUNCTION public.is_case_staff(UUID) TO authenticated, service_role;

-- Cases
CREATE POLICY "Members can view cases"
  ON public.cases FOR SELECT
  TO authenticated
  USING (public.is_member_of(organization_id));

CREATE POLICY "Clients can open cases"
  ON public.cases FOR INSERT
  TO authenticated
  WITH CHECK (
    client_id = auth.uid()
    AND created_by = auth.uid()
    AND public.is_member_of(organization_id)
  );

CREATE POLICY "Owners and staff can open cases"
  ON public.cases FOR INSERT
  TO authenticated
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

CREATE POLICY "Owners and staff can update cases"
  ON public.cases FOR UPDATE
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]))
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

-- Comments
CREATE POLICY "Members can view comments on their cases"
  ON public.case_comments FOR SELECT
  TO authenticated
  USING (
    public.is_case_staff(case_id)
    OR (is_internal = false AND public.can_view_case(case_id))
  );

CREATE POLICY "Members can comment on their cases"
  ON public.case_comments FOR INSERT
  TO authenticated
  WITH CHECK (
    author_id = auth.uid()
    AND public.can_view_case(case_id)
    AND (is_internal = false OR public.is_case_staff(case_id))
  );

-- Tasks
CREATE POLICY "Authenticated users can view tasks"
  ON public.tasks FOR SELECT
  TO authenticated
  USING (true);

CREATE POLICY "Owners and staff can manage tasks"
  ON public.tasks FOR ALL
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]))
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

CREATE INDEX idx_cases_organization_id ON public.cases(organization_id);
CREATE INDEX idx_case_comments_case_id ON public.case_comments(case_id);
CREATE INDEX idx_tasks_organization_id ON public.tasks(organization_id);
