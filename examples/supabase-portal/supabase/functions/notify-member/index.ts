import { z } from "npm:zod@3.25.76";
import { adminClient } from "../_shared/admin.ts";
import { requireOrgRole } from "../_shared/auth.ts";
import { HttpError, json, serveJson } from "../_shared/http.ts";
import { sendMail } from "../_shared/mail.ts";

interface Member {
  notify_by_email: boolean;
  profiles: { email: string };
}

const bodySchema = z.object({
  organization_id: z.string().uuid(),
  user_id: z.string().uuid(),
  message: z.string().min(1).max(2000),
});

serveJson(async (req) => {
  const parsed = bodySchema.safeParse(await req.json());
  if (!parsed.success) {
    throw new HttpError(400, "Check the message");
  }
  const { organization_id, user_id, message } = parsed.data;

  await requireOrgRole(req, organization_id, ["owner", "staff"]);

  // The address comes from the member list of that organization, never from the caller
  const { data: member } = await adminClient()
    .from("memberships")
    .select("notify_by_email, profiles(email)")
    .eq("organization_id", organization_id)
    .eq("user_id", user_id)
    .maybeSingle<Member>();
  if (!member?.notify_by_email) {
    return json({ sent: false });
  }

  await sendMail({
    to: member.profiles.email,
    subject: "A message from your portal",
    text: message,
  });

  return json({ sent: true });
});
