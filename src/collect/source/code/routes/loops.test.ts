import { describe, expect, it } from 'vitest';
import { routesOf } from './fixture.ts';

const ids = async (body: string, files: Record<string, string> = {}): Promise<string[]> =>
  Object.keys(
    await routesOf({
      'package.json': '{"name":"app"}',
      'app.js': `const express = require('express'); const fs = require('fs'); const path = require('path'); const app = express(); const ok = (req, res) => res.json({});
        const list = [{ method: 'get', path: '/a', run: ok }, { method: 'post', path: '/b', run: ok }]; const table = { users: ok, orders: ok };
        ${body} app.listen(1);`,
      ...files,
    }),
  ).toSorted();

describe('routes made in loops', () => {
  it('walks lists of routes', async () => {
    expect(await ids('for (const r of list) app[r.method](r.path, r.run);')).toEqual(['GET /a', 'POST /b']);
    expect(await ids('list.forEach(({ method, path, run }) => app[method.toLowerCase()](path, run));')).toEqual(['GET /a', 'POST /b']);
    expect(await ids('for (let i = 0; i < list.length; i++) app[list[i].method](list[i].path, list[i].run);')).toEqual([
      'GET /a',
      'POST /b',
    ]);
    expect(await ids("list.filter((r) => r.method === 'get').map((r) => app.get(r.path, r.run));")).toEqual(['GET /a']);
  });

  it('walks tables of handlers', async () => {
    const both = ['GET /orders', 'GET /users'];
    expect(await ids('for (const key in table) app.get(`/${key}`, table[key]);')).toEqual(both);
    expect(await ids("Object.keys(table).forEach((key) => app.get('/' + key, table[key]));")).toEqual(both);
    expect(await ids('for (const [key, run] of Object.entries(table)) app.get(`/${key}`, run);')).toEqual(both);
    expect(await ids("['users', 'orders'].map((name) => app.get(`/${name}`, ok));")).toEqual(both);
  });

  it('loads routers from a folder', async () => {
    const router = "const r = require('express').Router(); r.get('/', (req, res) => res.json([])); module.exports = r;";
    const files = { 'routes/users.js': router, 'routes/orders.js': router, 'routes/index.js': '', 'routes/readme.md': '' };
    const both = ['GET /api/orders', 'GET /api/users'];
    const wanted = "(file) => file.endsWith('.js') && file !== 'index.js'";
    expect(
      await ids(
        `fs.readdirSync(path.join(__dirname, 'routes')).filter(${wanted}).forEach((file) => app.use('/api/' + path.basename(file, '.js'), require(path.join(__dirname, 'routes', file))));`,
        files,
      ),
    ).toEqual(both);
    expect(
      await ids(
        `for (const file of fs.readdirSync('./routes')) { if (!(${wanted})(file)) continue; app.use('/api/' + file.replace('.js', ''), require('./routes/' + file)); }`,
        files,
      ),
    ).toEqual(both);
    expect(
      await ids(
        'fs.readdirSync(`${__dirname}/routes`, { withFileTypes: true }).filter((e) => e.isFile() && e.name !== "index.js" && e.name !== "readme.md").forEach((e) => app.use(`/api/${e.name.split(".")[0]}`, require(`${__dirname}/routes/${e.name}`)));',
        files,
      ),
    ).toEqual(both);
  });

  it('does the same for Fastify, Hono and Koa', async () => {
    const routes = await routesOf({
      'fastify.js': `import Fastify from 'fastify'; const app = Fastify(); const run = async () => 1;
        const list = [{ method: 'GET', url: '/f/a', handler: run }, { method: ['PUT', 'PATCH'], url: '/f/b', handler: run }];
        for (const route of list) app.route(route);
        ['x', 'y'].forEach((name) => app.register(async (f) => f.get('/', run), { prefix: '/f/' + name }));`,
      'hono.js': `import { Hono } from 'hono'; const app = new Hono();
        for (const [name, run] of Object.entries({ p: (c) => c.json(1), q: (c) => c.json(2) })) { const sub = new Hono(); sub.get('/:id', run); app.route('/h/' + name, sub); } export default app;`,
      'koa.js': `import Koa from 'koa'; import Router from '@koa/router'; const app = new Koa();
        const sub = (name) => { const router = new Router({ prefix: '/k/' + name }); router.get('/', (ctx) => { ctx.body = name; }); return router; };
        for (const name of ['m', 'n']) app.use(sub(name).routes());`,
    });
    expect(Object.keys(routes).toSorted()).toEqual([
      'GET /f/a',
      'GET /f/x',
      'GET /f/y',
      'GET /h/p/:id',
      'GET /h/q/:id',
      'GET /k/m',
      'GET /k/n',
      'PATCH /f/b',
      'PUT /f/b',
    ]);
  });
});
