import { createClient } from "https://esm.sh/@supabase/supabase-js@2.57.4";
import { HttpError } from "./http.ts";

type MemberRole = "owner" | "staff" | "client";

// The signed-in user, confirmed by the auth server, and a client that acts with that user's rights
export const requireUser = async (req: Request) => {
  const authorization = req.headers.get("Authorization");
  if (!authorization?.startsWith("Bearer ")) {
    throw new HttpError(401, "Not signed in");
  }

  const supabase = createClient(
    Deno.env.get("SUPABASE_URL")!,
    Deno.env.get("SUPABASE_ANON_KEY")!,
    {
      global: { headers: { Authorization: authorization } },
      auth: { persistSession: false, autoRefreshToken: false },
    },
  );

  const { data, error } = await supabase.auth.getUser(authorization.slice("Bearer ".length));
  if (error || !data.user) {
    throw new HttpError(401, "Not signed in");
  }

  return { user: data.user, supabase };
};

export const requireOrgRole = async (req: Request, organizationId: string, roles: MemberRole[]) => {
  const session = await requireUser(req);

  const { data: allowed, error } = await session.supabase.rpc("has_org_role", {
    _organization_id: organizationId,
    _roles: roles,
  });
  if (error || allowed !== true) {
    throw new HttpError(403, "Not allowed");
  }

  return session;
};

export const requirePlatformAdmin = async (req: Request) => {
  const session = await requireUser(req);

  const { data: allowed, error } = await session.supabase.rpc("has_role", {
    _user_id: session.user.id,
    _role: "admin",
  });
  if (error || allowed !== true) {
    throw new HttpError(403, "Not allowed");
  }

  return session;
};
