import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../evidence/routes.ts';
import { type Files, routesOf } from './fixture.ts';

const common: Files = { 'db.js': `const { PrismaClient } = require('@prisma/client'); exports.prisma = new PrismaClient();` };
const token = `const jwt = require('jsonwebtoken'); const { prisma } = require('./db');
const caller = (header) => { try { return jwt.verify(header, process.env.JWT_SECRET); } catch { return null; } };`;

const express = (body: string): Files => ({
  ...common,
  'package.json': '{"name":"api","dependencies":{"express":"5.0.0"}}',
  'app.js': `const express = require('express'); ${token} const app = express();
const list = async (req, res) => { res.json(await prisma.order.findMany()); };
const add = async (req, res) => { await prisma.order.create({ data: { text: req.body.text } }); res.sendStatus(201); };
${body}
app.get('/orders', list); app.post('/orders', add); app.listen(3000);`,
});
const reads = ({ data }: Route): string[] => data.filter(({ operation }) => operation === 'read').map(({ auth }) => auth);
const writes = ({ data }: Route): string[] => data.filter(({ operation }) => operation !== 'read').map(({ auth }) => auth);
const inExpress = async (body: string) => {
  const found = await routesOf(express(body));
  const [get, post] = [found['GET /orders'], found['POST /orders']];
  if (!get || !post) throw new Error('no routes');
  return { read: reads(get), write: writes(post) };
};

describe('a refusal in Express without a return', () => {
  it.each<[string, string]>([
    [
      'before next',
      `app.use((req, res, next) => { const user = caller(req.headers.authorization); if (!user) { res.status(401).json({}); } req.user = user; next(); });`,
    ],
    ['by a redirect', `app.use((req, res, next) => { if (!caller(req.headers.authorization)) res.redirect('/login'); next(); });`],
    ['by its status alone', `app.use((req, res, next) => { if (!caller(req.headers.authorization)) res.sendStatus(401); next(); });`],
    ['by an empty end', `app.use((req, res, next) => { if (!caller(req.headers.authorization)) res.status(401).end(); next(); });`],
  ])('%s: nothing that is read leaves, but writes happen', async (_, guard) => {
    expect(await inExpress(guard)).toEqual({ read: ['identity'], write: ['none'] });
  });

  it('still leaves a read open that was sent before, or for which no answer was sent', async () => {
    expect(await inExpress(`app.use((req, res, next) => { if (!caller(req.headers.authorization)) res.status(401); next(); });`)).toEqual({
      read: ['none'],
      write: ['none'],
    });
    const early = `app.get('/early', async (req, res) => { res.json(await prisma.order.findMany()); if (!caller(req.headers.authorization)) return res.status(401).end(); });`;
    const found = await routesOf(express(early));
    expect(found['GET /early']?.auth).toBe('none');
  });

  it('ends where the code asks whether it has answered', async () => {
    const guard = `app.use((req, res, next) => { if (!caller(req.headers.authorization)) res.status(401).json({}); if (res.headersSent) return; next(); });`;
    expect(await inExpress(guard)).toEqual({ read: ['identity'], write: ['identity'] });
  });

  it('lets more follow what is only written', async () => {
    const route = `app.get('/stream', async (req, res) => { if (!caller(req.headers.authorization)) res.write('who are you?'); for (const row of await prisma.order.findMany()) res.write(row.text); res.end(); });`;
    const found = await routesOf(express(route));
    expect(found['GET /stream']?.auth).toBe('none');
  });

  it('counts for a handler that is not seen to answer', async () => {
    const route = `app.get('/file', async (req, res) => { if (!caller(req.headers.authorization)) res.status(401).end(); const row = await prisma.order.findFirst(); open(row.path).pipe(res); });`;
    const found = await routesOf(express(route));
    expect(found['GET /file']?.auth).toBe('identity');
  });
});

describe('the answer of pages/api', () => {
  const page = async (refusal: string): Promise<Route | undefined> => {
    const found = await routesOf({
      ...common,
      'package.json': '{"dependencies":{"next":"15.1.0"}}',
      'pages/api/orders.js': `${token.replace('./db', '../../db')}
export default async function handler(req, res) { if (!caller(req.headers.authorization)) { ${refusal} } const rows = await prisma.order.findMany(); await prisma.view.create({ data: {} }); res.status(200).json(rows); }`,
    });
    return Object.values(found).find(({ path }) => path === '/api/orders');
  };

  it('is the first one', async () => {
    const route = await page('res.status(401).json({});');
    expect(route && reads(route)).toEqual(['identity']);
    expect(route && writes(route)).toEqual(['none']);
    const returned = await page('return res.status(401).json({});');
    expect(returned && writes(returned)).toEqual(['identity']);
  });
});
