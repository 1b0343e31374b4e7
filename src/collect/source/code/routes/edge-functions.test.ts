import { describe, expect, it } from 'vitest';
import { readVerifyJwt } from './edge-functions.ts';
import { type Files, routesOf } from './fixture.ts';

const head = `import { createClient } from 'https://esm.sh/@supabase/supabase-js@2'; import Stripe from 'https://esm.sh/stripe@14?target=denonext';
const admin = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!);
const deny = () => new Response('no', { status: 401 });`;
const edge = async (body: string, files: Files = {}) =>
  (await routesOf({ 'supabase/functions/orders/index.ts': `${head} Deno.serve(async (req) => { ${body} });`, ...files }))[
    'POST /functions/v1/orders'
  ];
const write = `await admin.from('orders').insert({ total: 1 }); return new Response('ok');`;
const config = (value: boolean): Files => ({
  'supabase/config.toml': `[api]\nverify_jwt = true\n\n[functions.orders]\nverify_jwt = ${value}\n`,
});

describe('an edge function', () => {
  it('is reached with any token of the project, the public key included', async () => {
    const route = await edge(write);
    expect(route).toMatchObject({ kind: 'edge-function', auth: 'presence', csrf: 'not-cookie' });
    expect(route?.data).toMatchObject([{ name: 'orders', operation: 'create', client: 'service', auth: 'presence' }]);
  });

  it('is open to everybody where verify_jwt is off', async () => {
    expect((await edge(write, config(false)))?.auth).toBe('none');
    expect((await edge(write, config(true)))?.auth).toBe('presence');
  });

  it('knows the caller when it asks the server with their token', async () => {
    const ask = `const { data: { user } } = await admin.auth.getUser(req.headers.get('Authorization')!.replace('Bearer ', ''));`;
    expect((await edge(`${ask} if (!user) return deny(); ${write}`, config(false)))?.auth).toBe('identity');
    expect((await edge(`${ask} console.log(user); ${write}`, config(false)))?.auth).toBe('presence');
  });

  it('takes certain accounts, named by their ids, for a role', async () => {
    const ask = `const { data: { user } } = await admin.auth.getUser(req.headers.get('Authorization')!.replace('Bearer ', '')); if (!user) return deny();`;
    const one = `${ask} const boss = user.id === '40257dfa-1a8e-4c15-a8f7-2cb99cfa4f08' || user.id === '62926fc7-ffba-4a63-9bae-50f8845a1b67'; if (!boss) return deny(); ${write}`;
    expect(await edge(one, config(false))).toMatchObject({ auth: 'role', roles: ['by user id'] });
    const list = `${ask} if (!['40257dfa-1a8e-4c15-a8f7-2cb99cfa4f08'].includes(user.id)) return deny(); ${write}`;
    expect((await edge(list, config(false)))?.auth).toBe('role');
    expect((await edge(`${ask} if (user.id !== (await req.json()).id) return deny(); ${write}`, config(false)))?.auth).toBe('tenant');
  });

  it('reads with the rights of the caller when it hands their token on', async () => {
    const own = `const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!, { global: { headers: { Authorization: req.headers.get('Authorization')! } } });
      const { data } = await supabase.from('orders').select('*'); return Response.json(data);`;
    expect((await edge(own))?.data).toMatchObject([{ client: 'user' }]);
  });

  it("knows the signature of Lovable's own messages", async () => {
    const files: Files = {
      ...config(false),
      'supabase/functions/orders/lib.ts': `export { verifyWebhookRequest } from 'npm:@lovable.dev/webhooks-js';`,
    };
    const level = async (body: string) =>
      (await edge(`const { verifyWebhookRequest } = await import('./lib.ts'); ${body}`, files))?.data.at(-1)?.auth;
    const check = `await verifyWebhookRequest({ req, secret: Deno.env.get('LOVABLE_API_KEY') })`;
    expect(await level(`try { ${check}; } catch (error) { return deny(); } ${write}`)).toBe('role');
    expect(await level(`try { ${check}; } catch (error) { console.error(error); } ${write}`)).toBe('none');
  });

  it('believes a helper that answers with an error or the caller', async () => {
    const files: Files = {
      ...config(false),
      'supabase/functions/_shared/auth.ts': `import { createClient } from 'https://esm.sh/@supabase/supabase-js@2';
        interface Found { userId: string; role: string; error?: string }
        export const findStaff = async (req: Request): Promise<Found> => {
          try {
            const header = req.headers.get('Authorization');
            if (!header) return { userId: '', role: '', error: 'no header' };
            const client = createClient(Deno.env.get('SUPABASE_URL') as string, Deno.env.get('SUPABASE_ANON_KEY') as string);
            const { data: { user }, error: wrong } = await client.auth.getUser(header.replace('Bearer ', ''));
            if (wrong || !user) return { userId: '', role: '', error: wrong?.message || 'no session' };
            return { userId: user.id, role: 'user', error: undefined };
          } catch (error) {
            return { userId: '', role: '', error: \`failed: \${error.message || 'unknown'}\` };
          }
        };`,
    };
    const level = async (body: string) =>
      (await edge(`const { findStaff } = await import('../_shared/auth.ts'); ${body}`, files))?.data.at(-1)?.auth;
    expect(await level(`const { userId, error: refused } = await findStaff(req); if (refused) return deny(); ${write}`)).toBe('identity');
    expect(await level(`const { userId, error: refused } = await findStaff(req); if (refused) console.warn(refused); ${write}`)).toBe(
      'none',
    );
  });

  it('is verified as the webhook of a library from a URL', async () => {
    const stripe = `const stripe = new Stripe(Deno.env.get('STRIPE_KEY')!); const event = await stripe.webhooks.constructEventAsync(await req.text(), req.headers.get('stripe-signature')!, Deno.env.get('SECRET')!);`;
    expect((await edge(`${stripe} ${write}`, config(false)))?.webhook).toMatchObject({ provider: 'stripe', verification: 'verified' });
    expect(
      (await edge(`req.headers.get('stripe-signature'); const event = await req.json(); ${write}`, config(false)))?.webhook,
    ).toMatchObject({
      provider: 'stripe',
      verification: 'missing',
    });
  });

  it('may be served by the older serve(), and shared folders are none', async () => {
    const routes = await routesOf({
      'supabase/functions/old/index.ts': `import { serve } from 'https://deno.land/std@0.168.0/http/server.ts'; ${head} serve(async (req) => { ${write} });`,
      'supabase/functions/_shared/index.ts': `export const cors = {};`,
    });
    expect(Object.keys(routes)).toEqual(['POST /functions/v1/old']);
    expect(routes['POST /functions/v1/old']?.data).toHaveLength(1);
  });
});

describe('verify_jwt of config.toml', () => {
  it('belongs to the function of its section', () => {
    const read = readVerifyJwt(
      'verify_jwt = false\n[functions.a]\nverify_jwt = false\nimport_map = "./x"\n[functions."b-c"]\n verify_jwt=true\n[auth]\nverify_jwt = false\n# [functions.d]\n',
    );
    expect([...read]).toEqual([
      ['a', false],
      ['b-c', true],
    ]);
  });
});
