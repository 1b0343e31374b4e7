import type { Flaw } from '../../flaws.ts';
import { madeUpKey, madeUpSupabaseKey } from './made-up.ts';

const ENV = '.env';
const ADMIN_PAGE = 'src/pages/Admin.tsx';
const INVOICE_PAGE = 'src/pages/InvoiceDetail.tsx';
const CHECKOUT = 'supabase/functions/create-checkout/index.ts';

/** Secrets that are in the repository, or in the code every visitor downloads. */
export const browserFlaws: Flaw[] = [
  {
    id: 'service-role-written-in-client',
    title: 'The service role key itself is written into code that every visitor downloads',
    stages: ['audit'],
    checks: ['audit/secret-in-client'],
    edits: [
      {
        file: 'src/main.tsx',
        find: `import App from "./App";
`,
        replace: `import App from "./App";
import "./lib/warmUp";
`,
      },
    ],
    adds: [
      {
        file: 'src/lib/warmUp.ts',
        text: `import { createClient } from "@supabase/supabase-js";

// Wakes the database up before the first page asks for it
const client = createClient(import.meta.env.VITE_SUPABASE_URL, "${madeUpSupabaseKey('service_role')}");

void client.from("plans").select("id").limit(1);
`,
      },
    ],
  },
  {
    id: 'service-role-in-client',
    title: 'The admin page uses the service role key, so every visitor downloads the key to the whole database',
    stages: ['audit'],
    checks: ['audit/secret-with-public-prefix'],
    edits: [
      {
        file: ADMIN_PAGE,
        find: `import { supabase } from "@/integrations/supabase/client";
`,
        replace: `import { supabaseAdmin } from "@/integrations/supabase/admin";
import { supabase } from "@/integrations/supabase/client";
`,
      },
      {
        file: ADMIN_PAGE,
        find: `  const setPlan = async (organizationId: string, planId: string) => {
`,
        replace: `  const { data: users = [] } = useQuery({
    queryKey: ["admin-users"],
    queryFn: async () => {
      const { data, error } = await supabaseAdmin.auth.admin.listUsers();
      if (error) throw error;
      return data.users;
    },
  });

  const setPlan = async (organizationId: string, planId: string) => {
`,
      },
      {
        file: ADMIN_PAGE,
        find: `        <CardTitle>All organizations</CardTitle>
`,
        replace: `        <CardTitle>All organizations</CardTitle>
        <p className="text-sm text-muted-foreground">{users.length} users</p>
`,
      },
    ],
    adds: [
      {
        file: 'src/integrations/supabase/admin.ts',
        text: `import { createClient } from "@supabase/supabase-js";
import type { Database } from "./types";

// Admin client for the admin page
export const supabaseAdmin = createClient<Database>(
  import.meta.env.VITE_SUPABASE_URL,
  import.meta.env.VITE_SUPABASE_SERVICE_ROLE_KEY,
  { auth: { persistSession: false } },
);
`,
      },
    ],
  },
  {
    id: 'service-role-committed',
    title: 'The service role key, which opens the whole database, is in the committed .env file',
    stages: ['audit'],
    checks: ['audit/secret-in-env-file'],
    edits: [
      {
        file: ENV,
        find: 'VITE_SUPABASE_PUBLISHABLE_KEY=',
        replace: `SUPABASE_SERVICE_ROLE_KEY="${madeUpSupabaseKey('service_role')}"\nVITE_SUPABASE_PUBLISHABLE_KEY=`,
      },
    ],
  },
  {
    id: 'secret-vite-prefix',
    title: 'The payment provider\'s secret key has the VITE_ prefix, so it is built into the page',
    stages: ['audit'],
    checks: ['audit/secret-with-public-prefix'],
    edits: [
      {
        file: ENV,
        find: 'VITE_SUPABASE_URL=',
        replace: `VITE_STRIPE_SECRET_KEY="${madeUpKey('sk_live_', 99)}"\nVITE_SUPABASE_URL=`,
      },
      {
        file: INVOICE_PAGE,
        find: `    const { data, error } = await supabase.functions.invoke("create-checkout", {
      body: { invoice_id: invoice.id },
    });
    if (error) {
      toast.error("The payment could not be started");
      return;
    }
    window.location.assign(data.url);
`,
        replace: `    const response = await fetch("https://api.stripe.com/v1/payment_links", {
      method: "POST",
      headers: { Authorization: \`Bearer \${import.meta.env.VITE_STRIPE_SECRET_KEY}\` },
      body: new URLSearchParams({
        "line_items[0][price_data][currency]": invoice.currency.toLowerCase(),
        "line_items[0][price_data][unit_amount]": String(invoice.amount_cents),
        "line_items[0][quantity]": "1",
      }),
    });
    if (!response.ok) {
      toast.error("The payment could not be started");
      return;
    }
    window.location.assign((await response.json()).url);
`,
      },
      {
        file: INVOICE_PAGE,
        find: `import { supabase } from "@/integrations/supabase/client";
`,
        replace: '',
      },
    ],
  },
  {
    id: 'secret-in-source',
    title: 'The payment provider\'s secret key is written into the source of the checkout function',
    stages: ['audit'],
    checks: ['audit/secret-in-source'],
    edits: [
      {
        file: CHECKOUT,
        find: 'new Stripe(Deno.env.get("STRIPE_SECRET_KEY")!)',
        replace: `new Stripe("${madeUpKey('sk_live_', 99)}")`,
      },
    ],
  },
];
