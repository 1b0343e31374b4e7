-- Tighten access before launch

-- Clients see their own cases only, not every case of the organization
DROP POLICY IF EXISTS "Members can view cases" ON public.cases;

CREATE POLICY "Members can view cases they are part of"
  ON public.cases FOR SELECT
  TO authenticated
  USING (
    public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[])
    OR (client_id = auth.uid() AND public.is_member_of(organization_id))
  );

-- Tasks were readable across organizations
DROP POLICY IF EXISTS "Authenticated users can view tasks" ON public.tasks;

CREATE POLICY "Members can view tasks"
  ON public.tasks FOR SELECT
  TO authenticated
  USING (
    assigned_to = auth.uid()
    OR public.can_view_case(case_id)
  );

-- Members keep their own title and mail preference up to date, but not their role or organization
CREATE POLICY "Members can update their own membership"
  ON public.memberships FOR UPDATE
  TO authenticated
  USING (user_id = auth.uid())
  WITH CHECK (
    user_id = auth.uid()
    AND role = public.current_member_role(organization_id)
  );

-- The name given at sign-up is shown to colleagues; nothing else is taken from the metadata
CREATE OR REPLACE FUNCTION public.handle_new_user()
RETURNS TRIGGER
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
BEGIN
  INSERT INTO public.profiles (id, email, full_name)
  VALUES (NEW.id, NEW.email, NEW.raw_user_meta_data ->> 'full_name');

  -- Platform admins are appointed by hand, never at sign-up
  INSERT INTO public.user_roles (user_id, role)
  VALUES (NEW.id, 'user');

  RETURN NEW;
END;
$$;

REVOKE EXECUTE ON FUNCTION public.handle_new_user() FROM PUBLIC, anon, authenticated;

-- The sign-up address stays what it is in auth.users; people change their name and picture only
REVOKE UPDATE ON public.profiles FROM authenticated;
GRANT UPDATE (full_name, avatar_url) ON public.profiles TO authenticated;
