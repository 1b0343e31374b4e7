import { describe, expect, it } from 'vitest';
import { type Files, inventoryOf, routesOf } from './fixture.ts';

const guard = `const jwt = require('jsonwebtoken');
function requireUser(req, res, next) { try { req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET); next(); } catch (e) { res.status(401).json({ error: 'no' }); } }
const requireRole = (...roles) => (req, res, next) => { if (!req.user || !roles.includes(req.user.role)) return res.status(403).json({}); next(); };
const optionalUser = (req, res, next) => { try { req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET); } catch (e) {} next(); };
const decodeUser = (req, res, next) => { req.user = jwt.decode(req.headers.authorization); if (!req.user) return res.sendStatus(401); next(); };
const wrap = (fn) => (req, res, next) => Promise.resolve(fn(req, res, next)).catch(next);
module.exports = { requireUser, requireRole, optionalUser, decodeUser, wrap };`;
const orders = `const express = require('express'); const { requireUser, requireRole, wrap } = require('../guard'); const { prisma } = require('../db'); const router = express.Router();
router.get('/', async (req, res) => res.json(await prisma.order.findMany()));
router.use(requireUser);
router.get('/:id', async (req, res) => res.json(await prisma.order.findUnique({ where: { id: req.params.id } })));
router.delete('/:id', requireRole('admin'), wrap(async (req, res) => { await prisma.order.delete({ where: { id: req.params.id } }); res.sendStatus(204); }));
module.exports = router;`;
const server = (body: string, files: Files = {}): Files => ({
  'package.json': '{"name":"api","dependencies":{"express":"5.0.0"}}',
  'db.js': `const { PrismaClient } = require('@prisma/client'); exports.prisma = new PrismaClient();`,
  'guard.js': guard,
  'routes/orders.js': orders,
  'app.js': `const express = require('express'); const { requireUser, requireRole, optionalUser, decodeUser, wrap } = require('./guard'); const { prisma } = require('./db'); const app = express();
const list = async (req, res) => res.json(await prisma.order.findMany()); const orders = require('./routes/orders');
${body}
app.listen(3000);`,
  ...files,
});
const levels = async (body: string, files: Files = {}) =>
  Object.fromEntries(Object.entries(await routesOf(server(body, files))).map(([id, route]) => [id, route.auth]));

describe('an Express app of several files', () => {
  it('has the routes of mounted routers under their prefix, guarded from where the guard stands', async () => {
    expect(await levels(`app.use('/api/orders', orders);`)).toEqual({
      'GET /api/orders': 'none',
      'GET /api/orders/:id': 'identity',
      'DELETE /api/orders/:id': 'role',
    });
  });

  it('has the guard of the mount for all of a router', async () => {
    expect(await levels(`app.use('/api/orders', requireUser, orders);`)).toMatchObject({ 'GET /api/orders': 'identity' });
  });

  it('mounts one router twice, with a guard on one mount only', async () => {
    const found = await levels(`app.use('/public', orders); app.use('/private', requireUser, orders);`);
    expect(found['GET /public']).toBe('none');
    expect(found['GET /private']).toBe('identity');
  });

  it('joins the prefixes of routers in routers', async () => {
    const found = await levels(
      `const api = express.Router(); const v1 = express.Router(); v1.use('/orders', orders); api.use('/v1', requireUser, v1); app.use('/api', api);`,
    );
    expect(Object.keys(found).toSorted()).toEqual(['DELETE /api/v1/orders/:id', 'GET /api/v1/orders', 'GET /api/v1/orders/:id']);
    expect(found['GET /api/v1/orders']).toBe('identity');
  });

  it('names the roles', async () => {
    const routes = await routesOf(server(`app.use('/api/orders', orders);`));
    expect(routes['DELETE /api/orders/:id']?.roles).toEqual(['admin']);
    expect(routes['GET /api/orders/:id']?.roles).toEqual([]);
  });
});

describe('the order of middleware', () => {
  it.each<[string, string, string]>([
    ['before the route', `app.use(requireUser); app.get('/x', list);`, 'identity'],
    ['after the route', `app.get('/x', list); app.use(requireUser);`, 'none'],
    ['for another path', `app.use('/admin', requireUser); app.get('/x', list);`, 'none'],
    ['for the path', `app.use('/x', requireUser); app.get('/x', list);`, 'identity'],
    ['for a path that only begins alike', `app.use('/x', requireUser); app.get('/xy', list);`, 'none'],
    ['on the route', `app.get('/x', requireUser, list);`, 'identity'],
    ['in a list', `app.get('/x', [requireUser], list);`, 'identity'],
    ['by route()', `app.route('/x').all(requireUser).get(list);`, 'identity'],
    ['for all methods of the path', `app.all('/x', requireUser); app.get('/x', list);`, 'identity'],
    ['for all methods of all paths', `app.all('*', requireUser); app.get('/x', list);`, 'identity'],
    ['for all methods of another path', `app.all('/y/*', requireUser); app.get('/x', list);`, 'none'],
    ['for all methods of paths that fit a pattern', `app.all(/^\\/admin/, requireUser); app.get('/x', list);`, 'none'],
    ['wrapped', `app.get('/x', wrap(requireUser), wrap(list));`, 'identity'],
    ['optional', `app.use(optionalUser); app.get('/x', list);`, 'none'],
    [
      'optional, tested in the handler',
      `app.use(optionalUser); app.get('/x', (req, res) => { if (!req.user) return res.sendStatus(401); return list(req, res); });`,
      'identity',
    ],
    ['decoded, not verified', `app.use(decodeUser); app.get('/x', list);`, 'unverified-session'],
    ['made, not passed', `requireRole('admin'); app.get('/x', list);`, 'none'],
    [
      'only for some methods',
      `app.use((req, res, next) => req.method === 'POST' ? requireUser(req, res, next) : next()); app.get('/x', list);`,
      'none',
    ],
    ['three roles deep', `app.get('/x', requireUser, requireRole('a', 'b'), requireRole('b'), requireRole('c'), list);`, 'role'],
    ['an error handler is none', `app.use((err, req, res, next) => res.sendStatus(401)); app.get('/x', list);`, 'none'],
    [
      'an answer without return',
      `app.get('/x', (req, res) => { if (!req.user) res.sendStatus(401); return list(req, res); });`,
      'identity',
    ],
    ['another one', `app.get('/x', (req, res) => { if (req.query.q) res.sendStatus(400); return list(req, res); });`, 'none'],
  ])('%s', async (_, body, expected) => {
    const found = await levels(body);
    expect(found['GET /x'] ?? found['GET /xy']).toBe(expected);
  });
});

describe('code that goes on after the answer', () => {
  const after = async (code: string) =>
    (await routesOf(server(`app.use((req, res, next) => { if (!req.user) res.status(401).json({}); next(); }); app.post('/x', ${code});`)))[
      'POST /x'
    ];

  it('still writes', async () => {
    const route = await after(`async (req, res) => { await prisma.invoice.delete({ where: { id: req.body.id } }); res.json({}); }`);
    expect(route?.data).toMatchObject([{ operation: 'delete', auth: 'none' }]);
    expect(route?.guards).toMatchObject([{ level: 'identity', skippedWhen: '!req.user' }]);
  });

  it('shows nobody what it reads', async () => {
    const route = await after(`async (req, res) => { const rows = await prisma.invoice.findMany(); res.json(rows); }`);
    expect(route?.data).toMatchObject([{ operation: 'read', auth: 'identity' }]);
  });

  it('can ask whether it has answered', async () => {
    const route = await after(
      `async (req, res) => { if (res.headersSent) return; await prisma.invoice.delete({ where: { id: req.body.id } }); res.json({}); }`,
    );
    expect(route?.data).toMatchObject([{ operation: 'delete', auth: 'identity' }]);
  });

  it('answers in pieces', async () => {
    const route = await after(
      `async (req, res) => { res.write('['); for (const row of await prisma.invoice.findMany()) res.write(row.id); res.end(']'); }`,
    );
    expect(route?.data).toMatchObject([{ operation: 'read', auth: 'identity' }]);
  });
});

describe('what is not followed', () => {
  it('is said of routers that nothing mounts', async () => {
    const { routes, gaps } = await inventoryOf(server(`app.get('/x', list);`));
    expect(routes.map((route) => route.id)).toEqual(['GET /x']);
    expect(gaps).toMatchObject([{ what: 'router in routes/orders.js', place: { file: 'routes/orders.js' } }]);
  });

  it('is said of a middleware of a package whose name says that it guards, and not of a logger', async () => {
    const routes = await routesOf(
      server(
        `app.get('/x', require('some-auth').requireLogin, list); app.get('/y', require('morgan')('tiny'), require('express-session')({}), list);`,
      ),
    );
    expect(routes['GET /x']?.auth).toBe('none');
    expect(routes['GET /x']?.unresolved).not.toEqual([]);
    expect(routes['GET /y']?.unresolved).toEqual([]);
  });

  it('is said of a guard whose file is missing', async () => {
    const route = (await routesOf(server(`const { check } = require('./gone'); app.get('/x', check, list);`)))['GET /x'];
    expect(route?.auth).toBe('none');
    expect(route?.unresolved).not.toEqual([]);
  });

  it('does not stop at a file that cannot be parsed', async () => {
    const { routes } = await inventoryOf(
      server(`app.get('/x', requireUser, list); app.use('/b', require('./routes/broken'));`, {
        'routes/broken.js': 'module.exports = router.get((',
      }),
    );
    expect(routes.map((route) => [route.id, route.auth])).toEqual([['GET /x', 'identity']]);
  });

  it('ends where routers mount each other', async () => {
    const a = `const r = require('express').Router(); module.exports = r; r.get('/a', (q, s) => s.json(1)); r.use('/b', require('./b'));`;
    const found = await levels(`app.use('/a', require('./a'));`, {
      'a.js': a,
      'b.js': `const r = require('express').Router(); module.exports = r; r.get('/b', (q, s) => s.json(1)); r.use('/a', require('./a'));`,
    });
    expect(Object.keys(found)).toContain('GET /a/a');
    expect(Object.keys(found).length).toBeLessThan(20);
  });
});

describe('limits and forms', () => {
  const limited = `const limit = require('express-rate-limit').rateLimit({ max: 5 });`;
  it('knows a limit before the route and none after it', async () => {
    const routes = await routesOf(server(`${limited} app.post('/login', limit, list); app.post('/free', list); app.use(limit);`));
    expect(routes['POST /login']?.rateLimit).toBeDefined();
    expect(routes['POST /free']?.rateLimit).toBeUndefined();
  });
});

describe('folders of files', () => {
  it('are pages below their path: whose names are listed, and whose are not', async () => {
    const routes = await routesOf(
      server(`const serveIndex = require('serve-index'); const log = (req, res, next) => next();
app.use(express.static('dist')); app.use('/assets', express.static('public'));
app.use('/ftp', log, serveIndex('ftp', { icons: true })); app.use('/ftp', express.static('ftp'));
app.use('/logs', requireUser, serveIndex('logs')); app.use('/of/:id', express.static('of'));`),
    );
    expect(Object.values(routes).map(({ id, kind, files, auth }) => [id, kind, files, auth])).toEqual([
      ['GET /assets', 'page', 'served', 'none'],
      ['GET /ftp', 'page', 'listed', 'none'],
      ['GET /logs', 'page', 'listed', 'identity'],
    ]);
  });
});
