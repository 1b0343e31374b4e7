import { describe, expect, it } from 'vitest';
import { type Files, nextRoute, routesOf } from './fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; import { auth } from '@clerk/nextjs/server'; const prisma = new PrismaClient();
const deny = () => Response.json({}, { status: 403 }); const done = (value) => Response.json(value ?? { ok: true });
const read = (id) => prisma.order.findUnique({ where: { id } });
`;

/** Scopes of what a handler reaches, in order. `caller` and the fields of the body are in scope. */
const scopesOf = async (body: string, others: Files = {}) =>
  (
    await nextRoute(
      `${head} export async function POST(request) { const { userId: caller, role } = await auth.protect(); const { id, ids, slug } = await request.json(); ${body} }`,
      others,
    )
  ).data.map(({ scope }) => scope);

describe('a row that is compared with the caller after it was read', () => {
  it('is tied also where a role was asked for before', async () => {
    const role = `if (role !== 'seller') return deny(); const order = await read(id);`;
    expect(await scopesOf(`${role} if (order.userId !== caller) return deny(); return done(order);`)).toEqual(['tenant']);
    expect(await scopesOf(`${role} if (order.state !== 'open') return deny(); return done(order);`)).not.toEqual(['tenant']);
  });
});

describe('an answer with the status of what was caught', () => {
  const handler = (caught: string) => ({
    'package.json': '{"dependencies":{"next":"15.1.0"}}',
    'pages/api/orders/[id].ts': `import { PrismaClient } from '@prisma/client'; import { getAuth } from '@clerk/nextjs/server'; const prisma = new PrismaClient();
export default async function handler(req, res) {
  try {
    const { userId } = getAuth(req); if (!userId) return res.status(401).end();
    const order = await prisma.order.findUnique({ where: { id: req.query.id } });
    if (order.userId !== userId) throw Object.assign(new Error('no'), { status: 403 });
    res.status(200).json(order);
  } catch (error) { ${caught} }
}`,
  });
  const scope = async (caught: string) => (await routesOf(handler(caught)))['ALL /api/orders/:id']?.data[0]?.scope;

  it('turns the caller away', async () => {
    expect(await scope('const status = error.status || 500; res.status(status).json({ error: error.message });')).toBe('tenant');
    expect(await scope('res.status(error.statusCode ?? 500).end();')).toBe('tenant');
  });

  it('is an answer where it is none of an error', async () => {
    expect(await scope('res.status(200).json(await prisma.order.findUnique({ where: { id: req.query.id } }));')).toBe('none');
    expect(await scope('res.json({ ok: true });')).toBe('none');
  });
});
