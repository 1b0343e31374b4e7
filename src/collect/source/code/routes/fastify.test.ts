import { describe, expect, it } from 'vitest';
import { inventoryOf, routesOf } from './fixture.ts';

const jwt = `
  import fp from 'fastify-plugin';
  import jwt from '@fastify/jwt';
  export default fp(async (app) => {
    app.register(jwt, { secret: process.env.JWT_SECRET });
    app.decorate('authenticate', async (request, reply) => {
      try { await request.jwtVerify(); } catch { reply.code(401).send({ error: 'no' }); }
    });
  });`;
const server = (body: string, more = ''): string => `
  import Fastify from 'fastify';
  import auth from './auth.js';
  ${more}
  const app = Fastify();
  app.register(auth);
  ${body}
  app.listen({ port: 3000 });`;
const app = (body: string, files: Record<string, string> = {}, more = '') =>
  routesOf({ 'app.js': server(body, more), 'auth.js': jwt, ...files });
const levels = (routes: Awaited<ReturnType<typeof routesOf>>): Record<string, string> =>
  Object.fromEntries(Object.values(routes).map((route) => [route.id, route.auth]));

describe('Fastify paths', () => {
  it('reads shorthand, full declarations, prefixes and wildcard routes', async () => {
    const routes = await app(`
      app.get('/', async () => 1);
      app.route({ method: ['POST', 'PUT'], url: '/orders/:id', handler: async () => 1 });
      app.post('/with-options', { schema: {}, handler: async () => 1 });
      app.all('/any/*', async () => 1);
      app.head('/head', async () => 1);
      app.register(async (outer) => {
        outer.get('/', async () => 1);
        outer.register(async (inner) => inner.get('/deep', async () => 1), { prefix: '/v2' });
      }, { prefix: '/api' });`);
    expect(Object.keys(routes).toSorted()).toEqual([
      'ALL /any/*',
      'GET /',
      'GET /api',
      'GET /api/v2/deep',
      'POST /orders/:id',
      'POST /with-options',
      'PUT /orders/:id',
    ]);
  });

  it('gives each link of a chain its own line', async () => {
    const routes = await app(`app\n.withTypeProvider()\n.get('/a', async () => 1)\n.get('/b', async () => 1);`);
    expect((routes['GET /b']?.place.line ?? 0) - (routes['GET /a']?.place.line ?? 0)).toBe(1);
  });

  it('follows plugins in other files, namespaces and dynamic imports; what nobody registers is no route', async () => {
    const plugin = (path: string): string => `export default async function (f) { f.get('${path}', async () => 1); }`;
    const routes = await app(
      `app.register(users, { prefix: '/users' }); app.register(import('./orders.js'), { prefix: '/orders' }); app.register({ default: users }, { prefix: '/again' });`,
      { 'users.js': plugin('/'), 'orders.js': plugin('/:id'), 'dead.js': plugin('/dead') },
      `import users from './users.js';`,
    );
    expect(Object.keys(routes).toSorted()).toEqual(['GET /again', 'GET /orders/:id', 'GET /users']);
  });

  it('builds apps made in functions, once', async () => {
    const routes = await routesOf({
      'app.ts': `import Fastify from 'fastify'; export const buildApp = () => { const app = Fastify(); app.get('/a', async () => 1); return app; };`,
      'server.ts': `import { buildApp } from './app.js'; const start = async () => { const app = buildApp(); app.get('/b', async () => 1); await app.listen({ port: 1 }); }; start();`,
    });
    expect(Object.keys(routes)).toEqual(['GET /a', 'GET /b']);
  });

  it('loads folders as @fastify/autoload does', async () => {
    const plugin = `export default async function (f) { f.get('/', async () => 1); }`;
    const routes = await routesOf({
      'src/app.js': `
        import Fastify from 'fastify'; import autoload from '@fastify/autoload'; import path from 'node:path'; import { fileURLToPath } from 'node:url';
        const __dirname = path.dirname(fileURLToPath(import.meta.url));
        const app = Fastify();
        app.register(autoload, { dir: path.join(__dirname, 'routes'), routeParams: true, ignorePattern: /^_skip/, options: { prefix: '/api' } });
        app.listen({ port: 1 });`,
      'src/routes/root.js': plugin,
      'src/routes/users/index.js': plugin,
      'src/routes/users/sibling.js': plugin.replace("'/'", "'/sibling'"),
      'src/routes/users/_id/orders.js': plugin.replace("'/'", "'/orders'"),
      'src/routes/users/_skipped.js': plugin,
      'src/routes/named/other.js': `${plugin} export const autoPrefix = '/more';`,
      'src/routes/users/index.test.js': plugin,
    });
    expect(Object.keys(routes).toSorted()).toEqual(['GET /api', 'GET /api/named/more', 'GET /api/users', 'GET /api/users/:id/orders']);
  });

  it('starts what fastify-cli starts', async () => {
    const routes = await routesOf({
      'package.json': '{"scripts":{"start":"fastify start -l info app.js"}}',
      'app.js': `module.exports = async function (fastify) { fastify.get('/cli', async () => 1); };`,
    });
    expect(Object.keys(routes)).toEqual(['GET /cli']);
  });
});

describe('Fastify scopes', () => {
  it('keeps hooks and decorators inside a plugin, unless fastify-plugin breaks the scope', async () => {
    const routes = await app(`
      app.register(async (closed) => {
        closed.addHook('onRequest', closed.authenticate);
        closed.get('/closed', async () => 1);
        closed.register(async (child) => child.get('/child', async () => 1));
      });
      app.register(async (open) => open.get('/open', async () => 1));`);
    expect(levels(routes)).toEqual({ 'GET /closed': 'identity', 'GET /child': 'identity', 'GET /open': 'none' });
  });

  it('lets a hook hold for routes declared before it, but not for plugins that were awaited before it', async () => {
    const routes = await app(`
      app.get('/before', async () => 1);
      app.register(async (f) => f.get('/queued', async () => 1));
      await app.register(async (f) => f.get('/loaded', async () => 1));
      app.register(async (f) => f.get('/later', async () => 1));
      app.addHook('preHandler', async (request) => { await request.jwtVerify(); });`);
    expect(levels(routes)).toEqual({ 'GET /before': 'identity', 'GET /queued': 'none', 'GET /loaded': 'none', 'GET /later': 'identity' });
  });

  it('applies onRoute hooks to the routes registered after them', async () => {
    const routes = await app(`
      app.register(async (f) => {
        f.get('/early', { config: { secure: true } }, async () => 1);
        f.addHook('onRoute', (route) => { if (route.config?.secure) route.preHandler = [f.authenticate]; });
        f.get('/secure', { config: { secure: true } }, async () => 1);
        f.get('/plain', async () => 1);
      });`);
    expect(levels(routes)).toEqual({ 'GET /early': 'none', 'GET /secure': 'identity', 'GET /plain': 'none' });
  });
});

describe('Fastify guards', () => {
  it('tells which hooks refuse, in every style', async () => {
    const routes = await app(`
      const callback = (request, reply, done) => { request.jwtVerify((error) => { if (error) return reply.code(401).send(); done(); }); };
      const thrown = async (request) => { const { sub } = await request.jwtVerify(); if (!sub) throw new Error('no'); };
      const silent = async (request) => { try { await request.jwtVerify(); } catch {} };
      const statusOnly = async (request, reply) => { try { await request.jwtVerify(); } catch { reply.code(401); } };
      const sends = async (request, reply) => { try { await request.jwtVerify(); } catch { reply.code(401).send(); } if (request.user.role !== 'admin') reply.code(403).send(); };
      app.get('/callback', { preHandler: callback }, async () => 1);
      app.get('/thrown', { onRequest: [thrown] }, async () => 1);
      app.get('/silent', { preHandler: silent }, async () => 1);
      app.get('/status-only', { preHandler: statusOnly }, async () => 1);
      app.get('/admin', { preValidation: sends }, async () => 1);
      app.get('/in-handler', async (request, reply) => { await app.authenticate(request, reply); if (reply.sent) return; return db.rows(); });
      app.get('/passed', { preHandler: (request, reply, done) => request.jwtVerify(done) }, async () => 1);`);
    expect(levels(routes)).toEqual({
      'GET /callback': 'identity',
      'GET /thrown': 'identity',
      'GET /silent': 'none',
      'GET /status-only': 'none',
      'GET /admin': 'role',
      'GET /in-handler': 'identity',
      'GET /passed': 'identity',
    });
    expect(routes['GET /admin']?.roles).toEqual(['admin']);
    expect(routes['GET /silent']?.guards[0]?.skippedWhen).toBeDefined();
  });

  it('reads answers: sent, returned, refused by status', async () => {
    const routes = await app(`
      app.get('/returned', async (request, reply) => { const user = await request.jwtVerify().catch(() => null); if (!user) { reply.code(401); return { error: 1 }; } return { user }; });
      app.get('/sent', (request, reply) => { request.jwtVerify((error) => { if (error) { reply.status(401).send({}); } else { reply.send({ ok: 1 }); } }); });
      app.get('/sensible', async (request, reply) => { if (request.headers['x-key'] !== process.env.API_KEY) return reply.unauthorized(); return 1; });`);
    expect(levels(routes)).toMatchObject({ 'GET /sent': 'identity', 'GET /sensible': 'role' });
  });

  it('knows the guards of plugins', async () => {
    const routes = await app(
      `
      app.register(authPlugin);
      app.register(rateLimit, { global: false });
      app.register(csrf);
      app.after(() => {
        app.get('/either', { preHandler: app.auth([app.authenticate, async (request) => { if (!request.headers['x-any']) throw new Error(); }]) }, async () => 1);
        app.get('/both', { preHandler: app.auth([app.authenticate, async () => {}], { relation: 'and' }) }, async () => 1);
        app.get('/limited', { config: { rateLimit: { max: 5 } } }, async () => 1);
        app.get('/unlimited', async () => 1);
        app.post('/form', { preHandler: app.csrfProtection }, async (request) => { request.session.touch(); return 1; });
      });
      app.register(async (f) => { f.register(bearer, { keys: new Set([process.env.KEY]) }); f.get('/bearer', async () => 1); });
      app.register(async (f) => { f.register(bearer, { keys: ['written-in-the-code'] }); f.get('/known-key', async () => 1); });`,
      {},
      `import authPlugin from '@fastify/auth'; import rateLimit from '@fastify/rate-limit'; import csrf from '@fastify/csrf-protection'; import bearer from '@fastify/bearer-auth';`,
    );
    expect(levels(routes)).toMatchObject({
      'GET /either': 'none',
      'GET /both': 'identity',
      'GET /bearer': 'identity',
      'GET /known-key': 'presence',
    });
    expect(routes['GET /limited']?.rateLimit).toBeDefined();
    expect(routes['GET /unlimited']?.rateLimit).toBeUndefined();
    expect(routes['POST /form']?.csrf).toBe('token');
  });

  it('follows functions put on the request and values kept on it', async () => {
    const routes = await app(`
      app.addHook('preHandler', async (request) => {
        request.caller = async () => { const { sub } = await request.jwtVerify(); return sub; };
      });
      app.decorateRequest('tenant', null);
      app.decorateRequest('who', async function () { return (await this.jwtVerify()).sub; });
      app.get('/asked', async (request) => { const id = await request.caller(); return id; });
      app.get('/not-asked', async (request) => 1);
      app.get('/decorated', async (request) => request.who());`);
    expect(levels(routes)).toEqual({ 'GET /asked': 'identity', 'GET /not-asked': 'none', 'GET /decorated': 'identity' });
  });

  it('says what it could not follow', async () => {
    const routes = await app(
      `
      app.get('/missing', { preHandler: guard }, async () => 1);
      app.get('/unknown', { preHandler: [app.somethingElse] }, async () => 1);
      app.get('/upload', { preHandler: upload() }, async () => 1);
      app.register(async (f) => { f.register(company); f.get('/company', async () => 1); });`,
      {},
      `import guard from './generated/guard.js'; import upload from 'fast-upload'; import company from '@company/fastify-auth';`,
    );
    expect(routes['GET /missing']?.unresolved).not.toEqual([]);
    expect(routes['GET /unknown']?.unresolved).not.toEqual([]);
    expect(routes['GET /company']?.unresolved[0]?.what).toContain('@company/fastify-auth');
    expect(routes['GET /upload']?.unresolved).toEqual([]);
  });

  it('lists what a proxy passes on, with its guard', async () => {
    const routes = await app(
      `app.register(proxy, { upstream: 'http://inner', prefix: '/inner', preHandler: async (request) => { await request.jwtVerify(); } });`,
      {},
      `import proxy from '@fastify/http-proxy';`,
    );
    expect(levels(routes)).toEqual({ 'ALL /inner/*': 'identity' });
  });
});

describe('Fastify data', () => {
  it('counts the data of the handler and its own hooks, not that of the scope', async () => {
    const { routes } = await inventoryOf({
      'auth.js': jwt,
      'app.js': server(
        `
        app.addHook('onRequest', async () => { await prisma.visit.create({ data: {} }); });
        app.get('/orders/:id', { preHandler: async (request) => { await request.jwtVerify(); } }, async (request) => prisma.order.findFirst({ where: { id: request.params.id, userId: request.user.sub } }));
        app.get('/all', async () => prisma.order.findMany());`,
        `import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();`,
      ),
    });
    const [own, all] = routes;
    expect(own?.data.map(({ name, scope, auth }) => ({ name, scope, auth }))).toEqual([
      { name: 'order', scope: 'owner', auth: 'identity' },
    ]);
    expect(all?.data.map(({ name, scope, auth }) => ({ name, scope, auth }))).toEqual([{ name: 'order', scope: 'none', auth: 'none' }]);
  });
});

it('knows the folders of files of Fastify', async () => {
  const routes = await app(
    `app.register(files, { root: '/a', prefix: '/logs/', list: true });
     app.register(files, { root: '/b', prefix: '/assets/' }); app.register(files, { root: '/c' });`,
    {},
    `import files from '@fastify/static';`,
  );
  expect(Object.values(routes).map(({ id, kind, files }) => [id, kind, files])).toEqual([
    ['GET /logs', 'page', 'listed'],
    ['GET /assets', 'page', 'served'],
  ]);
});
