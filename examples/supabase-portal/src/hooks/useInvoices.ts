import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import type { TablesInsert } from "@/integrations/supabase/types";

export const useInvoices = (organizationId: string | null) =>
  useQuery({
    queryKey: ["invoices", organizationId],
    enabled: !!organizationId,
    queryFn: async () => {
      const { data, error } = await supabase
        .from("invoice_overview")
        .select("*")
        .eq("organization_id", organizationId!)
        .order("due_date", { ascending: false });
      if (error) throw error;
      return data;
    },
  });

export const useInvoice = (id: string | undefined) =>
  useQuery({
    queryKey: ["invoice", id],
    enabled: !!id,
    queryFn: async () => {
      const { data, error } = await supabase.from("invoices").select("*").eq("id", id!).single();
      if (error) throw error;
      return data;
    },
  });

export const useCreateInvoice = () => {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (invoice: TablesInsert<"invoices">) => {
      const { data, error } = await supabase.from("invoices").insert(invoice).select().single();
      if (error) throw error;
      return data;
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["invoices"] }),
  });
};
