import { describe, expect, it } from 'vitest';
import { type Files, routesOf } from './fixture.ts';

const rules = `export const rules = new Map();
rules.set('/ops/users', { methods: { GET: '', DELETE: '' }, staff: true }).set('/teams', { methods: { GET: '' }, staff: false });
rules.set('/open', { methods: { GET: '' }, staff: false });`;
const gate = `import { eq } from 'drizzle-orm'; import jwt from 'jsonwebtoken'; import { rules } from './rules'; import { db, people } from './db';
export const known = (req, res, next) => {
  const { sub } = jwt.verify(req.headers.authorization, process.env.JWT_SECRET);
  if (!sub) return res.sendStatus(401);
  req.personId = sub;
  next();
};
export const allowed = async (req, res, next) => {
  const { personId } = req;
  const rule = rules.get(req.baseUrl + req.route.path);
  const needed = rule ? rule.methods[req.method] : undefined;
  const isClosed = rule ? true : false;
  if (isClosed && !personId) return res.sendStatus(401);
  if (rule?.staff && personId) {
    const [person] = await db.select().from(people).where(eq(people.uuid, personId));
    const { isSuperAdmin } = person;
    if (!isSuperAdmin) throw new Error('no');
    return next();
  }
  if (needed === undefined) return res.sendStatus(403);
  if (needed === '') return next();
  res.sendStatus(403);
};`;
const app = (others: Files = {}): Files => ({
  'package.json': '{"dependencies":{"express":"5.0.0","drizzle-orm":"0.40.0"}}',
  'src/db.ts': `import { drizzle } from 'drizzle-orm/node-postgres'; import { pgTable, uuid, boolean } from 'drizzle-orm/pg-core';
export const people = pgTable('people', { uuid: uuid('uuid').primaryKey(), isSuperAdmin: boolean('is_super_admin') }); export const db = drizzle(process.env.DATABASE_URL);`,
  'src/rules.ts': rules,
  'src/gate.ts': gate,
  'src/routes.ts': `import { Router } from 'express'; import { known, allowed } from './gate'; import { db, people } from './db';
const list = async (req, res) => res.json(await db.select().from(people));
export const ops = Router(); ops.get('/users', known, allowed, list); ops.delete('/users', known, allowed, list); ops.post('/users', known, allowed, list);
export function register(app) { app.get('/teams', known, allowed, list); app.get('/open', list); app.use('/ops', ops); }`,
  'src/app.ts': `import express from 'express'; import { register } from './routes'; const app = express(); register(app); app.listen(3000);`,
  ...others,
});
const levels = async (others: Files = {}) =>
  Object.fromEntries(Object.values(await routesOf(app(others))).map(({ id, auth }) => [id, auth]));

describe('a middleware that looks the route up in a map of permissions', () => {
  it('asks of each route what the map says', async () => {
    expect(await levels()).toMatchObject({
      'GET /ops/users': 'role',
      'DELETE /ops/users': 'role',
      'GET /teams': 'identity',
      'GET /open': 'none',
    });
  });

  it('reads a map that is given its pairs when it is made', async () => {
    const pairs = `export const rules = new Map([['/ops/users', { methods: { GET: '' }, staff: true }], ['/teams', { methods: { GET: '' }, staff: false }]]);`;
    expect(await levels({ 'src/rules.ts': pairs })).toMatchObject({ 'GET /ops/users': 'role', 'GET /teams': 'identity' });
  });

  it.each([
    ['does not ask for a role', rules.replace('staff: true', 'staff: false')],
    ['is changed by requests', `${rules}\nexport const loosen = (path) => rules.set(path, { methods: { GET: '' }, staff: false });`],
  ])('believes no map that %s', async (_, text) => {
    const changing = text.includes('loosen')
      ? {
          'src/first.ts': `import { Router } from 'express'; import { loosen } from './rules'; export const first = Router(); first.post('/a', (req, res) => { loosen(req.body.path); res.json({}); });`,
        }
      : {};
    const start =
      Object.keys(changing).length > 0
        ? {
            'src/app.ts': `import express from 'express'; import { first } from './first'; import { register } from './routes'; const app = express(); app.use('/first', first); register(app); app.listen(3000);`,
          }
        : {};
    const found = await levels({ 'src/rules.ts': text, ...changing, ...start });
    expect(found['GET /ops/users']).toBe('identity');
  });
});

describe('helpers of tests', () => {
  it('make no routes of their own, whatever their folder is called', async () => {
    const helper = `import express from 'express';\nimport { vi } from 'vitest';\nimport { register } from '../routes'; vi.mock('../db', () => ({})); export const app = express(); register(app);`;
    expect(Object.keys(await routesOf(app({ 'src/support/app.ts': helper })))).not.toContain('GET /teams (2)');
    const twin = helper.replace("import { vi } from 'vitest';", '').replace(`vi.mock('../db', () => ({}));`, '');
    expect(Object.keys(await routesOf(app({ 'src/support/app.ts': twin })))).toContain('GET /teams (2)');
  });
});
