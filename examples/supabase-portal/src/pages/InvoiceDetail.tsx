import { useParams } from "react-router-dom";
import { toast } from "sonner";
import { StatusBadge } from "@/components/StatusBadge";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { useInvoice } from "@/hooks/useInvoices";
import { supabase } from "@/integrations/supabase/client";
import { formatMoney } from "@/lib/money";

const InvoiceDetail = () => {
  const { id } = useParams();
  const { data: invoice, isPending, isError } = useInvoice(id);

  if (isPending) return <p className="text-muted-foreground">Loading...</p>;
  if (isError) return <p>This invoice does not exist.</p>;

  const pay = async () => {
    const { data, error } = await supabase.functions.invoke("create-checkout", {
      body: { invoice_id: invoice.id },
    });
    if (error) {
      toast.error("The payment could not be started");
      return;
    }
    window.location.assign(data.url);
  };

  return (
    <Card className="max-w-xl">
      <CardTitle>Invoice {invoice.number}</CardTitle>
      <p className="mb-2">{invoice.description}</p>
      <p className="mb-2 text-2xl">{formatMoney(invoice.amount_cents, invoice.currency)}</p>
      <StatusBadge status={invoice.status} />
      {(invoice.status === "sent" || invoice.status === "overdue") && (
        <div className="mt-4">
          <Button onClick={pay}>Pay now</Button>
        </div>
      )}
    </Card>
  );
};

export default InvoiceDetail;
