import { z } from "npm:zod@3.25.76";
import { adminClient } from "../_shared/admin.ts";
import { requirePlatformAdmin } from "../_shared/auth.ts";
import { HttpError, json, serveJson } from "../_shared/http.ts";

const bodySchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal("list") }),
  z.object({
    action: z.literal("set-plan"),
    organization_id: z.string().uuid(),
    plan_id: z.enum(["starter", "team", "agency"]),
  }),
]);

serveJson(async (req) => {
  await requirePlatformAdmin(req);

  const parsed = bodySchema.safeParse(await req.json());
  if (!parsed.success) {
    throw new HttpError(400, "Unknown action");
  }

  const admin = adminClient();

  if (parsed.data.action === "set-plan") {
    const { error } = await admin
      .from("organizations")
      .update({ plan_id: parsed.data.plan_id })
      .eq("id", parsed.data.organization_id);
    if (error) throw error;
    return json({ updated: true });
  }

  const { data, error } = await admin
    .from("organizations")
    .select("id, name, slug, plan_id, created_at, memberships(count), invoices(count)")
    .order("created_at", { ascending: false });
  if (error) throw error;

  return json({ organizations: data });
});
