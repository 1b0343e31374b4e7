import { useQuery } from "@tanstack/react-query";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";

const LINK_SECONDS = 60;

const Files = () => {
  const { organizationId } = useOrganization();

  const { data: files = [] } = useQuery({
    queryKey: ["files", organizationId],
    enabled: !!organizationId,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("files")
        .select("id, file_name, storage_path, created_at")
        .eq("organization_id", organizationId!)
        .order("created_at", { ascending: false });
      if (error) throw error;
      return data;
    },
  });

  const download = async (path: string) => {
    const { data, error } = await supabase.storage
      .from("client-files")
      .createSignedUrl(path, LINK_SECONDS, { download: true });
    if (error) {
      toast.error("The file could not be opened");
      return;
    }
    window.location.assign(data.signedUrl);
  };

  return (
    <Card>
      <CardTitle>Files</CardTitle>
      <ul className="divide-y text-sm">
        {files.map((file) => (
          <li key={file.id} className="flex items-center justify-between py-2">
            {file.file_name}
            <Button size="sm" variant="outline" onClick={() => download(file.storage_path)}>
              Download
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
};

export default Files;
