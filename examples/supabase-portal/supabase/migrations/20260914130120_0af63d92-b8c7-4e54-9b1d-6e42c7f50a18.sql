-- Organizations are created through a function, so that the creator becomes the owner in the same step
CREATE OR REPLACE FUNCTION public.create_organization(_name TEXT, _slug TEXT)
RETURNS UUID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  _organization_id UUID;
BEGIN
  IF auth.uid() IS NULL THEN
    RAISE EXCEPTION 'Not signed in' USING ERRCODE = '28000';
  END IF;

  INSERT INTO public.organizations (name, slug)
  VALUES (_name, _slug)
  RETURNING id INTO _organization_id;

  INSERT INTO public.memberships (organization_id, user_id, role)
  VALUES (_organization_id, auth.uid(), 'owner');

  RETURN _organization_id;
END;
$$;

REVOKE EXECUTE ON FUNCTION public.create_organization(TEXT, TEXT) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.create_organization(TEXT, TEXT) TO authenticated;

-- Invites: only a hash of the token is stored, the token itself is in the e-mail
CREATE TABLE public.invites (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  organization_id UUID NOT NULL REFERENCES public.organizations(id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  role public.member_role NOT NULL DEFAULT 'client',
  token_hash TEXT NOT NULL UNIQUE,
  invited_by UUID REFERENCES public.profiles(id) ON DELETE SET NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now() + INTERVAL '7 days',
  accepted_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

ALTER TABLE public.invites ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON public.invites FROM anon, authenticated;
GRANT SELECT (id, organization_id, email, role, invited_by, expires_at, accepted_at, created_at)
  ON public.invites TO authenticated;
GRANT DELETE ON public.invites TO authenticated;
GRANT ALL ON public.invites TO service_role;

CREATE POLICY "Owners and staff can view invites"
  ON public.invites FOR SELECT
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner', 'staff']::public.member_role[]));

CREATE POLICY "Owners can withdraw invites"
  ON public.invites FOR DELETE
  TO authenticated
  USING (public.has_org_role(organization_id, ARRAY['owner']::public.member_role[]));

-- Accepting an invite: the right person, in time, once
CREATE OR REPLACE FUNCTION public.accept_invite(_token TEXT)
RETURNS UUID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  _invite public.invites;
BEGIN
  UPDATE public.invites
  SET accepted_at = now()
  WHERE token_hash = encode(sha256(convert_to(_token, 'UTF8')), 'hex')
    AND accepted_at IS NULL
    AND expires_at > now()
    AND lower(email) = (SELECT lower(u.email) FROM auth.users u WHERE u.id = auth.uid())
  RETURNING * INTO _invite;

  IF _invite.id IS NULL THEN
    RAISE EXCEPTION 'This invite is not valid any more' USING ERRCODE = 'P0002';
  END IF;

  INSERT INTO public.memberships (organization_id, user_id, role)
  VALUES (_invite.organization_id, auth.uid(), _invite.role)
  ON CONFLICT (organization_id, user_id) DO NOTHING;

  RETURN _invite.organization_id;
END;
$$;

REVOKE EXECUTE ON FUNCTION public.accept_invite(TEXT) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.accept_invite(TEXT) TO authenticated;
