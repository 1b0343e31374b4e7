-- Roles inside an organization
CREATE TYPE public.member_role AS ENUM ('owner', 'staff', 'client');

CREATE TABLE public.organizations (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  name TEXT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  plan_id TEXT NOT NULL DEFAULT 'starter' REFERENCES public.plans(id),
  country_code TEXT REFERENCES public.countries(code),
  logo_url TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE TABLE public.memberships (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES public.organizations(id) ON DELETE CASCADE,
  user_id UUID NOT NULL REFERENCES public.profiles(id) ON DELETE CASCADE,
  role public.member_role NOT NULL DEFAULT 'client',
  job_title TEXT,
  notify_by_email BOOLEAN NOT NULL DEFAULT true,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  UNIQUE (organization_id, user_id)
);

ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.memberships ENABLE ROW LEVEL SECURITY;

-- The plan is changed by billing only, so members may not write that column
GRANT SELECT, DELETE ON public.organizations TO authenticated;
REVOKE UPDATE ON public.organizations FROM authenticated;
GRANT UPDATE (name, country_code, logo_url) ON public.organizations TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.memberships TO authenticated;
GRANT ALL ON public.organizations, public.memberships TO service_role;

-- Security definer helpers: policies on memberships must not read memberships through RLS
CREATE OR REPLACE FUNCTION public.is_member_of(_organization_id UUID)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (
    SELECT 1
    FROM public.memberships
    WHERE organization_id = _organization_id
      AND user_id = auth.uid()
  )
$$;

CREATE OR REPLACE FUNCTION public.has_org_role(_organization_id UUID, _roles public.member_role[])
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (
    SELECT 1
    FROM public.memberships
    WHERE organization_id = _organization_id
      AND user_id = auth.uid()
      AND role = ANY (_roles)
  )
$$;

CREATE OR REPLACE FUNCTION public.current_member_role(_organization_id UUID)
RETURNS public.member_role
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT role
  FROM public.memberships
  WHERE organization_id = _organization_id
    AND user_id = auth.uid()
$$;

CREATE OR REPLACE FUNCTION public.shares_organization_with(_user_id UUID)
RETURNS BOOLEAN
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = public
AS $$
  SELECT EXISTS (
    SELECT 1
    FROM public.memberships mine
    JOIN public.memberships theirs ON theirs.organization_id = mine.organization_id
    WHERE mine.user_id = auth.uid()
      AND theirs.user_id = _user_id
      AND (mine.role IN ('owner', 'staff') OR theirs.role IN ('owner', 'staff'))
  )
$$;

REVOKE EXECUTE ON FUNCTION public.is_member_of(UUID) FROM PUBLIC, anon;
REVOKE EXECUTE ON FUNCTION public.has_org_role(UUID, public.member_role[]) FROM PUBLIC, anon;
REVOKE EXECUTE ON FUNCTION public.current_member_role(UUID) FROM PUBLIC, anon;
REVOKE EXECUTE ON FUNCTION public.shares_organization_with(UUID) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.is_member_of(UUID) TO authenticated, service_role;
GRANT EXECUTE ON FUNCTION public.has_org_role(UUID, public.member_role[]) TO authenticated, service_role;
GRANT EXECUTE ON FUNCTION public.current_member_role(UUID) TO authenticated, service_role;
GRANT EXECUTE ON FUNCTION public.shares_organization_with(UUID) TO authenticated, service_role;

-- Organizations
CREATE POLICY "Members can view their organizations"
  ON public.organizations FOR SELECT
  TO authenticated
  USING (public.is_member_of(id) OR public.has_role(auth.uid(), 'admin'));

CREATE POLICY "Owners can update their organization"
  ON public.organizations FOR UPDATE
  TO authenticated
  USING (public.has_org_role(id, ARRAY['owner']::public.member_role[]))
  WITH CHECK (public.has_org_role(id, ARRAY['owner']::public.member_role[]));

CREATE POLICY "Owners can delete their organization"
  ON public.organizations FOR DELETE
  TO authenticated
  USING (public.has_org_role(id, ARRAY['owner']::public.member_role[]));

-- Memberships
CREATE POLICY "Users can view their own memberships"
  ON public.memberships FOR SELECT
  TO authenticated
  USING (user_id = auth.uid());

CREATE POLICY "Owners and staff can view memberships"
  ON public.memberships FOR SELECT
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

CREATE POLICY "Owners can add members"
  ON public.memberships FOR INSERT
  TO authenticated
  WITH CHECK (public.has_org_role(organization_id, ARRAY['owner']::public.member_role[]));

CREATE POLICY "Owners can remove members"
  ON public.memberships FOR DELETE
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner']::public.member_role[]));

-- Profiles of the people somebody works with
CREATE POLICY "Members can view profiles in their organizations"
  ON public.profiles FOR SELECT
  TO authenticated
  USING (public.shares_organization_with(id));

CREATE POLICY "Admins can view all profiles"
  ON public.profiles FOR SELECT
  TO authenticated
  USING (public.has_role(auth.uid(), 'admin'));
