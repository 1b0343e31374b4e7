import { describe, expect, it } from 'vitest';
import { routesOf } from './fixture.ts';

const guards = `
  const jwt = require('jsonwebtoken');
  exports.signedIn = async (ctx, next) => {
    const token = ctx.cookies.get('token');
    if (!token) { ctx.status = 401; ctx.body = { error: 'no' }; return; }
    try { ctx.state.user = jwt.verify(token, process.env.SECRET); } catch (error) { return ctx.throw(401); }
    await next();
  };
  exports.role = (name) => async (ctx, next) => { ctx.assert(ctx.state.user.role === name, 403); return next(); };
  exports.attach = async (ctx, next) => {
    try { ctx.state.user = jwt.verify(ctx.get('Authorization'), process.env.SECRET); } catch (error) { ctx.state.user = null; }
    return next();
  };`;
const koa = (body: string, files: Record<string, string> = {}) =>
  routesOf({
    'app.js': `const Koa = require('koa'); const Router = require('@koa/router'); const { signedIn, role, attach } = require('./guards'); const ok = (ctx) => { ctx.body = {}; };
      const app = new Koa(); ${body} app.listen(3000);`,
    'guards.js': guards,
    ...files,
  });
const levels = (routes: Awaited<ReturnType<typeof routesOf>>): Record<string, string> =>
  Object.fromEntries(Object.values(routes).map((route) => [route.id, route.auth]));

describe('Koa paths', () => {
  it('reads prefixes, names, nested routers, mounts and functional routes', async () => {
    const routes = await koa(`
      const mount = require('koa-mount'); const route = require('koa-route');
      const orders = new Router({ prefix: '/orders' });
      orders.get('/', ok).post('/', ok);
      orders.get('one', '/:id', ok);
      orders.register('/reg', ['PUT', 'PATCH'], ok);
      const api = new Router(); api.prefix('/api'); api.use('/v1', orders.routes(), orders.allowedMethods()); api.all(['/a', '/b'], ok);
      const other = new Koa(); const plain = new Router(); plain.del('/x', ok); other.use(plain.routes());
      app.use(api.routes());
      app.use(mount('/other', other));
      app.use(route.get('/fn/:id', (ctx, id) => { ctx.body = id; }));`);
    expect(Object.keys(routes).toSorted()).toEqual([
      'ALL /api/a',
      'ALL /api/b',
      'DELETE /other/x',
      'GET /api/v1/orders',
      'GET /api/v1/orders/:id',
      'GET /fn/:id',
      'PATCH /api/v1/orders/reg',
      'POST /api/v1/orders',
      'PUT /api/v1/orders/reg',
    ]);
  });

  it('reads koa-joi-router: described routes and routers used as they are', async () => {
    const routes = await routesOf({
      'users.js': `const router = require('koa-joi-router')();
        router.get('/', { validate: {} }, (ctx) => { ctx.body = []; });
        router.route([{ method: ['post', 'put'], path: '/', validate: {}, handler: [async (ctx, next) => { ctx.throw(401); }, (ctx) => { ctx.body = {}; }] }]);
        module.exports = router;`,
      'app.js': `const Koa = require('koa'); const Router = require('koa-router'); const app = new Koa(); const router = new Router();
        router.use('/users', require('./users')); app.use(router.middleware());`,
    });
    expect(Object.keys(routes)).toEqual(['GET /users', 'POST /users', 'PUT /users']);
  });

  it('leaves out routers that nothing uses', async () => {
    const routes = await koa(
      `const live = new Router(); live.get('/live', ok); app.use(live.routes()); const dead = new Router(); dead.get('/dead', ok);`,
    );
    expect(Object.keys(routes)).toEqual(['GET /live']);
  });
});

describe('Koa middleware', () => {
  it('holds for what comes after it, and on its router and path only', async () => {
    const routes = await koa(`
      const open = new Router(); open.get('/open', ok);
      const closed = new Router(); closed.use(signedIn); closed.get('/closed', ok); closed.use('/admin', role('admin')); closed.get('/admin/:id', ok); closed.get('/administration', ok);
      const late = new Router(); late.get('/late', ok);
      app.use(open.routes()); app.use(closed.routes()); app.use(late.routes());
      app.use(signedIn);
      const after = new Router(); after.get('/after', ok); app.use(after.routes());`);
    expect(levels(routes)).toEqual({
      'GET /open': 'none',
      'GET /closed': 'identity',
      'GET /admin/:id': 'role',
      'GET /administration': 'identity',
      'GET /late': 'none',
      'GET /after': 'identity',
    });
    expect(routes['GET /admin/:id']?.roles).toEqual(['admin']);
  });

  it('reads refusals: a status, a throw, an assertion, a destructured response', async () => {
    const routes = await koa(`
      const router = new Router();
      router.get('/status', attach, (ctx) => { if (!ctx.state.user) { ctx.status = 401; return; } ctx.body = {}; });
      router.get('/response', attach, ({ state, response }) => { if (!state.user) { response.status = 403; return response.body = {}; } response.body = {}; });
      router.get('/assert', attach, (ctx) => { ctx.assert(ctx.state.user, 401); ctx.body = {}; });
      router.get('/taken-back', attach, (ctx) => { ctx.status = 404; ctx.status = 200; ctx.body = {}; });
      router.get('/goes-on', attach, async (ctx, next) => { if (!ctx.state.user) ctx.status = 401; return next(); }, ok);
      router.get('/used', attach, (ctx) => { ctx.body = ctx.state.user.id; });
      router.get('/only-guard', signedIn);
      app.use(router.routes());`);
    expect(levels(routes)).toEqual({
      'GET /status': 'identity',
      'GET /response': 'identity',
      'GET /assert': 'identity',
      'GET /taken-back': 'none',
      'GET /goes-on': 'none',
      'GET /used': 'identity',
      'GET /only-guard': 'identity',
    });
  });

  it('knows koa-jwt with its exceptions, Passport and others', async () => {
    const routes = await koa(`
      const jwt = require('koa-jwt'); const passport = require('koa-passport'); const compose = require('koa-compose'); const basic = require('koa-basic-auth');
      const router = new Router();
      app.use(jwt({ secret: process.env.SECRET }).unless({ path: [/^\\/public/, '/login', { url: '/mixed', methods: ['GET'] }] }));
      router.get('/public/x', ok); router.post('/login', ok); router.get('/mixed', ok); router.put('/mixed', ok); router.get('/private', ok);
      router.get('/admin', (ctx) => { if (ctx.state.user.role !== 'admin') ctx.throw(403); ctx.body = {}; });
      app.use(router.routes());
      const other = new Koa(); const second = new Router({ prefix: '/second' });
      second.get('/passport', passport.authenticate('jwt', { session: false }), ok);
      second.get('/callback', (ctx, next) => passport.authenticate('jwt', (error, user) => { if (!user) ctx.throw(401); ctx.body = user; })(ctx, next));
      second.get('/composed', compose([signedIn, role('admin')]), ok);
      second.get('/maybe', jwt({ secret: 'x', passthrough: true }), ok);
      second.get('/basic', basic({ name: 'a', pass: 'b' }), ok);
      other.use(second.routes());`);
    expect(levels(routes)).toEqual({
      'GET /public/x': 'none',
      'POST /login': 'none',
      'GET /mixed': 'none',
      'PUT /mixed': 'identity',
      'GET /private': 'identity',
      'GET /admin': 'role',
      'GET /second/passport': 'identity',
      'GET /second/callback': 'identity',
      'GET /second/composed': 'role',
      'GET /second/maybe': 'none',
      'GET /second/basic': 'presence',
    });
  });

  it('keeps errors caught around next apart from guards, and says what it could not follow', async () => {
    const routes = await koa(
      `
      const missing = require('./generated/guard'); const multer = require('@koa/multer'); const { requireLogin } = require('@company/koa-auth');
      app.use(async (ctx, next) => { try { await next(); } catch (error) { ctx.status = error.status || 500; } });
      const router = new Router();
      router.get('/caught', ok);
      router.get('/missing', missing, ok);
      router.post('/upload', multer().single('file'), ok);
      router.get('/company', requireLogin(), ok);
      app.use(router.routes());`,
    );
    expect(levels(routes)).toEqual({ 'GET /caught': 'none', 'GET /missing': 'none', 'POST /upload': 'none', 'GET /company': 'none' });
    expect(routes['GET /missing']?.unresolved).not.toEqual([]);
    expect(routes['GET /company']?.unresolved).not.toEqual([]);
    expect(routes['POST /upload']?.unresolved).toEqual([]);
  });

  it('does not take a caller found by code it cannot see for none', async () => {
    const routes = await koa(`
      const users = require('weird-db').connect('x');
      app.use(async (ctx, next) => { ctx.state.user = await users.findOne({ token: ctx.cookies.get('token') }); return next(); });
      const router = new Router();
      router.get('/asked', (ctx) => { if (!ctx.state.user) ctx.throw(401); ctx.body = {}; });
      router.get('/made-up', (ctx) => { ctx.state.account = ctx.query.account; if (!ctx.state.account) ctx.throw(401); ctx.body = {}; });
      router.get('/not-asked', ok);
      app.use(router.routes());`);
    expect(levels(routes)).toEqual({ 'GET /asked': 'none', 'GET /made-up': 'none', 'GET /not-asked': 'none' });
    expect(routes['GET /asked']?.unresolved[0]?.what).toContain('caller');
    expect(routes['GET /made-up']?.unresolved).toEqual([]);
    expect(routes['GET /not-asked']?.unresolved).toEqual([]);
  });
});
