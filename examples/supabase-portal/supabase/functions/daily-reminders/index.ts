import { timingSafeEqual } from "node:crypto";
import { adminClient } from "../_shared/admin.ts";
import { HttpError, json, serveJson } from "../_shared/http.ts";
import { sendMail } from "../_shared/mail.ts";

interface LateInvoice {
  id: string;
  number: string;
  profiles: { email: string };
}

// The scheduler sends the shared secret; without a configured secret nobody gets in
const requireScheduler = (req: Request) => {
  const expected = Deno.env.get("CRON_SECRET");
  const given = req.headers.get("x-cron-secret");
  if (!expected || !given) {
    throw new HttpError(401, "Not allowed");
  }
  const bytes = new TextEncoder();
  const [a, b] = [bytes.encode(expected), bytes.encode(given)];
  if (a.length !== b.length || !timingSafeEqual(a, b)) {
    throw new HttpError(401, "Not allowed");
  }
};

serveJson(async (req) => {
  requireScheduler(req);

  const admin = adminClient();
  const { data: late, error } = await admin
    .from("invoices")
    .update({ status: "overdue" })
    .eq("status", "sent")
    .lt("due_date", new Date().toISOString().slice(0, 10))
    .select("id, number, profiles(email)")
    .returns<LateInvoice[]>();
  if (error) throw error;

  for (const invoice of late) {
    await sendMail({
      to: invoice.profiles.email,
      subject: `Invoice ${invoice.number} is overdue`,
      text: `You can pay it here: ${Deno.env.get("APP_URL")}/invoices/${invoice.id}`,
    });
  }

  return json({ reminded: late.length });
});
