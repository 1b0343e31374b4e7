import { describe, expect, it } from 'vitest';
import { type Files, routesOf } from './fixture.ts';
import { around, namedRoute } from './remix-files.ts';

const router = {
  'package.json': '{"dependencies":{"react-router":"^7.9.0"},"devDependencies":{"@react-router/dev":"^7.9.0"}}',
  'app/root.tsx': 'export default function App() { return null; }',
};
const session = `
  import { createCookieSessionStorage, redirect } from 'react-router';
  const storage = createCookieSessionStorage({ cookie: { name: '__session', secrets: [process.env.SESSION_SECRET] } });
  export async function requireUserId(request) {
    const session = await storage.getSession(request.headers.get('Cookie'));
    const userId = session.get('userId');
    if (!userId) throw redirect('/login');
    return userId;
  }`;
const db = `
  import { PrismaClient } from '@prisma/client';
  export const prisma = new PrismaClient();`;
const lib = { 'app/session.server.ts': session, 'app/db.server.ts': db };
const imports = `import { redirect, data } from 'react-router'; import { prisma } from '../db.server'; import { requireUserId } from '../session.server';`;
const page = 'export default function Page() { return null; }';
const app = (files: Files) => routesOf({ ...router, ...lib, ...files });
const flat = { 'app/routes.ts': `import { flatRoutes } from '@react-router/fs-routes'; export default flatRoutes();` };

const urlOf = (file: string, convention: 'flat' | 'nested' | 'hybrid' | 'plus'): string | undefined => namedRoute(file, convention)?.url;

describe('names of route files', () => {
  it('reads flat names', () => {
    expect(urlOf('_index.tsx', 'flat')).toBe('/');
    expect(urlOf('notes.$noteId.tsx', 'flat')).toBe('/notes/:noteId');
    expect(urlOf('_auth.login.tsx', 'flat')).toBe('/login');
    expect(urlOf('users_.$id.edit/route.tsx', 'flat')).toBe('/users/:id/edit');
    expect(urlOf('($lang).about.tsx', 'flat')).toBe('/:lang?/about');
    expect(urlOf('files.$.ts', 'flat')).toBe('/files/*');
    expect(urlOf('sitemap[.]xml.ts', 'flat')).toBe('/sitemap.xml');
    expect(urlOf('notes/card.tsx', 'flat')).toBeUndefined();
    expect(urlOf('notes.server.ts', 'flat')).toBeUndefined();
  });

  it('reads folders, folders with dots, and folders with a plus', () => {
    expect(urlOf('__auth/notes/$id/index.tsx', 'nested')).toBe('/notes/:id');
    expect(urlOf('api.orders.ts', 'nested')).toBe('/api/orders');
    expect(urlOf('settings/profile/password_.create.tsx', 'hybrid')).toBe('/settings/profile/password/create');
    expect(urlOf('_marketing/+logos/logos.ts', 'hybrid')).toBeUndefined();
    expect(urlOf('_auth+/login.tsx', 'plus')).toBe('/login');
    expect(urlOf('users+/$id/route.tsx', 'plus')).toBe('/users/:id');
    expect(urlOf('users+/$id/form.tsx', 'plus')).toBeUndefined();
  });

  it('finds the layouts around a route', () => {
    const names = ['admin.tsx', 'admin._index.tsx', 'admin.users.tsx', 'admin_.login.tsx'].flatMap(
      (file) => namedRoute(file, 'flat') ?? [],
    );
    const layoutsOf = (file: string) => around(names.find((name) => name.file === file) ?? names[0]!, names).map((name) => name.file);
    expect(layoutsOf('admin.users.tsx')).toEqual(['admin.tsx']);
    expect(layoutsOf('admin._index.tsx')).toEqual(['admin.tsx']);
    expect(layoutsOf('admin_.login.tsx')).toEqual([]);
  });
});

describe('React Router and Remix routes', () => {
  it('reads a table of routes with prefixes, layouts and indexes', async () => {
    const routes = await app({
      'app/routes.ts': `
        import { index, layout, prefix, route } from '@react-router/dev/routes';
        export default [
          index('home.tsx'),
          ...prefix('admin', [layout('admin/layout.tsx', [index('admin/home.tsx'), route('users/:id', 'admin/user.tsx')])]),
          route('images/*', './images.ts'),
        ];`,
      'app/home.tsx': page,
      'app/admin/layout.tsx': page,
      'app/admin/home.tsx': `export const action = async () => null; ${page}`,
      'app/admin/user.tsx': `export const loader = async () => ({}); ${page}`,
      'app/images.ts': `export const loader = async () => new Response('x');`,
    });
    expect(Object.keys(routes).toSorted()).toEqual([
      'GET /images/*',
      'PAGE /',
      'PAGE /admin',
      'PAGE /admin/users/:id',
      'POST /admin?index',
    ]);
  });

  it('tells what cannot be read of the table', async () => {
    const routes = await app({ 'app/routes.ts': `import { make } from 'their-routes'; export default make();` });
    expect(Object.values(routes)[0]?.unresolved[0]?.why).toBe('the table of routes could not be read whole');
  });

  it('follows sessions into loaders and actions', async () => {
    const routes = await app({
      ...flat,
      'app/routes/orders.tsx': `${imports}
        export const loader = async ({ request }) => {
          const userId = await requireUserId(request);
          return { orders: await prisma.order.findMany({ where: { userId } }) };
        };
        export const action = async ({ request }) => {
          const form = await request.formData();
          await prisma.order.delete({ where: { id: form.get('id') } });
          return redirect('/orders');
        };
        ${page}`,
    });
    expect(routes['PAGE /orders']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
    expect(routes['POST /orders']).toMatchObject({ auth: 'none', csrf: 'same-site', data: [{ operation: 'delete', auth: 'none' }] });
  });

  it('takes a session that nothing signs for what the caller says', async () => {
    const routes = await app({
      ...flat,
      'app/session.server.ts': session.replace(`, secrets: [process.env.SESSION_SECRET]`, ''),
      'app/routes/orders.tsx': `${imports}
        export const loader = async ({ request }) => { await requireUserId(request); return prisma.order.findMany(); };`,
    });
    expect(routes['GET /orders']?.auth).toBe('presence');
  });

  it('does not hold the loader of a layout for a guard', async () => {
    const routes = await app({
      ...flat,
      'app/routes/admin.tsx': `${imports}
        export const loader = async ({ request }) => { await requireUserId(request); return {}; };
        ${page}`,
      'app/routes/admin.users.tsx': `${imports} export const loader = async () => prisma.user.findMany(); ${page}`,
    });
    expect(routes['PAGE /admin/users']).toMatchObject({ auth: 'none', data: [{ name: 'user' }] });
  });

  it('runs the middleware of root and layouts with the path known', async () => {
    const middleware = `
      import { createContext, redirect } from 'react-router';
      import { requireUserId } from './session.server';
      export const userContext = createContext();
      const gate = async ({ request, context }, next) => {
        if (new URL(request.url).pathname.startsWith('/app')) context.set(userContext, { id: await requireUserId(request) });
        return next();
      };
      export const middleware = [gate];`;
    const routes = await app({
      ...flat,
      'app/root.tsx': `${middleware} export default function App() { return null; }`,
      'app/routes/app.orders.tsx': `${imports}
        import { userContext } from '../root';
        export const loader = async ({ context }) => prisma.order.findMany({ where: { userId: context.get(userContext).id } });
        ${page}`,
      'app/routes/about.tsx': `${imports} export const loader = async () => prisma.order.findMany(); ${page}`,
    });
    expect(routes['PAGE /app/orders']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
    expect(routes['PAGE /app/orders']?.guards[0]?.via).toBe('app/root.tsx');
    expect(routes['PAGE /about']?.auth).toBe('none');
  });

  it('names the methods that an action tells apart, and stops where nothing lets the request through', async () => {
    const routes = await app({
      ...flat,
      'app/routes/api.orders.$id.ts': `${imports}
        export const action = async ({ request, params }) => {
          await requireUserId(request);
          switch (request.method) {
            case 'PATCH': return data(await prisma.order.update({ where: { id: params.id }, data: {} }));
            case 'DELETE': return data(await prisma.order.delete({ where: { id: params.id } }));
            default: return data(null, { status: 405 });
          }
        };`,
    });
    expect(routes['PATCH /api/orders/:id']?.data).toMatchObject([{ operation: 'update', auth: 'identity' }]);
    expect(routes['DELETE /api/orders/:id']?.data).toMatchObject([{ operation: 'delete', auth: 'identity' }]);
  });

  it('reads Remix apps of both generations and knows which refuse posts of other sites', async () => {
    const files = (version: string) => ({
      'package.json': `{"dependencies":{"@remix-run/react":"${version}","@remix-run/node":"${version}"}}`,
      'app/root.tsx': router['app/root.tsx'],
      'app/routes/notes/$id.tsx': `export const action = async () => null; ${page}`,
      'app/routes/notes.new.tsx': page,
    });
    expect(Object.keys(await routesOf(files('^1.19.0'))).toSorted()).toEqual(['PAGE /notes/:id', 'PAGE /notes/new', 'POST /notes/:id']);
    expect(Object.keys(await routesOf(files('^2.17.0')))).toEqual(['PAGE /notes/new']);
    const save = { ...flat, 'app/routes/save.tsx': `export const action = async () => null; ${page}` };
    expect((await app(save))['POST /save']?.csrf).toBe('same-site');
    const newer = { 'package.json': router['package.json'].replaceAll('^7.9.0', '^7.12.0') };
    expect((await app({ ...save, ...newer }))['POST /save']?.csrf).toBe('framework');
  });
});

describe('servers in front of the app', () => {
  const orders = {
    'app/routes/orders.tsx': `${imports}
      export const loader = async ({ context }) => prisma.order.findMany({ where: { userId: context.user?.id } });
      ${page}`,
  };

  it('runs the server before each route', async () => {
    const routes = await app({
      ...flat,
      ...orders,
      'server.ts': `
        import express from 'express';
        import { expressjwt } from 'express-jwt';
        import { createRequestHandler } from '@react-router/express';
        const server = express();
        server.get('/health', (req, res) => res.json({}));
        server.use(expressjwt({ secret: process.env.JWT_SECRET, algorithms: ['HS256'] }));
        server.all('*', createRequestHandler({ build, getLoadContext: (req) => ({ user: req.auth }) }));
        server.listen(3000);`,
    });
    expect(Object.keys(routes).toSorted()).toEqual(['GET /health', 'PAGE /orders']);
    expect(routes['PAGE /orders']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
    expect(routes['GET /health']?.auth).toBe('none');
  });

  it('knows the context that a worker makes for each request', async () => {
    const worker = (serve: string): string => `
      import { Hono } from 'hono';
      import { createRequestHandler, RouterContextProvider } from 'react-router';
      import { auth, sessionContext } from '../app/auth';
      export default { async fetch(request, env, ctx) { ${serve} } };`;
    const context = `const context = new RouterContextProvider(); context.set(sessionContext, await auth.api.getSession({ headers: request.headers }));`;
    const files = {
      ...flat,
      'app/auth.ts': `
        import { betterAuth } from 'better-auth';
        import { createContext } from 'react-router';
        export const auth = betterAuth({});
        export const sessionContext = createContext(undefined);`,
      'app/routes/mine.tsx': `${imports}
        import { sessionContext } from '../auth';
        export const loader = async ({ context }) => {
          const session = context.get(sessionContext);
          if (!session) throw redirect('/login');
          return prisma.order.findMany({ where: { userId: session.user.id } });
        };
        ${page}`,
    };
    const direct = worker(`${context} return createRequestHandler(() => import('virtual:build'))(request, context);`);
    const hono = worker(`
      const app = new Hono();
      app.get('/api/health', (c) => c.json({}));
      app.all('*', async (c) => { const request = c.req.raw; ${context} return createRequestHandler(() => import('virtual:build'))(request, context); });
      return app.fetch(request, env, ctx);`);
    const straight = await app({ ...files, 'workers/app.ts': direct });
    expect(Object.keys(straight)).toEqual(['PAGE /mine']);
    expect(straight['PAGE /mine']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
    const routed = await app({ ...files, 'workers/app.ts': hono });
    expect(Object.keys(routed).toSorted()).toEqual(['GET /api/health', 'PAGE /mine']);
    expect(routed['PAGE /mine']).toMatchObject({ auth: 'identity', data: [{ scope: 'owner' }] });
  });
});
