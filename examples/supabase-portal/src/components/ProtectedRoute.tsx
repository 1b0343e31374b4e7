import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router-dom";
import { useAuth } from "@/hooks/useAuth";
import { useOrganization } from "@/hooks/useOrganization";
import type { Enums } from "@/integrations/supabase/types";

interface ProtectedRouteProps {
  children: ReactNode;
  roles?: Enums<"member_role">[];
  platformAdmin?: boolean;
}

// Keeps people out of screens that are of no use to them; the data behind is protected in the database
export const ProtectedRoute = ({ children, roles, platformAdmin }: ProtectedRouteProps) => {
  const { user, loading, isPlatformAdmin } = useAuth();
  const { role, loading: loadingRole } = useOrganization();
  const location = useLocation();

  if (loading || loadingRole) {
    return <div className="p-8 text-muted-foreground">Loading...</div>;
  }
  if (!user) {
    return <Navigate to="/auth" state={{ from: location }} replace />;
  }
  if (platformAdmin && !isPlatformAdmin) {
    return <Navigate to="/dashboard" replace />;
  }
  if (roles && (!role || !roles.includes(role))) {
    return <Navigate to="/dashboard" replace />;
  }

  return <>{children}</>;
};
