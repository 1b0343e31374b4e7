import { describe, expect, it } from 'vitest';
import { type Files, inventoryOf, routesOf } from './fixture.ts';

const core = `
  import { initTRPC, TRPCError } from '@trpc/server';
  import { getServerSession } from 'next-auth';
  import { PrismaClient } from '@prisma/client';
  export const createTRPCContext = async ({ req }) => ({ session: await getServerSession(), prisma: new PrismaClient(), req });
  const t = initTRPC.context<typeof createTRPCContext>().create();
  export const router = t.router;
  export const mergeRouters = t.mergeRouters;
  export const createCallerFactory = t.createCallerFactory;
  export const publicProcedure = t.procedure;
  const signedIn = t.middleware(({ ctx, next }) => {
    if (!ctx.session?.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
    return next({ ctx: { session: ctx.session, user: ctx.session.user } });
  });
  export const timed = t.middleware(async ({ next }) => { const answer = await next(); console.log(answer.ok); return answer; });
  export const protectedProcedure = t.procedure.use(timed).use(signedIn);
  export const adminProcedure = protectedProcedure.use(({ ctx, next }) => {
    if (ctx.user.role !== 'admin') throw new TRPCError({ code: 'FORBIDDEN' });
    return next();
  });`;
const handler = `
  import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
  import { appRouter } from '../../../../server/root';
  import { createTRPCContext } from '../../../../server/trpc';
  const handler = (req) => fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter, createContext: () => createTRPCContext({ req }) });
  export { handler as GET, handler as POST };`;
const next = (root: string, files: Files = {}): Files => ({
  'package.json': '{"dependencies":{"next":"15.0.0"}}',
  'app/api/trpc/[trpc]/route.ts': handler,
  'server/trpc.ts': core,
  'server/root.ts': `import { z } from 'zod'; import { router, mergeRouters, publicProcedure, protectedProcedure, adminProcedure } from './trpc';\n${root}`,
  ...files,
});
const levels = async (files: Files): Promise<Record<string, string>> =>
  Object.fromEntries(Object.values(await routesOf(files)).map((route) => [`${route.method} ${route.path}`, route.auth]));

describe('tRPC routes', () => {
  it('lists procedures of nested, plain, merged and lazy routers under the endpoint, in place of the endpoint', async () => {
    const found = await levels(
      next(
        `import { lazy } from '@trpc/server';
         const orders = router({ byId: publicProcedure.query(() => 1), items: { list: publicProcedure.query(() => 1) } });
         const more = router({ ping: publicProcedure.mutation(() => 1) });
         export const appRouter = mergeRouters(router({ orders, late: lazy(() => import('./late')) }), more);`,
        {
          'server/late.ts': `import { router, publicProcedure } from './trpc'; export const lateRouter = router({ now: publicProcedure.subscription(() => 1) });`,
        },
      ),
    );
    expect(found).toEqual({
      'GET /api/trpc/orders.byId': 'none',
      'GET /api/trpc/orders.items.list': 'none',
      'GET /api/trpc/late.now': 'none',
      'POST /api/trpc/ping': 'none',
    });
  });

  it('knows how strongly the chain of middleware identifies the caller', async () => {
    const routes = await routesOf(
      next(`export const appRouter = router({
        open: publicProcedure.query(({ ctx }) => ctx.prisma.order.findMany()),
        mine: protectedProcedure.query(({ ctx }) => ctx.prisma.order.findMany({ where: { userId: ctx.user.id } })),
        one: protectedProcedure.input(z.object({ id: z.string() })).query(({ ctx, input }) => ctx.prisma.order.findUnique({ where: { id: input.id } })),
        wipe: adminProcedure.mutation(({ ctx }) => ctx.prisma.order.deleteMany()),
      });`),
    );
    const [open, mine, one, wipe] = ['open', 'mine', 'one', 'wipe'].map((name) => routes[`trpc ${name}`]);
    expect(open).toMatchObject({ auth: 'none', kind: 'trpc', framework: 'tRPC', method: 'GET' });
    expect(mine).toMatchObject({ auth: 'identity', data: [{ name: 'order', operation: 'read', scope: 'owner' }] });
    expect(one).toMatchObject({ auth: 'identity', data: [{ scope: 'none', inputs: [{ column: 'id', source: 'query' }] }] });
    expect(wipe).toMatchObject({ auth: 'role', method: 'POST', roles: ['admin'] });
  });

  it('sees a guard that lets callers pass without a session', async () => {
    const found = await levels(
      next(`const lax = publicProcedure.use(({ ctx, next }) => { if (ctx.session && ctx.session.user.banned) throw new Error(); return next({ ctx }); });
        const half = publicProcedure.use(({ ctx, next, path }) => (path === 'b' ? next() : ctx.session ? next() : null));
        export const appRouter = router({ a: lax.query(() => 1), b: half.query(() => 1), c: half.query(() => 1) });`),
    );
    expect(found).toEqual({ 'GET /api/trpc/a': 'none', 'GET /api/trpc/b': 'none', 'GET /api/trpc/c': 'identity' });
  });

  it('reads checks that depend on meta, and procedures made by a function', async () => {
    const found = await levels(
      next(`const withRole = (role) => protectedProcedure.use(({ ctx, next }) => { if (ctx.user.role !== role) throw new Error(); return next(); });
        const checked = publicProcedure.use(({ ctx, meta, next }) => { if (meta?.open) return next(); if (!ctx.session) throw new Error(); return next(); });
        export const appRouter = router({
          staff: withRole('staff').query(() => 1),
          told: checked.meta({ open: true }).query(() => 1),
          kept: checked.query(() => 1),
        });`),
    );
    expect(found).toEqual({ 'GET /api/trpc/staff': 'role', 'GET /api/trpc/told': 'none', 'GET /api/trpc/kept': 'identity' });
  });

  it('keeps the fields a parser lists, and notices where it lists none', async () => {
    const routes = await routesOf(
      next(`export const appRouter = router({
        named: protectedProcedure.input(z.object({ name: z.string() })).mutation(({ ctx, input }) => ctx.prisma.user.update({ where: { id: ctx.user.id }, data: input })),
        whole: protectedProcedure.input((value) => value).mutation(({ ctx, input }) => ctx.prisma.user.update({ where: { id: ctx.user.id }, data: input })),
      });`),
    );
    expect(routes['trpc named']?.data[0]?.wholeInput).toBeUndefined();
    expect(routes['trpc whole']?.data[0]?.wholeInput).toBe('body');
  });

  it('leaves what context and middleware read out of the route', async () => {
    const routes = await routesOf(
      next(`const logged = publicProcedure.use(async ({ ctx, next }) => { await ctx.prisma.requestLog.create({ data: { at: 1 } }); return next(); });
        export const appRouter = router({ list: logged.query(({ ctx }) => ctx.prisma.order.findMany()) });`),
    );
    expect(routes['trpc list']?.data.map(({ name }) => name)).toEqual(['order']);
  });
});

describe('tRPC endpoints', () => {
  const root = `export const appRouter = router({ secret: protectedProcedure.mutation(() => 1), open: publicProcedure.query(() => 1) });`;

  it('takes along what stands before the endpoint', async () => {
    const found = await levels({
      ...next(root),
      'app/api/trpc/[trpc]/route.ts': handler
        .replace(
          '(req) => fetch',
          'async (req) => { if (!(await getServerSession())) return new Response(null, { status: 401 }); return fetch',
        )
        .replace('{ req }) });', `{ req }) }); };\n  import { getServerSession } from 'next-auth';`),
    });
    expect(found).toEqual({ 'GET /api/trpc/open': 'identity', 'POST /api/trpc/secret': 'identity' });
  });

  it('serves only the verbs that the handler is exported for', async () => {
    expect(await levels({ ...next(root), 'app/api/trpc/[trpc]/route.ts': handler.replace('handler as GET, ', '') })).toEqual({
      'POST /api/trpc/secret': 'identity',
    });
  });

  it.each([
    [
      'pages/api',
      {
        'pages/api/trpc/[trpc].ts': `import { createNextApiHandler } from '@trpc/server/adapters/next'; import { appRouter } from '../../../server/root'; import { createTRPCContext } from '../../../server/trpc'; export default createNextApiHandler({ router: appRouter, createContext: createTRPCContext });`,
      },
      '/api/trpc',
    ],
    [
      'Express',
      {
        'main.ts': `import express from 'express'; import { createExpressMiddleware } from '@trpc/server/adapters/express'; import { appRouter } from './server/root'; import { createTRPCContext } from './server/trpc'; const app = express(); app.use('/rpc', createExpressMiddleware({ router: appRouter, createContext: createTRPCContext })); app.listen(3000);`,
      },
      '/rpc',
    ],
    [
      'Fastify',
      {
        'main.ts': `import fastify from 'fastify'; import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'; import { appRouter } from './server/root'; import { createTRPCContext } from './server/trpc'; const server = fastify(); server.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions: { router: appRouter, createContext: createTRPCContext } }); server.listen({ port: 3000 });`,
      },
      '/trpc',
    ],
    [
      'Hono',
      {
        'main.ts': `import { Hono } from 'hono'; import { trpcServer } from '@hono/trpc-server'; import { appRouter } from './server/root'; import { createTRPCContext } from './server/trpc'; const app = new Hono(); app.use('/trpc/*', trpcServer({ router: appRouter, createContext: (opts, c) => createTRPCContext({ req: c.req.raw }) })); export default app;`,
      },
      '/trpc',
    ],
    [
      'its own server',
      {
        'main.ts': `import { createHTTPServer } from '@trpc/server/adapters/standalone'; import { appRouter } from './server/root'; import { createTRPCContext } from './server/trpc'; createHTTPServer({ router: appRouter, createContext: createTRPCContext }).listen(3000);`,
      },
      '',
    ],
  ] as const)('is found behind %s', async (_, files, prefix) => {
    const { 'app/api/trpc/[trpc]/route.ts': _route, ...rest } = next(root);
    expect(await levels({ ...rest, ...files })).toEqual({ [`GET ${prefix}/open`]: 'none', [`POST ${prefix}/secret`]: 'identity' });
  });

  it('runs procedures that the server calls itself', async () => {
    const routes = await routesOf(
      next(
        `export const appRouter = router({ mine: protectedProcedure.query(({ ctx }) => ctx.prisma.order.findMany({ where: { userId: ctx.user.id } })) });`,
        {
          'app/page.tsx': `import { appRouter } from '../server/root'; import { createCallerFactory, createTRPCContext } from '../server/trpc';
          export default async function Page() { const call = createCallerFactory(appRouter)(await createTRPCContext({})); return (await call.mine()).length; }`,
        },
      ),
    );
    expect(routes['PAGE /']).toMatchObject({ auth: 'identity', data: [{ name: 'order', scope: 'owner' }] });
  });

  it('says when it cannot see what serves a router, or a middleware', async () => {
    const { 'app/api/trpc/[trpc]/route.ts': _route, ...rest } = next(
      `import { shield } from './missing'; export const appRouter = router({ open: publicProcedure.use(shield).query(() => 1) });`,
    );
    const { routes } = await inventoryOf(rest);
    expect(routes.map(({ id }) => id)).toEqual(['trpc open']);
    const gaps = routes[0]?.unresolved.map(({ what, why }) => `${what}: ${why}`) ?? [];
    expect(gaps).toContain('the tRPC endpoint: could not find what serves the router, so what stands before it is not known');
    expect(gaps.some((gap) => gap.endsWith('could not see how it lets a request through'))).toBe(true);
  });
});
