import type { Flaw } from '../../flaws.ts';

const CONFIG = 'supabase/config.toml';
const EXPORT = 'supabase/functions/export-report/index.ts';
const NOTIFY = 'supabase/functions/notify-member/index.ts';
const WEBHOOK = 'supabase/functions/payments-webhook/index.ts';
const ADMIN = 'supabase/functions/admin-organizations/index.ts';

/** The part of the payment webhook that makes sure the provider sent it, as the clean repo has it. */
const SIGNATURE_CHECK = `  if (!secret) {
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
`;

/** Edge functions that act for anybody who finds their address. */
export const edgeFunctionFlaws: Flaw[] = [
  {
    id: 'edge-function-no-auth',
    title: 'The export function asks nobody who they are and hands out any organization\'s invoices',
    stages: ['audit'],
    checks: ['audit/edge-function-open'],
    edits: [
      { file: EXPORT, find: `import { requireOrgRole } from "../_shared/auth.ts";\n`, replace: '' },
      { file: EXPORT, find: `  await requireOrgRole(req, organization_id, ["owner", "staff"]);\n\n`, replace: '' },
    ],
  },
  {
    id: 'edge-function-open-mail-relay',
    title: 'Anybody may send any mail to any address from the portal\'s own domain',
    stages: ['audit'],
    checks: ['audit/open-mail-relay'],
    edits: [
      {
        file: CONFIG,
        find: '[functions.notify-member]\nverify_jwt = true',
        replace: '[functions.notify-member]\nverify_jwt = false',
      },
      {
        file: NOTIFY,
        find: `import { adminClient } from "../_shared/admin.ts";
import { requireOrgRole } from "../_shared/auth.ts";
`,
        replace: '',
      },
      {
        file: NOTIFY,
        find: `interface Member {
  notify_by_email: boolean;
  profiles: { email: string };
}

`,
        replace: '',
      },
      {
        file: NOTIFY,
        find: `  organization_id: z.string().uuid(),
  user_id: z.string().uuid(),
  message: z.string().min(1).max(2000),
`,
        replace: `  to: z.string().email(),
  subject: z.string(),
  message: z.string(),
`,
      },
      {
        file: NOTIFY,
        find: `  const { organization_id, user_id, message } = parsed.data;

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
`,
        replace: `  const { to, subject, message } = parsed.data;

  await sendMail({ to, subject, text: message });
`,
      },
    ],
  },
  {
    id: 'webhook-unsigned',
    title: 'The payment webhook believes whatever it is sent: anybody marks an invoice as paid',
    stages: ['audit'],
    checks: ['audit/webhook-unverified'],
    edits: [
      {
        file: WEBHOOK,
        find: `  const signature = req.headers.get("stripe-signature");
  const secret = Deno.env.get("STRIPE_WEBHOOK_SECRET");

${SIGNATURE_CHECK}`,
        replace: `  const event: Stripe.Event = JSON.parse(body);
`,
      },
      {
        file: WEBHOOK,
        find: `
const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!);
const cryptoProvider = Stripe.createSubtleCryptoProvider();
`,
        replace: '',
      },
      { file: WEBHOOK, find: 'import Stripe from "npm:stripe@17.7.0";', replace: 'import type Stripe from "npm:stripe@17.7.0";' },
    ],
    conflictsWith: ['webhook-skip-if-secret-unset'],
  },
  {
    id: 'webhook-skip-if-secret-unset',
    title: 'The payment webhook skips its signature check when the secret was never set',
    stages: ['audit'],
    checks: ['audit/webhook-unverified'],
    edits: [
      {
        file: WEBHOOK,
        find: SIGNATURE_CHECK,
        replace: `  let event: Stripe.Event;
  if (secret && signature) {
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
  } else {
    console.warn("No webhook secret configured, skipping the signature check");
    event = JSON.parse(body);
  }
`,
      },
    ],
    conflictsWith: ['webhook-unsigned'],
  },
  {
    id: 'role-only-in-client',
    title: 'Only the screen checks who is an administrator; the function behind it takes any signed-in user',
    stages: ['audit'],
    checks: ['audit/client-only-role-check'],
    edits: [
      {
        file: ADMIN,
        find: 'import { requirePlatformAdmin } from "../_shared/auth.ts";',
        replace: 'import { requireUser } from "../_shared/auth.ts";',
      },
      { file: ADMIN, find: 'await requirePlatformAdmin(req);', replace: 'await requireUser(req);' },
    ],
  },
];
