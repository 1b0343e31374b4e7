import { describe, expect, it } from 'vitest';
import { routesOf } from './fixture.ts';

const guards = `
  import { createMiddleware } from 'hono/factory';
  import { HTTPException } from 'hono/http-exception';
  import { verify } from 'hono/jwt';
  export const signedIn = createMiddleware(async (c, next) => {
    const token = c.req.header('Authorization')?.replace('Bearer ', '');
    if (!token) return c.json({ error: 'no' }, 401);
    try { c.set('user', await verify(token, process.env.SECRET)); } catch { throw new HTTPException(401); }
    await next();
  });
  export const attach = async (c, next) => {
    try { c.set('user', await verify(c.req.header('Authorization'), process.env.SECRET)); } catch { c.set('user', null); }
    await next();
  };
  export const admin = createMiddleware(async (c, next) => { if (c.get('user').role !== 'admin') return c.json({}, 403); return next(); });
  export const lax = createMiddleware(async (c, next) => { if (c.get('user')?.role && c.get('user').role !== 'admin') return c.json({}, 403); return next(); });`;
const hono = (body: string, files: Record<string, string> = {}) =>
  routesOf({
    'app.ts': `import { Hono } from 'hono'; import { signedIn, attach, admin, lax } from './guards'; const ok = (c) => c.json({});\n${body}`,
    'guards.ts': guards,
    ...files,
  });
const levels = (routes: Awaited<ReturnType<typeof routesOf>>): Record<string, string> =>
  Object.fromEntries(Object.values(routes).map((route) => [`${route.method} ${route.path}`, route.auth]));

describe('Hono paths', () => {
  it('reads verbs, chains, lists of methods, base paths and mounted apps', async () => {
    const routes = await hono(`
      const inner = new Hono().get('/', ok).post(ok);
      inner.get('/:id{[0-9]+}', ok);
      const app = new Hono().basePath('/api');
      app.get('/hello', ok).put('/hello', ok);
      app.on(['PURGE', 'DELETE'], ['/a', '/b'], ok);
      app.route('/inner', inner);
      app.options('/preflight', ok);
      app.get('/files/*', ok);
      export default app;`);
    expect(Object.keys(levels(routes)).toSorted()).toEqual([
      'DELETE /api/a',
      'DELETE /api/b',
      'GET /api/files/*',
      'GET /api/hello',
      'GET /api/inner',
      'GET /api/inner/:id{[0-9]+}',
      'POST /api/inner',
      'PURGE /api/a',
      'PURGE /api/b',
      'PUT /api/hello',
    ]);
  });

  it('reads OpenAPI routes where they are described, and the document they make', async () => {
    const routes = await routesOf({
      'routes.ts': `import { createRoute } from '@hono/zod-openapi'; import { signedIn } from './guards';
        export const one = createRoute({ method: 'get', path: '/users/{id}/posts/{postId}', middleware: [signedIn] as const, responses: {} });
        export const all = createRoute({ method: 'get', path: '/users', responses: {} });`,
      'guards.ts': guards,
      'app.ts': `import { OpenAPIHono } from '@hono/zod-openapi'; import * as routes from './routes';
        const app = new OpenAPIHono(); app.openapi(routes.one, (c) => c.json({})).openapi(routes.all, (c) => c.json([])); app.doc('/doc', {}); export default app;`,
    });
    expect(levels(routes)).toEqual({ 'GET /users/:id/posts/:postId': 'identity', 'GET /users': 'none', 'GET /doc': 'none' });
    expect(routes['GET /users/:id/posts/:postId']?.place.file).toBe('routes.ts');
  });

  it('leaves out apps that nothing serves where others are served', async () => {
    const routes = await hono(
      `import { serve } from '@hono/node-server'; const app = new Hono(); app.get('/live', ok); const dead = new Hono(); dead.get('/dead', ok); serve({ fetch: app.fetch });`,
    );
    expect(Object.keys(routes)).toEqual(['GET /live']);
  });

  it('puts apps together in a module that does not name Hono', async () => {
    const routes = await routesOf({
      'factory.ts': `import { Hono } from 'hono'; export const createApp = () => new Hono();`,
      'users.ts': `import { createApp } from './factory'; export const users = createApp(); users.get('/', (c) => c.json([]));`,
      'index.ts': `import { createApp } from './factory'; import { users } from './users'; const app = createApp(); app.route('/users', users); export default app;`,
    });
    expect(Object.keys(routes)).toEqual(['GET /users']);
  });
});

describe('Hono middleware', () => {
  it('holds for what is registered after it and matches its path, across mounted apps', async () => {
    const routes = await hono(`
      const first = new Hono(); first.use('*', signedIn); first.get('/x', ok);
      const second = new Hono(); second.get('/y', ok);
      const third = new Hono(); third.get('/z', ok);
      const app = new Hono();
      app.get('/early', ok);
      app.route('/api', third);
      app.route('/api', first);
      app.route('/api', second);
      app.use('/admin/*', signedIn, admin);
      app.get('/admin', ok);
      app.get('/admin/users/:id', ok);
      app.get('/administration', ok);
      export default app;`);
    expect(levels(routes)).toEqual({
      'GET /early': 'none',
      'GET /api/z': 'none',
      'GET /api/x': 'identity',
      'GET /api/y': 'identity',
      'GET /admin': 'role',
      'GET /admin/users/:id': 'role',
      'GET /administration': 'none',
    });
  });

  it('tells middleware that attaches a user from middleware that asks for one', async () => {
    const routes = await hono(`
      const app = new Hono();
      app.use(attach);
      app.get('/attached', ok);
      app.get('/lax', lax, ok);
      app.get('/asked', (c) => { const user = c.get('user'); if (!user) return c.json({}, 401); return c.json({ user }); });
      app.get('/by-status', (c) => { if (!c.var.user) { c.status(401); return c.json({ error: 1 }); } return c.json({}); });
      app.get('/thrown', (c) => c.json({ id: c.get('user').sub }));
      export default app;`);
    expect(levels(routes)).toEqual({
      'GET /attached': 'none',
      'GET /lax': 'none',
      'GET /asked': 'identity',
      'GET /by-status': 'identity',
      'GET /thrown': 'identity',
    });
  });

  it('knows the middleware of the package', async () => {
    const routes = await hono(`
      import { jwt } from 'hono/jwt'; import { bearerAuth } from 'hono/bearer-auth'; import { basicAuth } from 'hono/basic-auth'; import { csrf } from 'hono/csrf';
      import { every, except, some } from 'hono/combine';
      const app = new Hono();
      app.get('/jwt', jwt({ secret: process.env.SECRET }), ok);
      app.get('/role', jwt({ secret: process.env.SECRET }), (c) => { if (c.get('jwtPayload').role !== 'admin') return c.json({}, 403); return c.json({}); });
      app.get('/bearer', bearerAuth({ token: process.env.TOKEN }), ok);
      app.get('/known-key', bearerAuth({ token: 'letmein' }), ok);
      app.get('/own-check', bearerAuth({ verifyToken: async (token) => token === process.env.TOKEN }), ok);
      app.get('/basic', basicAuth({ username: 'admin', password: process.env.PASSWORD }), ok);
      app.get('/some', some(signedIn, jwt({ secret: 'x' })), ok);
      app.get('/any', some(signedIn, (c, next) => next()), ok);
      app.get('/every', every(signedIn, admin), ok);
      app.use('/part/*', except('/part/open/*', signedIn));
      app.get('/part/open/x', ok);
      app.get('/part/closed', ok);
      app.post('/form', csrf(), ok);
      export default app;`);
    expect(levels(routes)).toEqual({
      'GET /jwt': 'identity',
      'GET /role': 'role',
      'GET /bearer': 'identity',
      'GET /known-key': 'presence',
      'GET /own-check': 'role',
      'GET /basic': 'identity',
      'GET /some': 'identity',
      'GET /any': 'none',
      'GET /every': 'role',
      'GET /part/open/x': 'none',
      'GET /part/closed': 'identity',
      'POST /form': 'none',
    });
    expect(routes['POST /form']?.csrf).toBe('token');
  });

  it('passes through factories of handlers and says what it could not follow', async () => {
    const routes = await hono(`
      import { createFactory } from 'hono/factory'; import missing from './generated'; import { upload } from 'hono-upload'; import { requireAuth } from '@company/guards';
      const factory = createFactory();
      const handlers = factory.createHandlers(signedIn, ok);
      const app = factory.createApp();
      app.get('/handlers', ...handlers);
      app.get('/missing', missing, ok);
      app.get('/upload', upload({}), ok);
      app.get('/company', requireAuth(), ok);
      export default app;`);
    expect(routes['GET /handlers']?.auth).toBe('identity');
    expect(routes['GET /missing']?.unresolved).not.toEqual([]);
    expect(routes['GET /company']?.unresolved).not.toEqual([]);
    expect(routes['GET /upload']?.unresolved).toEqual([]);
  });

  it('runs an all-methods guard as middleware, not as a route', async () => {
    const routes = await hono(`
      const app = new Hono();
      app.all('/me/*', async (c, next) => { if (!c.get('user')) return c.json({}, 401); await next(); });
      app.get('/me/orders', ok);
      export default app;`);
    expect(Object.keys(routes)).toEqual(['GET /me/orders']);
  });
});

describe('Hono inside a platform', () => {
  const app = (
    base: string,
  ): string => `import { Hono } from 'hono'; import { handle } from 'hono/vercel'; const app = new Hono().basePath('${base}');
    app.get('/open', (c) => c.json({})); app.get('/private/x', (c) => c.json({}));`;

  it('stands behind the middleware file of Next.js, in place of the catch-all route', async () => {
    const routes = await routesOf({
      'package.json': '{"dependencies":{"next":"15.0.0","hono":"4.0.0"}}',
      'app/api/[[...route]]/route.ts': `${app('/api')} export const GET = handle(app); export const POST = handle(app);`,
      'middleware.ts': `import { NextResponse } from 'next/server'; import { getToken } from 'next-auth/jwt';
        export async function middleware(request) { if (!(await getToken({ req: request }))) return NextResponse.redirect('/login'); return NextResponse.next(); }
        export const config = { matcher: ['/api/private/:path*'] };`,
    });
    expect(levels(routes)).toEqual({ 'GET /api/open': 'none', 'GET /api/private/x': 'identity' });
  });

  it('stands behind verify_jwt of an Edge Function, under its name', async () => {
    const routes = await routesOf({
      'supabase/config.toml': '[functions.open]\nverify_jwt = false\n',
      'supabase/functions/orders/index.ts': `${app('/orders').replace("'hono'", "'npm:hono@4'")} Deno.serve(app.fetch);`,
      'supabase/functions/open/index.ts': `import { Hono } from 'jsr:@hono/hono'; const app = new Hono(); app.get('/open/x', (c) => c.json({})); Deno.serve(app.fetch);`,
    });
    expect(levels(routes)).toEqual({
      'GET /functions/v1/orders/open': 'presence',
      'GET /functions/v1/orders/private/x': 'presence',
      'GET /functions/v1/open/x': 'none',
    });
    expect(routes['GET /functions/v1/open/x']?.kind).toBe('edge-function');
  });
});
