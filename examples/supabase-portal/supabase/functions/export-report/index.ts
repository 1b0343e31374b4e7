import { z } from "npm:zod@3.25.76";
import { adminClient } from "../_shared/admin.ts";
import { requireOrgRole } from "../_shared/auth.ts";
import { HttpError, json, serveJson } from "../_shared/http.ts";

const LINK_SECONDS = 300;

const bodySchema = z.object({ organization_id: z.string().uuid() });

// Cells that start with a formula sign would run in a spreadsheet
const cell = (value: unknown) => {
  const text = String(value ?? "");
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
};

serveJson(async (req) => {
  const parsed = bodySchema.safeParse(await req.json());
  if (!parsed.success) {
    throw new HttpError(400, "Which organization?");
  }
  const { organization_id } = parsed.data;

  await requireOrgRole(req, organization_id, ["owner", "staff"]);

  const admin = adminClient();
  const { data: invoices, error } = await admin
    .from("invoices")
    .select("number, description, amount_cents, currency, status, due_date")
    .eq("organization_id", organization_id)
    .order("number");
  if (error) throw error;

  const header = "number,description,amount_cents,currency,status,due_date";
  const rows = invoices.map((invoice) => Object.values(invoice).map(cell).join(","));
  const path = `${organization_id}/invoices-${crypto.randomUUID()}.csv`;

  const { error: uploadError } = await admin.storage
    .from("exports")
    .upload(path, [header, ...rows].join("\n"), { contentType: "text/csv" });
  if (uploadError) throw uploadError;

  const { data: link, error: linkError } = await admin.storage
    .from("exports")
    .createSignedUrl(path, LINK_SECONDS);
  if (linkError) throw linkError;

  return json({ url: link.signedUrl });
});
