import { useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { StatusBadge } from "@/components/StatusBadge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useAuth } from "@/hooks/useAuth";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";

const Approvals = () => {
  const { user } = useAuth();
  const { organizationId } = useOrganization();
  const queryClient = useQueryClient();

  const { data: approvals = [] } = useQuery({
    queryKey: ["approvals", organizationId],
    enabled: !!organizationId,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("approvals")
        .select("id, title, status, requested_from")
        .eq("organization_id", organizationId!)
        .order("created_at", { ascending: false });
      if (error) throw error;
      return data;
    },
  });

  const decide = async (id: string, approve: boolean) => {
    const { error } = await supabase.rpc("decide_approval", {
      _approval_id: id,
      _approve: approve,
    });
    if (error) toast.error("Your decision could not be saved");
    queryClient.invalidateQueries({ queryKey: ["approvals"] });
  };

  return (
    <Card>
      <CardTitle>Approvals</CardTitle>
      <ul className="divide-y text-sm">
        {approvals.map((approval) => (
          <li key={approval.id} className="flex items-center gap-3 py-2">
            <span className="flex-1">{approval.title}</span>
            <StatusBadge status={approval.status} />
            {approval.status === "pending" && approval.requested_from === user?.id && (
              <>
                <Button size="sm" onClick={() => decide(approval.id, true)}>
                  Approve
                </Button>
                <Button size="sm" variant="outline" onClick={() => decide(approval.id, false)}>
                  Reject
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
};

export default Approvals;
