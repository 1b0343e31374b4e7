import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { Button } from "@/components/ui/button";
import { Card, CardTitle } from "@/components/ui/card";
import { supabase } from "@/integrations/supabase/client";
import { formatMoney } from "@/lib/money";

const Index = () => {
  const { data: plans = [] } = useQuery({
    queryKey: ["plans"],
    queryFn: async () => {
      const { data, error } = await supabase.from("plans").select("*").order("price_cents");
      if (error) throw error;
      return data;
    },
  });

  return (
    <div className="mx-auto max-w-4xl space-y-10 px-6 py-16">
      <section className="space-y-4 text-center">
        <h1 className="text-4xl font-semibold">Your clients, their invoices and cases, in one place</h1>
        <Button asChild>
          <Link to="/auth">Sign in</Link>
        </Button>
      </section>
      <section className="grid gap-4 sm:grid-cols-3">
        {plans.map((plan) => (
          <Card key={plan.id}>
            <CardTitle>{plan.name}</CardTitle>
            <p className="text-2xl">{formatMoney(plan.price_cents, "USD")}</p>
            <p className="text-sm text-muted-foreground">Up to {plan.max_members} members</p>
          </Card>
        ))}
      </section>
    </div>
  );
};

export default Index;
