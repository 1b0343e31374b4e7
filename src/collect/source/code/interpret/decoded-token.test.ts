import { describe, expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const source = (check: string): string => `
  import { createClient } from 'npm:@supabase/supabase-js@2';
  Deno.serve(async (req) => {
    try {
      const payload = JSON.parse(atob((req.headers.get('Authorization') ?? '').replace('Bearer ', '').split('.')[1]));
      ${check}
      const admin = createClient(Deno.env.get('SUPABASE_URL'), Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
      const { data } = await admin.from('orders').select('*').eq('user_id', payload.sub);
      return Response.json(data);
    } catch { return new Response('no', { status: 401 }); }
  });`;
const asksForSub = "if (!payload.sub) return new Response('no', { status: 401 });";

describe('tokens read by hand', () => {
  it('tell who is calling where the platform has checked their signature, and not before', async () => {
    const routes = await routesOf({
      'supabase/config.toml': '[functions.open]\nverify_jwt = false\n',
      'supabase/functions/checked/index.ts': source(asksForSub),
      'supabase/functions/open/index.ts': source(asksForSub),
      // The public key is such a token too: it has no `sub`.
      'supabase/functions/not-asked/index.ts': source(''),
      'supabase/functions/role/index.ts': source("if (payload.role !== 'service_role') return new Response('no', { status: 403 });"),
    });
    expect(routes['POST /functions/v1/checked']?.auth).toBe('identity');
    expect(routes['POST /functions/v1/checked']?.data[0]?.scope).toBe('owner');
    expect(routes['POST /functions/v1/open']?.auth).toBe('unverified-session');
    expect(routes['POST /functions/v1/not-asked']?.auth).toBe('presence');
    expect(routes['POST /functions/v1/role']?.auth).toBe('role');
  });

  it('prove nothing elsewhere', async () => {
    const routes = await routesOf({
      'app.js': `const express = require('express'); const app = express();
        app.get('/me', (req, res) => { const user = JSON.parse(Buffer.from(req.headers.authorization.split('.')[1], 'base64').toString()); if (!user.id) return res.status(401).end(); res.json(user); });
        app.post('/body', (req, res) => res.json(JSON.parse(req.body.text))); app.listen(1);`,
    });
    expect(routes['GET /me']?.auth).toBe('unverified-session');
    expect(routes['POST /body']?.auth).toBe('none');
  });
});
