import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../evidence/routes.ts';
import { type Files, routesOf } from './fixture.ts';

const files = (page: string, others: Files = {}): Files => ({
  'package.json': '{"dependencies":{"next":"14.0.0","next-connect":"1.0.0"}}',
  'lib/auth.js': `import jwt from 'jsonwebtoken';
    export const auth = () => async (req, res, next) => { try { req.user = jwt.verify(req.headers.authorization, process.env.SECRET); } catch { return res.status(401).json({}); } return next(); };
    export const admin = (req, res, next) => { if (req.user.role !== 'admin') return res.status(403).end(); next(); };`,
  'pages/api/orders/[id].js': `import { auth, admin } from '../../../lib/auth'; import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
    const list = (req, res) => prisma.order.findMany({}).then((rows) => res.json(rows));
    ${page}`,
  ...others,
});
const told = (routes: Record<string, Route>): Record<string, string> =>
  Object.fromEntries(
    Object.values(routes).map(({ id, auth, data }) => [id, `${auth} ${data.map(({ operation, name }) => `${operation} ${name}`).join()}`]),
  );

describe('next-connect', () => {
  it('reads routers made into handlers, with what is used before each', async () => {
    const routes = await routesOf(
      files(`import { createRouter } from 'next-connect';
        const router = createRouter();
        router.get(list);
        router.use(auth()).post(list).delete(admin, async (req, res) => { await prisma.order.delete({ where: { id: req.query.id } }); res.json({}); });
        export default router.handler({ onError(error, req, res) { res.status(500).end(); } });`),
    );
    expect(told(routes)).toEqual({
      'GET /api/orders/:id': 'none read order',
      'POST /api/orders/:id': 'identity read order',
      'DELETE /api/orders/:id': 'role delete order',
    });
    expect(routes['GET /api/orders/:id']).toMatchObject({ framework: 'Next.js', place: { file: 'pages/api/orders/[id].js' } });
  });

  it('reads the older form, made in a function of its own', async () => {
    const routes = await routesOf(
      files(`import handler from '../../../lib/handler'; export default handler().get(list).patch(admin, list);`, {
        'lib/handler.js': `import nc from 'next-connect'; import { auth } from './auth'; export default function handler() { return nc({ onError: (e, req, res) => res.status(500).end() }).use(auth()); }`,
      }),
    );
    expect(told(routes)).toEqual({ 'GET /api/orders/:id': 'identity read order', 'PATCH /api/orders/:id': 'role read order' });
  });

  it('says where a handler could not be found at all', async () => {
    const routes = await routesOf(files(`import { missing } from '../../../lib/auth'; export default missing;`));
    expect(routes['ALL /api/orders/:id']?.unresolved).toMatchObject([{ what: 'the handler', why: 'could not be found' }]);
  });
});
