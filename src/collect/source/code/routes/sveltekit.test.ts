import { describe, expect, it } from 'vitest';
import { type Files, inventoryOf, routesOf } from './fixture.ts';

const kit = {
  'package.json': '{"name":"app","devDependencies":{"@sveltejs/kit":"2.0.0"}}',
  'svelte.config.js': 'export default { kit: {} };',
  'src/lib/server/db.ts': `
    import { createClient } from '@supabase/supabase-js';
    import { SUPABASE_URL, SERVICE_ROLE_KEY } from '$env/static/private';
    export const db = createClient(SUPABASE_URL, SERVICE_ROLE_KEY);
    export async function sessionOf(token) {
      const { data } = await db.from('sessions').select().eq('session_token', token).single();
      return data;
    }`,
};
const endpoint = (body: string): string => `
  import { json, error, redirect } from '@sveltejs/kit';
  import { db, sessionOf } from '$lib/server/db';
  ${body}`;
const open = endpoint(`export const GET = async () => json(await db.from('orders').select());`);
const guardingHooks = `
  import { redirect } from '@sveltejs/kit';
  import { sequence } from '@sveltejs/kit/hooks';
  import { sessionOf } from '$lib/server/db';
  const who = async ({ event, resolve }) => {
    event.locals.user = await sessionOf(event.cookies.get('session'));
    return resolve(event);
  };
  const gate = async ({ event, resolve }) => {
    if (event.url.pathname.startsWith('/app') && !event.locals.user) redirect(303, '/login');
    return resolve(event);
  };
  export const handle = sequence(who, gate);`;
const app = (files: Files) => routesOf({ ...kit, ...files });

describe('SvelteKit paths', () => {
  it('reads groups, parameters, matchers, optional and rest segments', async () => {
    const { routes } = await inventoryOf({
      ...kit,
      'src/routes/(app)/orders/[id=integer]/+server.ts': open,
      'src/routes/[[lang]]/about/+server.ts': open,
      'src/routes/files/[...path]/+server.js': open,
      'src/routes/[x+2e]well-known/jwks-[kid].json/+server.ts': open,
    });
    expect(routes.map(({ path }) => path).toSorted()).toEqual([
      '/.well-known/jwks-:kid.json',
      '/:lang?/about',
      '/files/:path*',
      '/orders/:id',
    ]);
  });

  it('serves below paths.base, from another routes folder, and in a workspace', async () => {
    const routes = await app({
      'apps/web/svelte.config.js': `export default { kit: { paths: { base: '/portal' }, files: { routes: 'app/pages' } } };`,
      'apps/web/app/pages/x/+server.ts': `export const fallback = () => new Response('x');`,
    });
    expect(Object.keys(routes)).toEqual(['ALL /portal/x']);
  });

  it('names form actions, loads and layouts that read', async () => {
    const routes = await app({
      'src/routes/+layout.server.ts': endpoint(`export const load = async () => ({ name: 'app' });`),
      'src/routes/team/+layout.server.ts': endpoint(`export const load = async () => ({ members: await db.from('members').select() });`),
      'src/routes/team/+page.server.ts': endpoint(`
        export const load = async () => ({});
        export const actions = { invite: async () => ({}), default: async () => ({}) };`),
    });
    expect(Object.keys(routes).toSorted()).toEqual(['LAYOUT /team', 'PAGE /team', 'POST /team', 'POST /team?/invite']);
  });
});

describe('SvelteKit guards', () => {
  it('sees no guard where there is none', async () => {
    const { 'GET /orders': route } = await app({ 'src/routes/orders/+server.ts': open });
    expect(route?.auth).toBe('none');
    expect(route?.data).toMatchObject([{ name: 'orders', client: 'service', auth: 'none' }]);
  });

  it('follows hooks by the path of each route', async () => {
    const routes = await app({
      'src/hooks.server.ts': guardingHooks,
      'src/routes/app/orders/+server.ts': open,
      'src/routes/public/+server.ts': open,
    });
    expect(routes['GET /app/orders']?.auth).toBe('identity');
    expect(routes['GET /app/orders']?.guards.find(({ level }) => level === 'identity')?.via).toBe('src/hooks.server.ts');
    expect(routes['GET /public']?.auth).toBe('none');
    expect(routes['GET /public']?.data.map(({ name }) => name)).toEqual(['orders']);
  });

  it('reads what hooks put into locals', async () => {
    const routes = await app({
      'src/hooks.server.ts': guardingHooks,
      'src/routes/mine/+server.ts': endpoint(`
        export const GET = async ({ locals }) => {
          if (!locals.user) error(401, 'sign in');
          return json(await db.from('orders').select().eq('user_id', locals.user.id));
        };`),
    });
    expect(routes['GET /mine']?.data).toMatchObject([{ auth: 'identity', scope: 'owner' }]);
  });

  it('holds a layout for a guard only where the page waits for it', async () => {
    const routes = await app({
      'src/routes/admin/+layout.server.ts': endpoint(`
        export const load = async ({ cookies }) => {
          if (!(await sessionOf(cookies.get('session')))) redirect(303, '/login');
          return {};
        };`),
      'src/routes/admin/loose/+page.server.ts': endpoint(`export const load = async () => ({ rows: await db.from('orders').select() });`),
      'src/routes/admin/firm/+page.server.ts': endpoint(
        `export const load = async ({ parent }) => { await parent(); return { rows: await db.from('orders').select() }; };`,
      ),
      'src/routes/admin/apart/+page@.svelte': '<p>apart</p>',
      'src/routes/admin/apart/+page.server.ts': endpoint(
        `export const load = async ({ parent }) => { await parent(); return { rows: await db.from('orders').select() }; };`,
      ),
    });
    expect(routes['PAGE /admin/loose']?.auth).toBe('none');
    expect(routes['PAGE /admin/firm']?.auth).toBe('identity');
    expect(routes['PAGE /admin/apart']?.auth).toBe('none');
  });

  it('does not run layouts for actions', async () => {
    const routes = await app({
      'src/routes/admin/+layout.server.ts': endpoint(`export const load = async () => { redirect(303, '/login'); };`),
      'src/routes/admin/+page.server.ts': endpoint(`export const actions = { wipe: async () => { await db.from('orders').delete(); } };`),
    });
    expect(routes['POST /admin?/wipe']).toMatchObject({ auth: 'none', csrf: 'framework', data: [{ operation: 'delete' }] });
  });

  it('tells a signed cookie of the staff from one that merely exists', async () => {
    const routes = await app({
      'src/lib/server/admin.ts': `
        import { createHmac, timingSafeEqual } from 'node:crypto';
        import { env } from '$env/dynamic/private';
        export const isAdmin = (cookie) => {
          if (!cookie) return false;
          const [ts, sig] = cookie.split('.');
          const expected = createHmac('sha256', env.SESSION_SECRET).update(ts).digest('hex');
          return timingSafeEqual(Buffer.from(sig), Buffer.from(expected));
        };`,
      'src/routes/signed/+server.ts': endpoint(`
        import { isAdmin } from '$lib/server/admin';
        export const GET = async ({ cookies }) => {
          if (!isAdmin(cookies.get('admin_session'))) return json({}, { status: 401 });
          return json(await db.from('orders').select());
        };`),
      'src/routes/there/+server.ts': endpoint(`
        export const GET = async ({ cookies }) => {
          if (!cookies.get('admin_session')) return json({}, { status: 401 });
          return json(await db.from('orders').select());
        };`),
    });
    expect(routes['GET /signed']).toMatchObject({ auth: 'role', roles: ['admin'] });
    expect(routes['GET /there']?.auth).toBe('presence');
  });

  it('keeps a guard that is set on one of several ways in', async () => {
    const routes = await app({
      'src/routes/either/+server.ts': endpoint(`
        export const GET = async ({ cookies }) => {
          let known = false;
          const portal = cookies.get('portal_session');
          const trade = cookies.get('trade_session');
          if (portal) { const found = await sessionOf(portal).catch(() => null); if (found) known = true; }
          if (!known && trade) { const found = await sessionOf(trade).catch(() => null); if (found) known = true; }
          if (!known) error(401);
          return json(await db.from('orders').select());
        };`),
    });
    expect(routes['GET /either']?.auth).toBe('identity');
  });
});

describe('SvelteKit remote functions and settings', () => {
  const remote = `
    import { query, command, getRequestEvent } from '$app/server';
    import { error } from '@sveltejs/kit';
    import * as v from 'valibot';
    import { db } from '$lib/server/db';
    export const list = query(async () => db.from('orders').select());
    export const remove = command(v.string(), async (id) => {
      if (!getRequestEvent().locals.user) error(401);
      await db.from('orders').delete().eq('id', id);
    });`;

  it('lists them, and does not let a hook that goes by the path guard them', async () => {
    const routes = await app({ 'src/hooks.server.ts': guardingHooks, 'src/routes/app/orders.remote.ts': remote });
    expect(routes['remote src/routes/app/orders.remote.ts list']).toMatchObject({ kind: 'server-action', auth: 'none' });
    expect(routes['remote src/routes/app/orders.remote.ts remove']).toMatchObject({ auth: 'identity', csrf: 'framework' });
  });

  it('says when the origin check is switched off', async () => {
    const files = {
      'src/routes/save/+server.ts': endpoint(`
        export const POST = async ({ cookies }) => {
          if (!(await sessionOf(cookies.get('session')))) error(401);
          await db.from('orders').insert({ a: 1 });
          return json({});
        };`),
    };
    expect((await app(files))['POST /save']?.csrf).toBe('framework');
    const off = { ...files, 'svelte.config.js': 'export default { kit: { csrf: { checkOrigin: false } } };' };
    expect((await app(off))['POST /save']?.csrf).toBe('none');
  });

  it('follows aliases of the config', async () => {
    const routes = await app({
      'svelte.config.js': `export default { kit: { alias: { $db: './src/data', '@guard': path.resolve('src/guard.ts') } } };`,
      'src/data/client.ts': `export { db } from '../lib/server/db';`,
      'src/guard.ts': `import { error } from '@sveltejs/kit'; export const demand = (user) => { if (!user) error(401); };`,
      'src/routes/x/+server.ts': `
        import { db } from '$db/client';
        import { demand } from '@guard';
        export const GET = async ({ locals }) => { demand(locals.user); return Response.json(await db.from('orders').select()); };`,
    });
    expect(routes['GET /x']?.data).toMatchObject([{ name: 'orders', auth: 'identity' }]);
  });

  it('lists actions it cannot read as a gap', async () => {
    const routes = await app({ 'src/routes/x/+page.server.ts': `import { make } from 'some-package'; export const actions = make();` });
    expect(routes['POST /x']?.unresolved).toMatchObject([{ what: 'form actions' }]);
  });
});
