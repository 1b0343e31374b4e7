import { useEffect, useState, type FormEvent } from "react";
import { useQuery } from "@tanstack/react-query";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";

const Settings = () => {
  const { organizationId, organizationName } = useOrganization();
  const [name, setName] = useState("");
  const [country, setCountry] = useState("US");

  useEffect(() => setName(organizationName ?? ""), [organizationName]);

  const { data: countries = [] } = useQuery({
    queryKey: ["countries"],
    queryFn: async () => {
      const { data, error } = await supabase.from("countries").select("code, name").order("name");
      if (error) throw error;
      return data;
    },
  });

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (!organizationId) return;
    const { error } = await supabase
      .from("organizations")
      .update({ name, country_code: country })
      .eq("id", organizationId);
    if (error) toast.error("The settings could not be saved");
    else toast.success("Saved");
  };

  return (
    <Card className="max-w-md">
      <CardTitle>Organization</CardTitle>
      <form onSubmit={save} className="space-y-3">
        <Input required value={name} onChange={(event) => setName(event.target.value)} />
        <select
          className="h-10 w-full rounded-md border px-2 text-sm"
          value={country}
          onChange={(event) => setCountry(event.target.value)}
        >
          {countries.map((item) => (
            <option key={item.code} value={item.code}>
              {item.name}
            </option>
          ))}
        </select>
        <Button type="submit">Save</Button>
      </form>
    </Card>
  );
};

export default Settings;
