import { describe, expect, it } from 'vitest';
import { missingRoleCheck } from '../../../../checks/audit/missing-role-check.ts';
import { objectWithoutOwnership } from '../../../../checks/audit/object-without-ownership.ts';
import { unauthenticatedDataRoute } from '../../../../checks/audit/unauthenticated-data-route.ts';
import { judged, told } from './graphql-fixture.ts';

const checks = [unauthenticatedDataRoute, objectWithoutOwnership, missingRoleCheck];

/** A server for a schema that `schema.ts` exports. */
const serving = (schema: string, before = ''): Record<string, string> => ({
  'schema.ts': schema,
  'server.ts': `import { ApolloServer } from '@apollo/server'; import { startStandaloneServer } from '@apollo/server/standalone'; import { context } from './context';
    import { schema } from './schema'; ${before}
    async function main() { const server = new ApolloServer({ schema: await schema }); await startStandaloneServer(server, { context }); }
    main();`,
});

const mine = 'prisma.invoice.findMany({ where: { organizationId: context.user.organizationId } })';
const all = 'prisma.payment.findMany({})';
const byId = 'prisma.invoice.findUnique({ where: { id: args.id } })';
const remove = 'prisma.invoice.delete({ where: { id: args.id } })';
const purge = 'prisma.invoice.deleteMany({})';

const schemas: Record<string, string> = {
  TypeGraphQL: `import 'reflect-metadata'; import { Arg, Authorized, Ctx, Mutation, Query, Resolver, UseMiddleware, buildSchema } from 'type-graphql'; import { prisma } from './db';
    class Invoice {}
    const signedIn = async ({ context }, next) => { if (!context.user) throw new Error('no'); return next(); };
    @Resolver(() => Invoice)
    class InvoiceResolver {
      @Query(() => [Invoice]) @UseMiddleware(signedIn) mine(@Ctx() context) { return ${mine}; }
      @Query(() => [Invoice], { name: 'open' }) everything() { return ${all}; }
      @Authorized() @Query(() => Invoice) byId(@Arg('id') id: string) { return prisma.invoice.findUnique({ where: { id } }); }
      @Authorized('admin') @Mutation(() => Boolean) adminRemove(@Arg('id') id: string) { return prisma.invoice.delete({ where: { id } }); }
      @Authorized() @Mutation(() => Boolean) adminPurge() { return ${purge}; }
    }
    export const authChecker = ({ context }, roles) => { if (!context.user) return false; if (roles.length === 0) return true; return roles.includes(context.user.role); };
    export const schema = buildSchema({ resolvers: [InvoiceResolver], authChecker });`,
  Nexus: `import { makeSchema, queryType, extendType, mutationField, objectType, nonNull, stringArg, fieldAuthorizePlugin } from 'nexus'; import { prisma } from './db';
    const Invoice = objectType({ name: 'Invoice', definition(t) { t.id('id'); } });
    const signedIn = (root, args, context) => Boolean(context.user);
    const Query = queryType({ definition(t) {
      t.list.field('mine', { type: 'Invoice', authorize: signedIn, resolve: (root, args, context) => ${mine} });
      t.nonNull.list.field('open', { type: 'Invoice', resolve: () => ${all} });
    } });
    const More = extendType({ type: 'Query', definition(t) { t.field('byId', { type: 'Invoice', args: { id: nonNull(stringArg()) }, authorize: signedIn, resolve: (_, args) => ${byId} }); } });
    const Remove = mutationField('adminRemove', { type: 'Boolean', authorize: (_, args, context) => context.user?.role === 'admin', resolve: (_, args) => ${remove} });
    const Purge = mutationField((t) => t.field('adminPurge', { type: 'Boolean', resolve: (_, args, context) => { if (!context.user) throw new Error('no'); return ${purge}; } }));
    export const schema = makeSchema({ types: [Invoice, Query, { More, Remove, Purge }], plugins: [fieldAuthorizePlugin()] });`,
  Pothos: `import SchemaBuilder from '@pothos/core'; import ScopeAuthPlugin from '@pothos/plugin-scope-auth'; import { prisma } from './db';
    const builder = new SchemaBuilder({ plugins: [ScopeAuthPlugin], scopeAuth: { authScopes: async (context) => ({ signedIn: !!context.user, role: (name) => context.user?.role === name }) } });
    const Invoice = builder.objectRef('Invoice').implement({ fields: (t) => ({ id: t.exposeID('id') }) });
    builder.queryType({ fields: (t) => ({ mine: t.field({ type: [Invoice], authScopes: { signedIn: true }, resolve: (root, args, context) => ${mine} }) }) });
    builder.queryFields((t) => ({ open: t.field({ type: [Invoice], resolve: () => ${all} }) }));
    builder.queryField('byId', (t) => t.withAuth({ signedIn: true }).prismaField({ type: 'Invoice', args: { id: t.arg.id() }, resolve: (query, root, args) => ${byId} }));
    builder.mutationType({});
    builder.mutationField('adminRemove', (t) => t.boolean({ authScopes: { role: 'admin' }, args: { id: t.arg.id() }, resolve: (root, args) => ${remove} }));
    builder.mutationField('adminPurge', (t) => t.boolean({ authScopes: { $any: { signedIn: true, role: 'admin' } }, resolve: () => ${purge} }));
    export const schema = builder.toSchema();`,
  'graphql-js': `import { GraphQLBoolean, GraphQLID, GraphQLList, GraphQLObjectType, GraphQLSchema } from 'graphql'; import { prisma } from './db';
    const Invoice = new GraphQLObjectType({ name: 'Invoice', fields: () => ({ id: { type: GraphQLID } }) });
    const ask = (context) => { if (!context.user) throw new Error('no'); };
    const byIdField = { type: Invoice, args: { id: { type: GraphQLID } }, resolve: (_, args, context) => { ask(context); return ${byId}; } };
    const query = new GraphQLObjectType({ name: 'Query', fields: () => ({
      mine: { type: new GraphQLList(Invoice), resolve: (_, args, context) => { ask(context); return ${mine}; } },
      open: { type: new GraphQLList(Invoice), resolve() { return ${all}; } },
      byId: byIdField,
    }) });
    const mutation = new GraphQLObjectType({ name: 'Mutation', fields: {
      adminRemove: { type: GraphQLBoolean, resolve: (_, args, context) => { if (context.user?.role !== 'admin') throw new Error('no'); return ${remove}; } },
      adminPurge: { type: GraphQLBoolean, resolve: (_, args, context) => { ask(context); return ${purge}; } },
    } });
    export const schema = new GraphQLSchema({ query, mutation });`,
  'schema directives': `import { makeExecutableSchema } from '@graphql-tools/schema'; import { getDirective, MapperKind, mapSchema } from '@graphql-tools/utils'; import { defaultFieldResolver } from 'graphql'; import { prisma } from './db';
    const typeDefs = \`directive @auth(requires: Role = USER) on FIELD_DEFINITION enum Role { ADMIN USER } type Invoice { id: ID! }
      type Query { mine: [Invoice] @auth open: [Invoice] byId(id: ID!): Invoice @auth(requires: USER) }
      type Mutation { adminRemove(id: ID!): Boolean @auth(requires: ADMIN) adminPurge: Boolean @auth }\`;
    const resolvers = { Query: { mine: (_, args, context) => ${mine}, open: () => ${all}, byId: (_, args) => ${byId} }, Mutation: { adminRemove: (_, args) => ${remove}, adminPurge: () => ${purge} } };
    function authDirective(schema) {
      return mapSchema(schema, { [MapperKind.OBJECT_FIELD]: (config) => {
        const directive = getDirective(schema, config, 'auth')?.[0];
        if (!directive) return config;
        const { resolve = defaultFieldResolver } = config;
        const { requires } = directive;
        config.resolve = (source, args, context, info) => {
          if (!context.user) throw new Error('no');
          if (requires === 'ADMIN' && context.user.role !== 'admin') throw new Error('no');
          return resolve(source, args, context, info);
        };
        return config;
      } });
    }
    export const schema = authDirective(makeExecutableSchema({ typeDefs, resolvers }));`,
  'graphql-shield': `import { makeExecutableSchema } from '@graphql-tools/schema'; import { applyMiddleware } from 'graphql-middleware'; import { allow, and, or, rule, shield } from 'graphql-shield'; import { prisma } from './db';
    const typeDefs = \`type Query { mine: [Int] open: [Int] byId(id: ID!): Int } type Mutation { adminRemove(id: ID!): Boolean adminPurge: Boolean }\`;
    const resolvers = { Query: { mine: (_, args, context) => ${mine}, open: () => ${all}, byId: (_, args) => ${byId} }, Mutation: { adminRemove: (_, args) => ${remove}, adminPurge: () => ${purge} } };
    const signedIn = rule({ cache: 'contextual' })(async (parent, args, context) => context.user !== null);
    const isAdmin = rule()((parent, args, context) => context.user.role === 'admin');
    const permissions = shield({ Query: { '*': signedIn, open: allow }, Mutation: { adminRemove: and(signedIn, isAdmin), adminPurge: or(signedIn, isAdmin) } }, { fallbackRule: signedIn });
    export const schema = applyMiddleware(makeExecutableSchema({ typeDefs, resolvers }), permissions);`,
  'composed resolvers': `import { makeExecutableSchema } from '@graphql-tools/schema'; import { composeResolvers } from '@graphql-tools/resolvers-composition'; import { combineResolvers, skip } from 'graphql-resolvers'; import { prisma } from './db';
    const typeDefs = \`type Query { mine: [Int] open: [Int] byId(id: ID!): Int } type Mutation { adminRemove(id: ID!): Boolean adminPurge: Boolean }\`;
    const isAuthenticated = (parent, args, { user }) => user ? skip : new Error('Not authenticated');
    const withAuth = (resolver) => (parent, args, context, info) => { if (!context.user) throw new Error('no'); return resolver(parent, args, context, info); };
    const hasRole = (role) => (next) => (parent, args, context, info) => { if (context.user?.role !== role) throw new Error('no'); return next(parent, args, context, info); };
    const resolvers = { Query: { mine: combineResolvers(isAuthenticated, (_, args, context) => ${mine}), open: () => ${all}, byId: withAuth((_, args) => ${byId}) },
      Mutation: { adminRemove: (_, args) => ${remove}, adminPurge: withAuth(() => ${purge}) } };
    export const schema = makeExecutableSchema({ typeDefs, resolvers: composeResolvers(resolvers, { 'Mutation.adminRemove': [hasRole('admin')] }) });`,
};

describe('GraphQL schemas', () => {
  it.each(Object.entries(schemas))('%s', async (_, schema) => {
    const { routes, found } = await judged(serving(schema), checks);
    expect(told(routes)).toMatchObject({
      'Query.mine': 'identity, read invoice tenant',
      'Query.open': 'none, read payment none',
      'Query.byId': 'identity, read invoice none',
      'Mutation.adminRemove': 'role, delete invoice role',
      'Mutation.adminPurge': 'identity, delete invoice none',
    });
    expect(found).toEqual([
      'unauthenticated-data-route: graphql Query.open',
      'object-without-ownership: graphql Query.byId',
      'missing-role-check: graphql Mutation.adminPurge',
    ]);
    expect(routes['graphql Mutation.adminRemove']).toMatchObject({
      kind: 'graphql',
      method: 'MUTATION',
      path: '/#adminRemove',
      roles: ['admin'],
      place: { file: 'schema.ts' },
    });
  });
});
