import type { ChangeEvent } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { Input } from "@/components/ui/input";
import { supabase } from "@/integrations/supabase/client";

const MAX_BYTES = 20 * 1024 * 1024;

interface FileUploadProps {
  organizationId: string;
  caseId: string;
}

export const FileUpload = ({ organizationId, caseId }: FileUploadProps) => {
  const queryClient = useQueryClient();

  const handleChange = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (!file) return;
    if (file.size > MAX_BYTES) {
      toast.error("Files may be up to 20 MB");
      return;
    }

    const path = `${organizationId}/${caseId}/${crypto.randomUUID()}`;
    const { error: uploadError } = await supabase.storage.from("client-files").upload(path, file);
    if (uploadError) {
      toast.error("The file could not be uploaded");
      return;
    }

    const { error } = await supabase.from("files").insert({
      organization_id: organizationId,
      case_id: caseId,
      storage_path: path,
      file_name: file.name,
      mime_type: file.type,
      size_bytes: file.size,
    });
    if (error) {
      toast.error("The file could not be saved");
      return;
    }
    queryClient.invalidateQueries({ queryKey: ["files"] });
  };

  return <Input type="file" onChange={handleChange} />;
};
