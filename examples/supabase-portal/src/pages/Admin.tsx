import { useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { Card, CardTitle } from "@/components/ui/card";
import { supabase } from "@/integrations/supabase/client";

interface AdminOrganization {
  id: string;
  name: string;
  slug: string;
  plan_id: string;
}

const plans = ["starter", "team", "agency"];

const Admin = () => {
  const queryClient = useQueryClient();

  const { data: organizations = [] } = useQuery({
    queryKey: ["admin-organizations"],
    queryFn: async () => {
      const { data, error } = await supabase.functions.invoke<{
        organizations: AdminOrganization[];
      }>("admin-organizations", { body: { action: "list" } });
      if (error) throw error;
      return data?.organizations ?? [];
    },
  });

  const setPlan = async (organizationId: string, planId: string) => {
    const { error } = await supabase.functions.invoke("admin-organizations", {
      body: { action: "set-plan", organization_id: organizationId, plan_id: planId },
    });
    if (error) toast.error("The plan could not be changed");
    queryClient.invalidateQueries({ queryKey: ["admin-organizations"] });
  };

  return (
    <main className="p-6">
      <Card>
        <CardTitle>All organizations</CardTitle>
        <ul className="divide-y text-sm">
          {organizations.map((organization) => (
            <li key={organization.id} className="flex items-center gap-3 py-2">
              <span className="flex-1">{organization.name}</span>
              <span className="text-muted-foreground">{organization.slug}</span>
              <select
                className="rounded-md border px-2 py-1"
                value={organization.plan_id}
                onChange={(event) => setPlan(organization.id, event.target.value)}
              >
                {plans.map((plan) => (
                  <option key={plan}>{plan}</option>
                ))}
              </select>
            </li>
          ))}
        </ul>
      </Card>
    </main>
  );
};

export default Admin;
