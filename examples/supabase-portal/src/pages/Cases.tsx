import { useState, type FormEvent } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { toast } from "sonner";
import { StatusBadge } from "@/components/StatusBadge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { useAuth } from "@/hooks/useAuth";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";

const Cases = () => {
  const { user } = useAuth();
  const { organizationId } = useOrganization();
  const queryClient = useQueryClient();
  const [title, setTitle] = useState("");

  const { data: cases = [] } = useQuery({
    queryKey: ["cases", organizationId],
    enabled: !!organizationId,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("cases")
        .select("id, title, status, created_at")
        .eq("organization_id", organizationId!)
        .order("created_at", { ascending: false });
      if (error) throw error;
      return data;
    },
  });

  const openCase = async (event: FormEvent) => {
    event.preventDefault();
    if (!organizationId || !user) return;
    const { error } = await supabase
      .from("cases")
      .insert({ organization_id: organizationId, client_id: user.id, title });
    if (error) {
      toast.error("The case could not be opened");
      return;
    }
    setTitle("");
    queryClient.invalidateQueries({ queryKey: ["cases"] });
  };

  return (
    <Card>
      <CardTitle>Cases</CardTitle>
      <form onSubmit={openCase} className="mb-4 flex gap-2">
        <Input
          required
          placeholder="What do you need help with?"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <Button type="submit">Open a case</Button>
      </form>
      <ul className="divide-y text-sm">
        {cases.map((item) => (
          <li key={item.id} className="flex items-center justify-between py-2">
            <Link to={`/cases/${item.id}`}>{item.title}</Link>
            <StatusBadge status={item.status} />
          </li>
        ))}
      </ul>
    </Card>
  );
};

export default Cases;
