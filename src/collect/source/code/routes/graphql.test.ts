import { describe, expect, it } from 'vitest';
import { missingRoleCheck } from '../../../../checks/audit/missing-role-check.ts';
import { objectWithoutOwnership } from '../../../../checks/audit/object-without-ownership.ts';
import { unauthenticatedDataRoute } from '../../../../checks/audit/unauthenticated-data-route.ts';
import type { Files } from './fixture.ts';
import { judged, told } from './graphql-fixture.ts';

const checks = [unauthenticatedDataRoute, objectWithoutOwnership, missingRoleCheck];

const typeDefs = `#graphql
  type Invoice { id: ID! amount: Int! }
  type Query { mine: [Invoice!]! open: [Invoice!]! byId(id: ID!): Invoice }
  type Mutation { adminRemove(id: ID!): Boolean adminPurge: Boolean }`;

const resolvers = `import { GraphQLError } from 'graphql'; import { prisma } from './db';
  const signedIn = (context) => { if (!context.user) throw new GraphQLError('no', { extensions: { code: 'UNAUTHENTICATED' } }); return context.user; };
  export const resolvers = {
    Query: {
      mine: (_, args, context) => { const user = signedIn(context); return prisma.invoice.findMany({ where: { organizationId: user.organizationId } }); },
      open: () => prisma.payment.findMany({ where: { paid: true } }),
      byId: async (_, { id }, context) => { signedIn(context); return prisma.invoice.findUnique({ where: { id } }); },
    },
    Mutation: {
      adminRemove: (_, { id }, context) => { if (signedIn(context).role !== 'admin') throw new GraphQLError('no'); return prisma.invoice.delete({ where: { id } }); },
      adminPurge: (_, args, context) => { signedIn(context); return prisma.invoice.deleteMany({}); },
    },
  };`;

/** Five operations: tied to the caller, open, by id alone, for a role, for a role without asking for it. */
const expected = {
  'Query.mine': 'identity, read invoice tenant',
  'Query.open': 'none, read payment none',
  'Query.byId': 'identity, read invoice none',
  'Mutation.adminRemove': 'role, delete invoice role',
  'Mutation.adminPurge': 'identity, delete invoice none',
};
const holes = [
  'unauthenticated-data-route: graphql Query.open',
  'object-without-ownership: graphql Query.byId',
  'missing-role-check: graphql Mutation.adminPurge',
];
const server = (body: string): Files => ({
  'schema.ts': `export const typeDefs = \`${typeDefs}\`;`,
  'resolvers.ts': resolvers,
  'server.ts': `import { context, userOf } from './context'; import { typeDefs } from './schema'; import { resolvers } from './resolvers'; ${body}`,
});

const servers: Record<string, [path: string, files: Files]> = {
  'Apollo Server on its own': [
    '/#',
    server(`import { ApolloServer } from '@apollo/server'; import { startStandaloneServer } from '@apollo/server/standalone';
      const server = new ApolloServer({ typeDefs, resolvers }); await startStandaloneServer(server, { context, listen: { port: 4000 } });`),
  ],
  'Apollo Server behind Express': [
    '/api/graphql#',
    server(`import express from 'express'; import { ApolloServer } from '@apollo/server'; import { expressMiddleware } from '@apollo/server/express4';
      const app = express(); const server = new ApolloServer({ typeDefs, resolvers });
      async function start() { await server.start(); app.use('/api/graphql', express.json(), expressMiddleware(server, { context })); app.listen(4000); }
      start();`),
  ],
  'Apollo Server 3': [
    '/graphql#',
    server(`import express from 'express'; import { ApolloServer } from 'apollo-server-express';
      const app = express(); const server = new ApolloServer({ typeDefs, resolvers, context });
      server.start().then(() => { server.applyMiddleware({ app }); app.listen(4000); });`),
  ],
  'Apollo Server in Next.js': [
    '/api/graphql#',
    {
      ...server(''),
      'package.json': '{"dependencies":{"next":"15.1.0"}}',
      'app/api/graphql/route.ts': `import { ApolloServer } from '@apollo/server'; import { startServerAndCreateNextHandler } from '@as-integrations/next';
        import { typeDefs } from '../../../schema'; import { resolvers } from '../../../resolvers'; import { userOf } from '../../../context';
        const handler = startServerAndCreateNextHandler(new ApolloServer({ typeDefs, resolvers }), { context: async (req) => ({ user: userOf(req.headers.get('authorization')) }) });
        export { handler as GET, handler as POST };`,
    },
  ],
  'GraphQL Yoga on its own': [
    '/graphql#',
    server(`import { createServer } from 'node:http'; import { createSchema, createYoga } from 'graphql-yoga';
      const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context: ({ request }) => ({ user: userOf(request.headers.get('authorization')) }) });
      createServer(yoga).listen(4000);`),
  ],
  'GraphQL Yoga made in one file, served in another, behind a function': [
    '/graphql#',
    {
      ...server(''),
      'yoga.ts': `import { createSchema, createYoga } from 'graphql-yoga'; import { typeDefs } from './schema'; import { resolvers } from './resolvers'; import { userOf } from './context';
        export const yoga = createYoga({ graphqlEndpoint: '/graphql', schema: createSchema({ typeDefs, resolvers }), context: ({ req }) => ({ user: userOf(req.headers.authorization) }) });`,
      'server.ts': `import http from 'http';
        import { yoga } from './yoga';
        const server = http.createServer((req, res) => { if (req.url === '/health') { res.end('ok'); return; } yoga(req, res); }); server.listen(4000);`,
    },
  ],
  'Apollo Server started by a function of another file': [
    '/#',
    {
      ...server(''),
      'start.ts': `import { ApolloServer } from '@apollo/server'; import { startStandaloneServer } from '@apollo/server/standalone';
        import { typeDefs } from './schema'; import { resolvers } from './resolvers'; import { context } from './context';
        export async function startApolloServer() { const server = new ApolloServer({ typeDefs, resolvers }); return startStandaloneServer(server, { context: context }); }`,
      'index.ts': `import { startApolloServer } from './start';
        startApolloServer().then(({ url }) => console.log(url));`,
    },
  ],
  'Apollo Server behind Fastify': [
    '/graphql#',
    server(`import Fastify from 'fastify'; import { ApolloServer } from '@apollo/server'; import fastifyApollo from '@as-integrations/fastify';
      const app = Fastify(); const apollo = new ApolloServer({ typeDefs, resolvers }); await apollo.start();
      await app.register(fastifyApollo(apollo), { context: async (request) => ({ user: userOf(request.headers.authorization) }) }); await app.listen({ port: 4000 });`),
  ],
  'graphql-http behind Express': [
    '/graphql#',
    server(`import express from 'express'; import { createHandler } from 'graphql-http/lib/use/express'; import { makeExecutableSchema } from '@graphql-tools/schema';
      const app = express(); app.all('/graphql', createHandler({ schema: makeExecutableSchema({ typeDefs, resolvers }), context: (req) => ({ user: userOf(req.headers.authorization) }) })); app.listen(4000);`),
  ],
  'express-graphql': [
    '/graphql#',
    server(`import express from 'express'; import { graphqlHTTP } from 'express-graphql'; import { makeExecutableSchema } from '@graphql-tools/schema';
      const app = express(); const schema = makeExecutableSchema({ typeDefs, resolvers });
      app.use('/graphql', graphqlHTTP((req) => ({ schema, context: { user: userOf(req.headers.authorization) } }))); app.listen(4000);`),
  ],
  'Hono with Yoga': [
    '/graphql#',
    server(`import { Hono } from 'hono'; import { createSchema, createYoga } from 'graphql-yoga';
      const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context: ({ request }) => ({ user: userOf(request.headers.get('authorization')) }) });
      const app = new Hono(); app.on(['GET', 'POST'], '/graphql', (c) => yoga.fetch(c.req.raw)); export default app;`),
  ],
  'a lambda function': [
    '/graphql#',
    {
      ...server(`import { ApolloServer } from '@apollo/server'; import { startServerAndCreateLambdaHandler, handlers } from '@as-integrations/aws-lambda';
      export const handler = startServerAndCreateLambdaHandler(new ApolloServer({ typeDefs, resolvers }), handlers.createAPIGatewayProxyEventV2RequestHandler(),
        { context: async ({ event }) => ({ user: userOf(event.headers.authorization) }) });`),
      'serverless.yml':
        'service: api\nprovider:\n  name: aws\nfunctions:\n  graphql:\n    handler: server.handler\n    events:\n      - httpApi:\n          path: /graphql\n          method: POST\n',
    },
  ],
  'GraphQL Yoga in Next.js': [
    '/api/graphql#',
    {
      ...server(''),
      'package.json': '{"dependencies":{"next":"15.1.0"}}',
      'app/api/graphql/route.ts': `import { createSchema, createYoga } from 'graphql-yoga';
        import { typeDefs } from '../../../schema'; import { resolvers } from '../../../resolvers'; import { userOf } from '../../../context';
        const { handleRequest } = createYoga({ schema: createSchema({ typeDefs, resolvers }), graphqlEndpoint: '/api/graphql', fetchAPI: { Response },
          context: async ({ request }) => ({ user: userOf(request.headers.get('authorization')) }) });
        export { handleRequest as GET, handleRequest as POST };`,
    },
  ],
  Mercurius: [
    '/graphql#',
    server(`import Fastify from 'fastify'; import mercurius from 'mercurius';
      const app = Fastify(); app.register(mercurius, { schema: typeDefs, resolvers, context: (request) => ({ user: userOf(request.headers.authorization) }) });
      app.listen({ port: 4000 });`),
  ],
};

describe('GraphQL servers', () => {
  it.each(Object.entries(servers))('%s', async (_, [path, files]) => {
    const { routes, found } = await judged(files, checks);
    expect(told(routes)).toMatchObject(expected);
    expect(found).toEqual(holes);
    expect(routes['graphql Query.mine']).toMatchObject({
      kind: 'graphql',
      method: 'QUERY',
      path: `${path}mine`,
      place: { file: 'resolvers.ts', line: 5 },
    });
    expect(routes['graphql Mutation.adminRemove']).toMatchObject({ method: 'MUTATION', path: `${path}adminRemove`, roles: ['admin'] });
  });
});

const standalone = (resolversText: string, typeDefsText: string, options = '', others: Files = {}): Files => ({
  'server.ts': `import { ApolloServer } from '@apollo/server'; import { startStandaloneServer } from '@apollo/server/standalone'; import { context, userOf } from './context'; import { prisma } from './db';
    const resolvers = ${resolversText};
    await startStandaloneServer(new ApolloServer({ typeDefs: \`${typeDefsText}\`, resolvers }), { ${options || 'context'} });`,
  ...others,
});

describe('GraphQL guards', () => {
  const one = async (resolver: string, options = '', sdl = 'type Query { one(id: ID): Int }'): Promise<string | undefined> =>
    told((await judged(standalone(`{ Query: { one: ${resolver} } }`, sdl, options), checks)).routes)['Query.one'];

  it.each<[string, string, string, string]>([
    [
      'throwing without a user',
      `(_, a, ctx) => { if (!ctx.user) throw new Error('x'); return prisma.invoice.findMany({}); }`,
      '',
      'identity, read invoice none',
    ],
    [
      'answering null without a user',
      `(_, a, ctx) => { if (!ctx.user) return null; return prisma.invoice.findMany({}); }`,
      '',
      'identity, read invoice none',
    ],
    [
      'looking at the user without asking for one',
      `(_, a, ctx) => { console.log(ctx.user?.id); return prisma.invoice.findMany({}); }`,
      '',
      'none, read invoice none',
    ],
    [
      'asking only where an argument says so',
      `(_, a, ctx) => { if (a.strict && !ctx.user) throw new Error('x'); return prisma.invoice.findMany({}); }`,
      '',
      'none, read invoice none',
    ],
    [
      'a context that throws',
      `() => prisma.invoice.findMany({})`,
      `context: async ({ req }) => { const user = userOf(req.headers.authorization); if (!user) throw new Error('x'); return { user }; }`,
      'identity, read invoice none',
    ],
    [
      'a context without a user',
      `(_, a, ctx) => { if (!ctx.db) throw new Error('x'); return prisma.invoice.findMany({}); }`,
      'context: async () => ({ db: prisma })',
      'none, read invoice none',
    ],
    [
      'a token that is only decoded',
      `(_, a, ctx) => { if (!ctx.user) throw new Error('x'); return prisma.invoice.findMany({}); }`,
      `context: async ({ req }) => { const jwt = await import('jsonwebtoken'); return { user: jwt.decode(req.headers.authorization) }; }`,
      'unverified-session, read invoice none',
    ],
    [
      'the row compared with the caller',
      `async (_, { id }, ctx) => { if (!ctx.user) throw new Error('x'); const row = await prisma.invoice.findUnique({ where: { id } }); if (row.organizationId !== ctx.user.organizationId) throw new Error('x'); return row; }`,
      '',
      'tenant, read invoice tenant',
    ],
  ])('%s', async (_, resolver, options, expectedText) => {
    expect(await one(resolver, options)).toBe(expectedText);
  });

  it('names a directive that nothing implements', async () => {
    expect(await one('() => prisma.invoice.findMany({})', '', 'type Query { one(id: ID): Int @auth }')).toBe(
      'none, read invoice none, ? @auth on Query.one',
    );
  });

  it('runs what stands before the endpoint', async () => {
    const { routes } = await judged(
      {
        ...server(`import express from 'express'; import { ApolloServer } from '@apollo/server'; import { expressMiddleware } from '@apollo/server/express4';
          const app = express(); const server = new ApolloServer({ typeDefs, resolvers });
          const mustSignIn = (req, res, next) => { req.user = userOf(req.headers.authorization); if (!req.user) return res.sendStatus(401); next(); };
          app.use('/graphql', mustSignIn, expressMiddleware(server, { context: async ({ req }) => ({ user: req.user }) })); app.listen(4000);`),
      },
      checks,
    );
    expect(told(routes)).toMatchObject({ ...expected, 'Query.open': 'identity, read payment none' });
  });

  it('asks, not accuses, where nothing was seen to serve the schema', async () => {
    const { routes, found } = await judged(
      server(
        `import { ApolloServer } from '@apollo/server'; import { mount } from '@company/server'; mount(new ApolloServer({ typeDefs, resolvers }), { context });`,
      ),
      checks,
    );
    expect(told(routes)['Query.open']).toBe('none, read payment none, ? the GraphQL endpoint');
    expect(found.filter((text) => !text.startsWith('unknown'))).toEqual([]);
  });

  it('puts together type definitions in files and resolvers in modules', async () => {
    const { routes } = await judged(
      {
        'schema/order.graphql': 'extend type Query {\n  mine: [Int]\n  lost: Int\n}',
        'schema/base.graphql': 'type Query {\n  open: [Int]\n}',
        'resolvers/orders.ts': `import { prisma } from '../db'; export default { Query: { mine: (_, args, { user }) => { if (!user) throw new Error('x'); return prisma.invoice.findMany({ where: { organizationId: user.organizationId } }); } } };`,
        'resolvers/open.ts': `import { prisma } from '../db'; export const openResolvers = { Query: { open: async () => prisma.invoice.findMany({}) } };`,
        'server.ts': `import { ApolloServer } from '@apollo/server'; import { startStandaloneServer } from '@apollo/server/standalone'; import { loadFilesSync } from '@graphql-tools/load-files'; import { mergeResolvers, mergeTypeDefs } from '@graphql-tools/merge';
          import { context } from './context'; import orders from './resolvers/orders'; import { openResolvers } from './resolvers/open';
          const typeDefs = mergeTypeDefs(loadFilesSync('./schema/**/*.graphql')); const resolvers = mergeResolvers([orders, openResolvers]);
          await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), { context });`,
      },
      checks,
    );
    expect(told(routes)).toMatchObject({
      'Query.mine': 'identity, read invoice tenant',
      'Query.open': 'none, read invoice none',
      'Query.lost': 'none',
    });
    expect(routes['graphql Query.lost']?.place.file).toBe('schema/order.graphql');
  });

  it('knows visitors and functions of older directives', async () => {
    const visitors = await judged(
      {
        'server.ts': `import { ApolloServer, SchemaDirectiveVisitor } from 'apollo-server'; import { context } from './context'; import { prisma } from './db';
          class AuthDirective extends SchemaDirectiveVisitor { visitFieldDefinition(field) { const { resolve } = field; field.resolve = async function (...args) { const [, , ctx] = args; if (!ctx.user) throw new Error('x'); return resolve.apply(this, args); }; } }
          const server = new ApolloServer({ typeDefs: \`type Query { one: Int @auth two: Int }\`, resolvers: { Query: { one: () => prisma.invoice.findMany({}), two: () => prisma.invoice.findMany({}) } }, context, schemaDirectives: { auth: AuthDirective } });
          server.listen();`,
      },
      checks,
    );
    expect(told(visitors.routes)).toMatchObject({ 'Query.one': 'identity, read invoice none', 'Query.two': 'none, read invoice none' });
    const functions = await judged(
      {
        'server.ts': `import { ApolloServer } from 'apollo-server'; import { makeExecutableSchema } from 'graphql-tools'; import { context } from './context'; import { prisma } from './db';
          const schema = makeExecutableSchema({ typeDefs: \`type Query { one: Int @auth two: Int }\`, resolvers: { Query: { one: () => prisma.invoice.findMany({}), two: () => prisma.invoice.findMany({}) } },
            directiveResolvers: { auth: (next, source, args, ctx) => { if (!ctx.user) throw new Error('x'); return next(); } } });
          new ApolloServer({ schema, context }).listen();`,
      },
      checks,
    );
    expect(told(functions.routes)).toMatchObject({ 'Query.one': 'identity, read invoice none', 'Query.two': 'none, read invoice none' });
  });

  it('lists fields of other objects that read data, and does not claim to know the way to them', async () => {
    const { routes, found } = await judged(
      standalone(
        `{ Query: { viewer: (_, a, ctx) => { if (!ctx.user) throw new Error('x'); return prisma.user.findUnique({ where: { id: ctx.user.sub } }); } },
           User: { organisation: (user) => prisma.organisation.findUnique({ where: { id: user.organisationId } }), name: (user) => user.first + user.last },
           Organisation: { invoices: { resolve: (organisation, { id }) => prisma.invoice.findMany({ where: { id } }) } } }`,
        'type Query { viewer: User } type User { organisation: Organisation name: String } type Organisation { invoices(id: ID): [Int] }',
      ),
      checks,
    );
    expect(told(routes)).toMatchObject({
      'Query.viewer': 'identity, read user owner',
      'User.organisation': 'none, read organisation unknown, ? the fields that give User',
      'Organisation.invoices': 'none, read invoice none, ? the fields that give Organisation',
    });
    expect(Object.keys(routes)).not.toContain('graphql User.name');
    expect(routes['graphql Organisation.invoices']).toMatchObject({ method: 'FIELD', path: '/#Organisation.invoices' });
    expect(found).toEqual([
      'unknown unauthenticated-data-route: graphql User.organisation',
      'unknown unauthenticated-data-route: graphql Organisation.invoices',
    ]);
  });
});
