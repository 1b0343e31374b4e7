import { describe, expect, it } from 'vitest';
import { type Files, routesOf } from './fixture.ts';
import { handlerFile } from './nuxt.ts';

const nuxt = {
  'package.json': '{"dependencies":{"nuxt":"^4.0.0"}}',
  'nuxt.config.ts': 'export default defineNuxtConfig({ compatibilityDate: "2025-01-01" })',
  'server/utils/db.ts': `
    import { createClient } from '@supabase/supabase-js'
    export const db = createClient(process.env.SUPABASE_URL, process.env.SERVICE_ROLE_KEY)
    export const demand = async (event) => {
      const { user } = await requireUserSession(event)
      return user
    }`,
};
const handler = (body: string, argument = 'event'): string => `export default defineEventHandler(async (${argument}) => { ${body} })`;
const open = handler(`return db.from('orders').select()`);
const app = (files: Files) => routesOf({ ...nuxt, ...files });

describe('paths of Nitro handlers', () => {
  it('reads parameters, methods, groups and rests', () => {
    expect(handlerFile('api/users/[id].get.ts')).toEqual({ method: 'GET', url: '/api/users/:id' });
    expect(handlerFile('api/users/index.post.ts')).toEqual({ method: 'POST', url: '/api/users' });
    expect(handlerFile('routes/(docs)/raw/[...slug].md.get.ts')).toEqual({ method: 'GET', url: '/raw/:slug*.md' });
    expect(handlerFile('api/auth/[...].ts')).toEqual({ method: 'ALL', url: '/api/auth/*' });
    expect(handlerFile('routes/index.ts')).toEqual({ method: 'ALL', url: '/' });
    expect(handlerFile('api/seed.post.dev.ts')).toBeUndefined();
    expect(handlerFile('utils/db.ts')).toBeUndefined();
  });
});

describe('Nuxt guards', () => {
  it('finds utils that nothing imports, and no guard where there is none', async () => {
    const routes = await app({
      'server/api/open.get.ts': open,
      'server/api/mine.get.ts': handler(`const user = await demand(event); return db.from('orders').select().eq('user_id', user.id)`),
      'server/api/named.get.ts': `import { demand } from '#imports'; ${handler(`await demand(event); return db.from('orders').select()`)}`,
    });
    expect(routes['GET /api/open']).toMatchObject({ auth: 'none', data: [{ name: 'orders', client: 'service' }] });
    expect(routes['GET /api/mine']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
    expect(routes['GET /api/named']?.auth).toBe('identity');
  });

  it('leaves names that a module declares itself alone', async () => {
    const routes = await app({
      'server/api/own.get.ts': `const demand = async () => ({ id: 1 }); ${handler(`await demand(event); return db.from('orders').select()`)}`,
    });
    expect(routes['GET /api/own']?.auth).toBe('none');
  });

  it('runs middleware on the path and method of each route', async () => {
    const routes = await app({
      'server/middleware/auth.ts': handler(`
        if (!event.path.startsWith('/api/')) return
        if (event.method === 'GET' && event.path.match(/^\\/api\\/public\\/[^/]+$/)) return
        const session = await getUserSession(event)
        if (!session.user) throw createError({ statusCode: 401 })
        event.context.user = session.user`),
      'server/api/orders/[id].get.ts': handler(
        `return db.from('orders').select().eq('id', getRouterParam(event, 'id')).eq('user_id', event.context.user.id)`,
      ),
      'server/api/public/[slug].get.ts': open,
      'server/api/public/[slug].put.ts': open,
      'server/routes/feed.xml.ts': open,
    });
    expect(routes['GET /api/orders/:id']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
    expect(routes['GET /api/orders/:id']?.guards[0]?.via).toBe('server/middleware/auth.ts');
    expect(routes['GET /api/public/:slug']?.auth).toBe('none');
    expect(routes['PUT /api/public/:slug']?.auth).toBe('identity');
    expect(routes['ALL /feed.xml']?.auth).toBe('none');
  });

  it('counts refusals however they are made', async () => {
    const guarded = (refuse: string): string =>
      handler(`const user = event.context.user; if (!user) ${refuse}; return db.from('orders').select()`);
    const routes = await app({
      'server/api/thrown.get.ts': guarded(`throw createError({ statusCode: 401 })`),
      'server/api/returned.get.ts': guarded(`return createError({ statusCode: 401 })`),
      'server/api/sent.get.ts': guarded(`return sendError(event, createError({ statusCode: 401 }))`),
      'server/api/status.get.ts': guarded(`{ setResponseStatus(event, 401); return { error: 'no' } }`),
      'server/api/redirected.get.ts': guarded(`return sendRedirect(event, '/login')`),
      'server/api/hook.get.ts': `export default defineEventHandler({
        onRequest: [async (event) => { await requireUserSession(event) }],
        handler: async () => db.from('orders').select(),
      })`,
    });
    for (const route of Object.values(routes)) expect([route.path, route.auth]).toEqual([route.path, 'identity']);
    expect(Object.keys(routes)).toHaveLength(6);
  });

  it('follows wrappers of the app and routers of h3', async () => {
    const routes = await app({
      'server/utils/guarded.ts': `
        export const defineGuardedHandler = (run) => defineEventHandler(async (event) => {
          await requireUserSession(event)
          return run(event)
        })`,
      'server/api/wrapped.post.ts': `export default defineGuardedHandler(async (event) => {
        const body = await readValidatedBody(event, (raw) => raw)
        return db.from('orders').insert(body)
      })`,
      'server/api/v1/[...].ts': `
        const router = createRouter()
        router.get('/orders/:id', defineEventHandler(() => db.from('orders').select()))
        router.post('/orders', defineEventHandler(async (event) => { await demand(event); return db.from('orders').insert({}) }))
        export default useBase('/api/v1', router.handler)`,
    });
    expect(routes['POST /api/wrapped']).toMatchObject({ auth: 'identity', data: [{ operation: 'create', wholeInput: 'body' }] });
    expect(routes['GET /api/v1/orders/:id']?.auth).toBe('none');
    expect(routes['POST /api/v1/orders']?.auth).toBe('identity');
  });

  it('knows the Supabase module, imported or not', async () => {
    const routes = await app({
      'server/api/a.get.ts': `import { serverSupabaseUser, serverSupabaseServiceRole } from '#supabase/server'; ${handler(`
        if (!(await serverSupabaseUser(event))) throw createError({ statusCode: 401 })
        return (await serverSupabaseServiceRole(event).from('orders').select()).data`)}`,
      'server/api/b.get.ts': handler(`return (await serverSupabaseClient(event)).from('orders').select()`),
    });
    expect(routes['GET /api/a']).toMatchObject({ auth: 'identity', data: [{ client: 'service' }] });
    expect(routes['GET /api/b']).toMatchObject({ auth: 'none', data: [{ client: 'user' }] });
  });

  it('takes protections of modules from the config', async () => {
    const config = (rest: string): string => `export default defineNuxtConfig({ modules: ['nuxt-csurf', 'nuxt-security'], ${rest} })`;
    const files = {
      'server/api/login.post.ts': handler(`return db.from('users').update({}).eq('id', 1)`),
      'server/api/hook/[id].post.ts': open,
    };
    const on = await app({ ...files, 'nuxt.config.ts': config(`routeRules: { '/api/hook/**': { csurf: false } }`) });
    expect(on['POST /api/login']?.csrf).toBe('token');
    expect(on['POST /api/login']?.rateLimit).toBeDefined();
    expect(on['POST /api/hook/:id']?.csrf).toBe('same-site');
    const off = await app({ ...files, 'nuxt.config.ts': config(`security: { rateLimiter: false }`) });
    expect(off['POST /api/login']?.rateLimit).toBeUndefined();
  });
});

describe('Nuxt layers', () => {
  const core = {
    'packages/core/package.json': '{"name":"@acme/core","main":"./nuxt.config.ts"}',
    'packages/core/nuxt.config.ts': 'export default defineNuxtConfig({})',
    'packages/core/server/middleware/auth.ts': handler(`if (event.path.startsWith('/api/')) await requireUserSession(event)`),
    'packages/core/server/api/me.get.ts': open,
  };

  it('serves layers with the app and its middleware, once for apps that do it alike', async () => {
    const routes = await app({
      ...core,
      'nuxt.config.ts': `import { list } from './layers.list'; export default defineNuxtConfig({ extends: list })`,
      'layers.list.ts': `export const list = ['@acme/core', './blog']`,
      'blog/nuxt.config.ts': 'export default defineNuxtConfig({})',
      'blog/server/api/posts.get.ts': open,
      'server/api/orders.get.ts': open,
      'apps/other/nuxt.config.ts': `export default defineNuxtConfig({ extends: ['../../packages/core'] })`,
    });
    expect(Object.keys(routes).toSorted()).toEqual(['GET /api/me', 'GET /api/orders', 'GET /api/posts']);
    for (const route of Object.values(routes)) expect(route.auth).toBe('identity');
  });

  it('says which layers are out of sight', async () => {
    const routes = await app({
      'nuxt.config.ts': `export default defineNuxtConfig({ extends: ['github:acme/theme'] })`,
      'server/api/orders.get.ts': open,
    });
    expect(routes['GET /api/orders']?.unresolved).toMatchObject([{ what: 'layer github:acme/theme' }]);
  });

  it('reads Nitro alone', async () => {
    const routes = await routesOf({
      'nitro.config.ts': `export default defineNitroConfig({ srcDir: 'server' })`,
      'server/routes/hello/[name].ts': `export default eventHandler((event) => getRouterParam(event, 'name'))`,
      'server/middleware/log.ts': `import { logger } from 'their-logger'; export default logger()`,
    });
    expect(routes['ALL /hello/:name']).toMatchObject({ framework: 'Nitro', unresolved: [{ what: 'server/middleware/log.ts' }] });
  });
});
