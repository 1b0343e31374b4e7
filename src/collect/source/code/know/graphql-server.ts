import { api, literal, native, type NativeCall, object, unknown, type Value } from '../interpret/value.ts';
import { type Endpoint, endpointHandler, type Operation, stand } from './endpoint.ts';
import { schemaOfOptions } from './graphql-make.ts';
import { runField, runInner } from './graphql-run.ts';
import { type GraphSchema, type InnerField, markServed, noteServer, type RootField } from './graphql-schema.ts';
import { pathText } from './registration.ts';
import { recordGap } from '../interpret/log.ts';
import { response, webRequest } from './web.ts';

/** Arguments with which a server calls its context function. */
type Hands = (call: NativeCall) => readonly Value[];

/** `({ req, res })`: Express and most others. */
const pair: Hands = ({ args: [request = unknown, reply = unknown] }) => [
  object({ req: request, res: reply, request, response: reply, reply }, true),
];
/** `(req, res)`. */
const positional: Hands = ({ args: [request = unknown, reply = unknown] }) => [request, reply];

/** `({ event, context })` of lambda functions and h3, `({ request })` of workers. */
const platform: Hands = ({ args: [event = unknown, context = unknown] }) => [object({ event, context, req: event, request: event }, true)];

// Yoga speaks of web requests; behind Express the original one comes along as `req`.
const web: Hands = ({ args: [request = unknown, second = unknown] }) => {
  const nodeStyle = second.api?.kind === 'response' || second.api?.kind === 'reply';
  return [
    object(
      { request: nodeStyle ? webRequest(literal('/graphql'), literal('POST')) : request, req: request, res: second, params: unknown },
      true,
    ),
  ];
};

interface Served {
  readonly schema: (call: NativeCall) => GraphSchema | undefined;
  readonly context: Value | undefined;
  readonly hands: Hands;
  /** Where the server answers, when it is told by itself. */
  readonly path?: string;
}

function context(call: NativeCall, { context: make, hands }: Served): Value {
  if (!make) return object({}, false);
  const isMade = make.closure ?? make.native ?? make.alternatives;
  return call.machine.settle(isMade ? call.machine.call(make, hands(call), unknown, call.node, call.module) : make);
}

/** One root field as something a client can call. */
export const operationOf = (field: RootField, run: Operation['run']): Operation => ({
  kind: 'graphql',
  framework: 'GraphQL',
  id: `graphql ${field.type}.${field.name}`,
  verb: 'POST',
  method: field.type.toUpperCase(),
  ...(field.type === 'Query' && { csrf: 'not-cookie' as const }),
  path: (endpoint) => `${endpoint}#${field.name}`,
  place: field.place,
  run,
});

/** A field of another object as something a client can reach. */
const innerOperation = (field: InnerField, run: Operation['run']): Operation => ({
  kind: 'graphql',
  framework: 'GraphQL',
  id: `graphql ${field.type}.${field.name}`,
  verb: 'POST',
  method: 'FIELD',
  csrf: 'not-cookie',
  onlyWithData: true,
  path: (endpoint) => `${endpoint}#${field.type}.${field.name}`,
  place: field.place,
  run,
});

function endpoint(call: NativeCall, server: Served): Endpoint {
  const schema = server.schema(call);
  if (!schema) recordGap(call.machine.log, 'the GraphQL schema', 'could not be read', call.module.placeOf(call.node));
  else markServed(call.machine, schema);
  for (const gap of schema?.gaps ?? []) recordGap(call.machine.log, gap.what, gap.why, gap.place ?? {});
  const operations = (schema?.fields() ?? []).map((field) =>
    operationOf(field, (at) => runField(at.machine, field, () => context(at, server))),
  );
  for (const field of schema?.inner ?? [])
    operations.push(innerOperation(field, (at) => runInner(at.machine, field, () => context(at, server))));
  return { operations, listed: true, ...(server.path !== undefined && { path: server.path }) };
}

const handler = (server: Served, member?: Parameters<typeof endpointHandler>[2]): Value =>
  endpointHandler((call) => endpoint(call, server), {}, member);

/** `new ApolloServer(options)` of every version: those up to 3 are mounted by their own methods, 4 and later by functions. */
const apolloServer = (packageName: string): Value =>
  api('library-class', {
    call: (made) => {
      const [options = unknown] = made.args;
      const given = options.props?.get('context');
      const schema = (call: NativeCall): GraphSchema | undefined => schemaOfOptions(call, options);
      noteServer(made.machine, () => schema(made));
      const own = (hands: Hands): Value => handler({ schema, context: given, hands });
      return api('apollo-server', {
        data: schema,
        member: (name) => {
          switch (name) {
            case 'applyMiddleware':
              return native((call) => {
                const [mount] = call.args;
                const app = mount?.props?.get('app') ?? unknown;
                const path = literal(pathText(mount?.props?.get('path')) ?? '/graphql');
                const use = call.machine.member(app, 'use', true, call.node, call.module);
                return call.machine.call(use, [path, own(pair)], app, call.node, call.module);
              });
            case 'getMiddleware':
              return native(() => own(pair));
            case 'createHandler':
              return native(() => own(packageName === 'apollo-server-lambda' ? platform : pair));
            case 'listen':
              return native((call) => (stand(call, own(pair), '/'), unknown));
            case 'graphqlPath':
              return literal('/graphql');
            default:
              return native(() => unknown);
          }
        },
      });
    },
  });

const schemaOfServer = (server: Value | undefined) =>
  (server?.api?.kind === 'apollo-server' ? server.api.data : () => undefined) as (call: NativeCall) => GraphSchema | undefined;

// `expressMiddleware(server, { context })` and its like for other frameworks.
const integration = (hands: Hands): Value =>
  native(({ args: [server, ...rest] }) => {
    // On lambda what reads the events stands in between.
    const options = rest.findLast((arg) => arg.props?.has('context'));
    return handler({ schema: schemaOfServer(server), context: options?.props?.get('context'), hands });
  });

const standalone: Value = native((call) => {
  const [server, options] = call.args;
  stand(call, handler({ schema: schemaOfServer(server), context: options?.props?.get('context'), hands: pair }), '/');
  return object({ url: unknown }, true);
});

// Fastify plugins: registered with options that name the path.
const plugin = (served: (options: Value, instance: Value) => Served): Value =>
  native((call) => {
    const [instance = unknown, options = unknown] = call.args;
    const path = literal(pathText(options.props?.get('path')) ?? '/graphql');
    const route = call.machine.member(instance, 'all', true, call.node, call.module);
    return call.machine.call(route, [path, handler(served(options, instance))], instance, call.node, call.module);
  });

/** `createYoga(options)`: a handler for every kind of server. */
const yoga: Value = native((made) => {
  const [options = unknown] = made.args;
  noteServer(made.machine, () => schemaOfOptions(made, options));
  const told = pathText(options.props?.get('graphqlEndpoint'));
  const path = told ?? '/graphql';
  const served: Served = {
    schema: (call) => schemaOfOptions(call, options),
    context: options.props?.get('context'),
    hands: web,
    ...(told !== undefined && { path }),
  };
  const fetching = endpointHandler((call) => endpoint(call, served), response(undefined));
  return handler(served, (name) =>
    name === 'graphqlEndpoint'
      ? literal(path)
      : /^(?:fetch|handle|handleRequest|handleNodeRequest|handleNodeRequestAndResponse)$/.test(name)
        ? fetching
        : undefined,
  );
});

// `graphqlHTTP(options)` and `graphqlExpress(options)`: the options may come from a function of the request.
const expressStyle = (hands: Hands): Value =>
  native(({ args: [given = unknown] }) =>
    endpointHandler((call) => {
      const options = given.closure ? call.machine.settle(call.machine.call(given, call.args, unknown, call.node, call.module)) : given;
      return endpoint(call, {
        schema: (at) => schemaOfOptions(at, options),
        context: options.props?.get('context') ?? call.args[0],
        hands,
      });
    }),
  );

// Pages to try queries out: no operations of their own.
const page: Value = native(() => endpointHandler(() => ({ operations: [], listed: true })));

/** What servers of GraphQL and their integrations export. */
export function graphqlServers(packageName: string, name: string): Value | undefined {
  if (name === 'ApolloServer' && /^(?:apollo-server(?:-\w+)*|@apollo\/server)$/.test(packageName)) return apolloServer(packageName);
  switch (packageName) {
    case '@apollo/server':
      return name === 'startStandaloneServer'
        ? standalone
        : name === 'expressMiddleware' || name === 'koaMiddleware'
          ? integration(pair)
          : undefined;
    case '@as-integrations/express4':
    case '@as-integrations/express5':
    case '@as-integrations/koa':
      return /Middleware$/.test(name) ? integration(pair) : undefined;
    case '@as-integrations/next':
      return name === 'startServerAndCreateNextHandler' ? integration(positional) : undefined;
    case '@as-integrations/aws-lambda':
    case '@as-integrations/cloudflare-workers':
    case '@as-integrations/h3':
      return /^startServerAndCreate/.test(name) ? integration(platform) : undefined;
    case '@as-integrations/fastify':
      return name === 'default' || name === 'fastifyApollo'
        ? native(({ args: [server] }) =>
            plugin((options) => ({ schema: schemaOfServer(server), context: options.props?.get('context'), hands: positional })),
          )
        : name === 'fastifyApolloHandler'
          ? integration(positional)
          : undefined;
    case 'apollo-server-express':
      return name === 'graphqlExpress' ? expressStyle(positional) : name === 'graphiqlExpress' ? page : undefined;
    case 'graphql-yoga':
      return name === 'createYoga' || name === 'createServer' ? yoga : undefined;
    case 'express-graphql':
      return name === 'graphqlHTTP' || name === 'default' ? expressStyle(positional) : undefined;
    case 'graphql-http':
      return name === 'createHandler' ? expressStyle(positional) : undefined;
    case '@hono/graphql-server':
      return name === 'graphqlServer' ? expressStyle(positional) : undefined;
    case 'graphql-playground-middleware-express':
    case 'altair-express-middleware':
      return name === 'default' || name === 'altairExpress' ? page : undefined;
    case 'mercurius':
      return name === 'default' || name === 'mercurius'
        ? plugin((options) => ({
            schema: (call) => schemaOfOptions(call, options),
            context: options.props?.get('context'),
            hands: positional,
          }))
        : undefined;
    default:
      return undefined;
  }
}
