import { useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { InviteForm } from "@/components/InviteForm";
import { Card, CardTitle } from "@/components/ui/card";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";
import { Constants, type Enums } from "@/integrations/supabase/types";

const Team = () => {
  const { organizationId, role } = useOrganization();
  const queryClient = useQueryClient();

  const { data: members = [] } = useQuery({
    queryKey: ["members", organizationId],
    enabled: !!organizationId,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("memberships")
        .select("id, role, job_title, profiles(full_name, email)")
        .eq("organization_id", organizationId!);
      if (error) throw error;
      return data;
    },
  });

  const changeRole = async (id: string, next: Enums<"member_role">) => {
    const { error } = await supabase.rpc("set_member_role", { _membership_id: id, _role: next });
    if (error) toast.error("The role could not be changed");
    queryClient.invalidateQueries({ queryKey: ["members"] });
  };

  return (
    <Card className="space-y-4">
      <CardTitle>Team</CardTitle>
      {organizationId && <InviteForm organizationId={organizationId} />}
      <ul className="divide-y text-sm">
        {members.map((member) => (
          <li key={member.id} className="flex items-center gap-3 py-2">
            <span className="flex-1">{member.profiles?.full_name ?? member.profiles?.email}</span>
            <span className="text-muted-foreground">{member.job_title}</span>
            <select
              className="rounded-md border px-2 py-1"
              disabled={role !== "owner"}
              value={member.role}
              onChange={(event) => changeRole(member.id, event.target.value as Enums<"member_role">)}
            >
              {Constants.public.Enums.member_role.map((value) => (
                <option key={value}>{value}</option>
              ))}
            </select>
          </li>
        ))}
      </ul>
    </Card>
  );
};

export default Team;
