import { useQuery } from "@tanstack/react-query";
import { Card, CardTitle } from "@/components/ui/card";
import { useInvoices } from "@/hooks/useInvoices";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";
import { formatMoney } from "@/lib/money";

const Dashboard = () => {
  const { organizationId, role } = useOrganization();
  const { data: invoices = [] } = useInvoices(organizationId);

  const { data: openCases = 0 } = useQuery({
    queryKey: ["open-cases", organizationId],
    enabled: !!organizationId,
    queryFn: async () => {
      const { count, error } = await supabase
        .from("cases")
        .select("id", { count: "exact", head: true })
        .eq("organization_id", organizationId!)
        .in("status", ["open", "waiting"]);
      if (error) throw error;
      return count ?? 0;
    },
  });

  const unpaid = invoices.filter((invoice) => invoice.status === "sent" || invoice.is_late);
  const total = unpaid.reduce((sum, invoice) => sum + (invoice.amount_cents ?? 0), 0);

  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Card>
        <CardTitle>Unpaid invoices</CardTitle>
        <p className="text-2xl">{unpaid.length}</p>
      </Card>
      <Card>
        <CardTitle>{role === "client" ? "You owe" : "Outstanding"}</CardTitle>
        <p className="text-2xl">{formatMoney(total, unpaid[0]?.currency ?? "USD")}</p>
      </Card>
      <Card>
        <CardTitle>Open cases</CardTitle>
        <p className="text-2xl">{openCases}</p>
      </Card>
    </div>
  );
};

export default Dashboard;
