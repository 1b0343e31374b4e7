import { createContext, useContext, useState, type ReactNode } from "react";
import { useQuery } from "@tanstack/react-query";
import { useAuth } from "@/hooks/useAuth";
import { supabase } from "@/integrations/supabase/client";
import type { Enums } from "@/integrations/supabase/types";

interface OrganizationContextValue {
  organizationId: string | null;
  organizationName: string | null;
  role: Enums<"member_role"> | null;
  loading: boolean;
  switchTo: (organizationId: string) => void;
}

const OrganizationContext = createContext<OrganizationContextValue | undefined>(undefined);

export const OrganizationProvider = ({ children }: { children: ReactNode }) => {
  const { user } = useAuth();
  const [selectedId, setSelectedId] = useState<string | null>(null);

  const { data: memberships = [], isPending } = useQuery({
    queryKey: ["memberships", user?.id],
    enabled: !!user,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("memberships")
        .select("organization_id, role, organizations(name)")
        .eq("user_id", user!.id)
        .order("created_at");
      if (error) throw error;
      return data;
    },
  });

  const current =
    memberships.find((membership) => membership.organization_id === selectedId) ?? memberships[0];

  return (
    <OrganizationContext.Provider
      value={{
        organizationId: current?.organization_id ?? null,
        organizationName: current?.organizations?.name ?? null,
        role: current?.role ?? null,
        loading: !!user && isPending,
        switchTo: setSelectedId,
      }}
    >
      {children}
    </OrganizationContext.Provider>
  );
};

export const useOrganization = () => {
  const value = useContext(OrganizationContext);
  if (!value) throw new Error("useOrganization must be used inside OrganizationProvider");
  return value;
};
