import { z } from "npm:zod@3.25.76";
import { adminClient } from "../_shared/admin.ts";
import { requireOrgRole } from "../_shared/auth.ts";
import { HttpError, json, serveJson } from "../_shared/http.ts";
import { sendMail } from "../_shared/mail.ts";

const MAX_INVITES_PER_HOUR = 20;

const bodySchema = z.object({
  organization_id: z.string().uuid(),
  email: z.string().email().max(254),
  role: z.enum(["owner", "staff", "client"]),
});

const toHex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

serveJson(async (req) => {
  const parsed = bodySchema.safeParse(await req.json());
  if (!parsed.success) {
    throw new HttpError(400, "Check the e-mail address and the role");
  }
  const { organization_id, email, role } = parsed.data;

  // Only owners make other owners
  const { user } = await requireOrgRole(
    req,
    organization_id,
    role === "owner" ? ["owner"] : ["owner", "staff"],
  );

  const admin = adminClient();
  const { count } = await admin
    .from("invites")
    .select("id", { count: "exact", head: true })
    .eq("organization_id", organization_id)
    .gte("created_at", new Date(Date.now() - 60 * 60 * 1000).toISOString());
  if ((count ?? 0) >= MAX_INVITES_PER_HOUR) {
    throw new HttpError(429, "Too many invites, please try again later");
  }

  const token = toHex(crypto.getRandomValues(new Uint8Array(32)));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));

  const { error } = await admin.from("invites").insert({
    organization_id,
    email: email.toLowerCase(),
    role,
    token_hash: toHex(new Uint8Array(hash)),
    invited_by: user.id,
  });
  if (error) throw error;

  await sendMail({
    to: email,
    subject: "You are invited to the client portal",
    text: `Open this link within 7 days to join: ${Deno.env.get("APP_URL")}/invite/${token}`,
  });

  return json({ sent: true });
});
