import { createClient } from "https://esm.sh/@supabase/supabase-js@2.57.4";

// Bypasses row level security: use it only after the caller has been checked
export const adminClient = () =>
  createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
