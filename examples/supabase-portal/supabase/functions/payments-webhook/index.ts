import Stripe from "npm:stripe@17.7.0";
import { adminClient } from "../_shared/admin.ts";

const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
const cryptoProvider = Stripe.createSubtleCryptoProvider();

Deno.serve(async (req) => {
  const body = await req.text();
  const signature = req.headers.get("stripe-signature");
  const secret = Deno.env.get("STRIPE_WEBHOOK_SECRET");

  if (!secret) {
    console.error("STRIPE_WEBHOOK_SECRET is not set");
    return new Response("Not configured", { status: 500 });
  }
  if (!signature) {
    return new Response("Missing signature", { status: 400 });
  }

  let event: Stripe.Event;
  try {
    event = await stripe.webhooks.constructEventAsync(
      body,
      signature,
      secret,
      undefined,
      cryptoProvider,
    );
  } catch (error) {
    console.error("Signature check failed:", error);
    return new Response("Invalid signature", { status: 400 });
  }

  const admin = adminClient();
  const session = event.data.object as Stripe.Checkout.Session;
  const invoiceId = session.metadata?.invoice_id ?? null;

  // The event id is the primary key: an event that is delivered twice is stored once, and applied again below
  const { error: stored } = await admin
    .from("payment_events")
    .upsert({ id: event.id, type: event.type, invoice_id: invoiceId, payload: event });
  if (stored) {
    console.error("Could not store the event:", stored);
    return new Response("Try again", { status: 500 });
  }

  if (event.type === "checkout.session.completed" && invoiceId) {
    const { error } = await admin
      .from("invoices")
      .update({
        status: "paid",
        paid_at: new Date().toISOString(),
        stripe_session_id: session.id,
      })
      .eq("id", invoiceId)
      .neq("status", "paid");
    if (error) {
      console.error("Could not mark the invoice as paid:", error);
      return new Response("Try again", { status: 500 });
    }
  }

  return Response.json({ received: true });
});
