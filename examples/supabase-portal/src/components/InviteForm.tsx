import { useState, type FormEvent } from "react";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { supabase } from "@/integrations/supabase/client";
import type { Enums } from "@/integrations/supabase/types";

export const InviteForm = ({ organizationId }: { organizationId: string }) => {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Enums<"member_role">>("client");
  const [sending, setSending] = useState(false);

  const handleSubmit = async (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    const { error } = await supabase.functions.invoke("send-invite", {
      body: { organization_id: organizationId, email, role },
    });
    setSending(false);
    if (error) {
      toast.error("The invite could not be sent");
      return;
    }
    toast.success(`Invite sent to ${email}`);
    setEmail("");
  };

  return (
    <form onSubmit={handleSubmit} className="flex gap-2">
      <Input
        type="email"
        required
        placeholder="name@company.com"
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <select
        className="rounded-md border px-2 text-sm"
        value={role}
        onChange={(event) => setRole(event.target.value as Enums<"member_role">)}
      >
        <option value="client">Client</option>
        <option value="staff">Staff</option>
        <option value="owner">Owner</option>
      </select>
      <Button type="submit" disabled={sending}>
        Invite
      </Button>
    </form>
  );
};
