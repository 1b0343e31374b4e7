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
      `import { orders } from './repository'; ${head} export async function POST(request) { const { userId: caller, role } = await auth.protect(); const { id, ids, slug } = await request.json(); ${body} }`,
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

describe('an empty text in place of the caller’s tenant', () => {
  const compared = (column: string): Promise<unknown> =>
    scopesOf(`const { tenant } = await prisma.user.findUnique({ where: { id: caller } }); const mine = tenant?.id || '';
      const order = await read(id); if (order.${column} !== mine) return deny(); return done(order);`);
  it('is no row’s tenant, but may be a note of it', async () => {
    expect(await compared('tenantId')).toEqual(['owner', 'tenant']);
    expect(await compared('note')).toEqual(['owner', 'none']);
  });
});

describe('a row that the handler has just made', () => {
  const later = 'await prisma.order.update({ where: { id: order.id }, data: { seen: true } }); return done();';
  it('is the caller’s where it was made for them, and whose it was read where it was read', async () => {
    expect(await scopesOf(`const order = await prisma.order.create({ data: { userId: caller } }); ${later}`)).toEqual(['owner', 'owner']);
    expect(await scopesOf(`const order = await read(id); if (order.userId !== caller) return deny(); ${later}`)).toEqual([
      'tenant',
      'tenant',
    ]);
    expect(await scopesOf(`const order = await read(id); ${later}`)).toEqual(['none', 'unknown']);
  });
});

describe('what is known of a single row', () => {
  const remove = 'await prisma.order.delete({ where: { id } });';
  it.each<[string, string, string[]]>([
    [
      'its absence is fine',
      `const order = await read(id); if (order && order.userId !== caller) return deny(); return done();`,
      ['tenant'],
    ],
    [
      'a later write by the same field is of the same row',
      `const order = await read(id); if (order && order.userId !== caller) return deny(); ${remove} return done();`,
      ['tenant', 'tenant'],
    ],
    [
      'who asks only whether there is one reads none',
      `const taken = await prisma.workspace.findUnique({ where: { slug } }); if (taken) return deny(); return done();`,
      ['tenant'],
    ],
    [
      'a row that nobody owns',
      `const order = await read(id); if (order?.userId && order.userId !== caller) return deny(); return done(order);`,
      ['tenant'],
    ],
    [
      'a public row is for everybody',
      `const order = await read(id); if (!order.isPublic && order.userId !== caller) return deny(); return done(order);`,
      ['tenant'],
    ],
    [
      'one action of several asks for a row',
      `if (slug === 'show') { const order = await read(id); if (order.userId !== caller) return deny(); return done(order); } return done();`,
      ['tenant'],
    ],
    [
      'every row of a list is compared before one is touched',
      `for (const one of ids) { const order = await read(one); if (!order) continue; if (order.userId !== caller) return deny(); }
       for (const one of ids) await prisma.order.delete({ where: { id: one } }); return done();`,
      ['tenant', 'tenant'],
    ],
    [
      'the row that led to the caller’s own is theirs',
      `for (const one of ids) { const item = await prisma.item.findUnique({ where: { id: one } }); const order = await read(item.orderId);
       if (order.userId !== caller) return deny(); } return done();`,
      ['tenant', 'tenant'],
    ],
  ])('%s', async (_, body, scopes) => {
    expect(await scopesOf(body)).toEqual(scopes);
  });

  it.each<[string, string, string[]]>([
    ['it is found and leaves', `const order = await read(id); if (!order) return deny(); return done(order);`, ['none']],
    [
      'there is one, and it is changed',
      `const order = await read(id); if (!order) return deny(); ${remove} return done();`,
      ['none', 'none'],
    ],
    [
      'another row is compared',
      `const order = await read(slug); if (order.userId !== caller) console.warn(1); ${remove} return done();`,
      ['none', 'none'],
    ],
    [
      'it is public, and is changed',
      `const order = await read(id); if (!order.isPublic && order.userId !== caller) return deny(); ${remove} return done();`,
      ['tenant', 'none'],
    ],
    [
      'one action compares it and the other does not',
      `const order = await read(id); if (slug === 'show') { if (order.userId !== caller) return deny(); return done(order); } return done(order);`,
      ['none'],
    ],
    [
      'rows of a list are compared without consequence',
      `for (const one of ids) { const order = await read(one); if (order.userId !== caller) console.warn(1); }
       for (const one of ids) await prisma.order.delete({ where: { id: one } }); return done();`,
      ['none', 'none'],
    ],
    [
      'the comparison may have failed',
      `try { const order = await read(id); if (order.userId !== caller) throw new Error(); } catch (error) { console.error(error); } ${remove} return done();`,
      ['none', 'none'],
    ],
    [
      'it is the one that a field of the caller’s row names',
      `const order = await read(id); const item = await prisma.item.findUnique({ where: { id: slug } }); if (slug !== 'x' && order.userId !== caller) return deny(); return done(item);`,
      ['none', 'none'],
    ],
  ])('does not tie it where %s', async (_, body, scopes) => {
    expect(await scopesOf(body)).toEqual(scopes);
  });

  it('survives an entity that a class makes of it', async () => {
    const scopes = (test: string) =>
      scopesOf(`const order = await orders.byId(id); ${test} await orders.remove(id); return done();`, {
        'app/api/orders/repository.ts': `import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
class Order { constructor(private props) {} get recipient() { return this.props.recipientId ?? null; } static create(props) { return new Order(props); } }
class Orders {
  byId = async (id) => { const found = await prisma.order.findUnique({ where: { id: Number(id) } }); return found ? this.toOrder(found) : null; };
  remove = (id) => prisma.order.delete({ where: { id: Number(id) } });
  toOrder(found) { return Order.create({ id: found.id, recipientId: found.recipientId }); }
}
export const orders = new Orders();`,
      });
    expect(await scopes('if (!order) return deny(); if (order.recipient !== caller) return deny();')).toEqual(['tenant', 'tenant']);
    expect(await scopes('if (!order) return deny();')).toEqual(['none', 'none']);
  });

  it('is not lost in a service that begins without its connection', async () => {
    const queue = `class Queue { channel = null; async open() { this.channel = await connect(); } send(x) { if (!this.channel) throw new Error('closed'); this.channel.send(x); } } const queue = new Queue();`;
    const body = (test: string) => `${queue} const order = await read(id); ${test} queue.send(1); return done(order);`;
    expect(await scopesOf(body('if (order.userId !== caller) return deny();'))).toEqual(['tenant']);
    expect(await scopesOf(body(''))).toEqual(['none']);
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

  it('is looked up in a table of codes', async () => {
    const codes = 'a: 400, b: 401, c: 403, d: 404, e: 405, f: 406, g: 409, h: 410, i: 422';
    const answer = (table: string) =>
      scope(`const codes = { ${table} }; const status = codes[error.code]; res.status(status).json({ code: error.code });`);
    expect(await answer(codes)).toBe('tenant');
    expect(await answer(`${codes}, j: 200`)).toBe('none');
  });
});

describe('a handler that a library wraps', () => {
  const wrapped = async (test: string) =>
    (
      await nextRoute(`${head} import { createHandler } from 'some-logger'; const withLog = createHandler({});
const withCaller = (handler) => withLog(async (request) => { try { const { userId } = await auth.protect(); return await handler(request, userId); } catch (error) { return Response.json({}, { status: 500 }); } });
export const GET = withCaller(async (request, caller) => { const order = await read(request.nextUrl.searchParams.get('id')); ${test} return done(order); });`)
    ).data.map(({ scope }) => scope);

  it('answers what it answers', async () => {
    expect(await wrapped(`if (order.userId !== caller) throw new Error('no');`)).toEqual(['tenant']);
    expect(await wrapped(`if (order.userId !== caller) console.warn('odd');`)).toEqual(['none']);
  });
});
