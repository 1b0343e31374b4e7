import Stripe from "npm:stripe@17.7.0";
import { z } from "npm:zod@3.25.76";
import { requireUser } from "../_shared/auth.ts";
import { HttpError, json, serveJson } from "../_shared/http.ts";

const bodySchema = z.object({ invoice_id: z.string().uuid() });

const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);

serveJson(async (req) => {
  const { user, supabase } = await requireUser(req);

  const parsed = bodySchema.safeParse(await req.json());
  if (!parsed.success) {
    throw new HttpError(400, "Which invoice?");
  }

  // Read with the caller's own rights: row level security decides whose invoice this is
  const { data: invoice } = await supabase
    .from("invoices")
    .select("id, number, amount_cents, currency, status")
    .eq("id", parsed.data.invoice_id)
    .maybeSingle();
  if (!invoice || !["sent", "overdue"].includes(invoice.status)) {
    throw new HttpError(404, "There is nothing to pay for this invoice");
  }

  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    customer_email: user.email,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: invoice.currency.toLowerCase(),
          unit_amount: invoice.amount_cents,
          product_data: { name: `Invoice ${invoice.number}` },
        },
      },
    ],
    metadata: { invoice_id: invoice.id },
    success_url: `${Deno.env.get("APP_URL")}/invoices/${invoice.id}?paid=1`,
    cancel_url: `${Deno.env.get("APP_URL")}/invoices/${invoice.id}`,
  });

  return json({ url: session.url });
});
