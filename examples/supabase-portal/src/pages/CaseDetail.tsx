import { useEffect, useState, type FormEvent } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router-dom";
import { toast } from "sonner";
import { FileUpload } from "@/components/FileUpload";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { supabase } from "@/integrations/supabase/client";

const CaseDetail = () => {
  const { id } = useParams();
  const queryClient = useQueryClient();
  const [body, setBody] = useState("");

  const { data: item, isPending } = useQuery({
    queryKey: ["case", id],
    enabled: !!id,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("cases")
        .select("*, case_comments(id, body, is_internal, created_at, profiles(full_name))")
        .eq("id", id!)
        .maybeSingle();
      if (error) throw error;
      return data;
    },
  });

  useEffect(() => {
    const channel = supabase
      .channel(`case-comments-${id}`)
      .on(
        "postgres_changes",
        { event: "INSERT", schema: "public", table: "case_comments", filter: `case_id=eq.${id}` },
        () => queryClient.invalidateQueries({ queryKey: ["case", id] }),
      )
      .subscribe();
    return () => {
      supabase.removeChannel(channel);
    };
  }, [id, queryClient]);

  if (isPending) return <p className="text-muted-foreground">Loading...</p>;
  if (!item) return <p>This case does not exist.</p>;

  const addComment = async (event: FormEvent) => {
    event.preventDefault();
    const { error } = await supabase.from("case_comments").insert({ case_id: item.id, body });
    if (error) {
      toast.error("The comment could not be saved");
      return;
    }
    setBody("");
    queryClient.invalidateQueries({ queryKey: ["case", id] });
  };

  return (
    <Card>
      <CardTitle>{item.title}</CardTitle>
      <p className="mb-4">{item.description}</p>
      <ul className="mb-4 space-y-2 text-sm">
        {item.case_comments.map((comment) => (
          <li key={comment.id} className="rounded-md bg-muted p-3">
            <span className="font-medium">{comment.profiles?.full_name ?? "Somebody"}: </span>
            {comment.body}
          </li>
        ))}
      </ul>
      <form onSubmit={addComment} className="mb-4 flex gap-2">
        <Input required value={body} onChange={(event) => setBody(event.target.value)} />
        <Button type="submit">Comment</Button>
      </form>
      <FileUpload organizationId={item.organization_id} caseId={item.id} />
    </Card>
  );
};

export default CaseDetail;
