import { Link } from "react-router-dom";
import { toast } from "sonner";
import { StatusBadge } from "@/components/StatusBadge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useInvoices } from "@/hooks/useInvoices";
import { useOrganization } from "@/hooks/useOrganization";
import { supabase } from "@/integrations/supabase/client";
import { formatMoney } from "@/lib/money";

const Invoices = () => {
  const { organizationId, role } = useOrganization();
  const { data: invoices = [], isPending } = useInvoices(organizationId);

  const exportReport = async () => {
    const { data, error } = await supabase.functions.invoke("export-report", {
      body: { organization_id: organizationId },
    });
    if (error) {
      toast.error("The export could not be made");
      return;
    }
    window.open(data.url, "_blank", "noopener");
  };

  return (
    <Card>
      <div className="flex items-center justify-between">
        <CardTitle>Invoices</CardTitle>
        {role !== "client" && (
          <Button variant="outline" size="sm" onClick={exportReport}>
            Export
          </Button>
        )}
      </div>
      {isPending && <p className="text-muted-foreground">Loading...</p>}
      <table className="w-full text-sm">
        <tbody>
          {invoices.map((invoice) => (
            <tr key={invoice.id} className="border-t">
              <td className="py-2">
                <Link to={`/invoices/${invoice.id}`}>{invoice.number}</Link>
              </td>
              <td>{invoice.client_name}</td>
              <td>{formatMoney(invoice.amount_cents ?? 0, invoice.currency ?? "USD")}</td>
              <td>
                <StatusBadge status={invoice.is_late ? "overdue" : (invoice.status ?? "draft")} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
};

export default Invoices;
