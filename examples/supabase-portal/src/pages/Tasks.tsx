import { useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { StatusBadge } from "@/components/StatusBadge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";

const Tasks = () => {
  const { organizationId } = useOrganization();
  const queryClient = useQueryClient();

  const { data: tasks = [] } = useQuery({
    queryKey: ["tasks", organizationId],
    enabled: !!organizationId,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("tasks")
        .select("id, title, status, due_date")
        .eq("organization_id", organizationId!)
        .order("due_date");
      if (error) throw error;
      return data;
    },
  });

  const finish = async (id: string) => {
    const { error } = await supabase.from("tasks").update({ status: "done" }).eq("id", id);
    if (error) toast.error("The task could not be saved");
    queryClient.invalidateQueries({ queryKey: ["tasks"] });
  };

  return (
    <Card>
      <CardTitle>Tasks</CardTitle>
      <ul className="divide-y text-sm">
        {tasks.map((task) => (
          <li key={task.id} className="flex items-center gap-3 py-2">
            <span className="flex-1">{task.title}</span>
            <StatusBadge status={task.status} />
            {task.status !== "done" && (
              <Button size="sm" variant="outline" onClick={() => finish(task.id)}>
                Done
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
};

export default Tasks;
