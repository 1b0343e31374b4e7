import { literal, native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { type Endpoint, endpointHandler, type Operation, reach, stand } from './endpoint.ts';
import { pathText } from './registration.ts';
import type { Router } from './trpc-procedure.ts';
import { routerOf } from './trpc-router.ts';
import { caller, runProcedure } from './trpc-run.ts';
import { headersIn, response } from './web.ts';

/** How a framework hands the request to tRPC: which arguments of the handler are request and response. */
type Hands = (call: NativeCall) => {
  readonly request: Value;
  readonly rest: Readonly<Record<string, Value>>;
  readonly more?: readonly Value[];
};

const node: Hands = ({ args }) => ({ request: args[0] ?? unknown, rest: { res: args[1] ?? unknown } });

// Hono's middleware gets its own context; the request inside it is a web one.
const hono: Hands = (call) => {
  const [c = unknown] = call.args;
  const wrapped = call.machine.member(c, 'req', true, call.node, call.module);
  const raw = call.machine.member(wrapped, 'raw', true, call.node, call.module);
  return { request: raw.api ? raw : wrapped, rest: { resHeaders: headersIn() }, more: [c] };
};

function endpointOf(options: Value, hands: Hands, path?: string): Endpoint {
  const router = routerOf(options.props?.get('router') ?? unknown);
  const operations = router ? [...router.procedures.keys()].map((name) => operation(router, name, options, hands)) : [];
  if (router) router.served = true;
  return { operations, ...(path !== undefined && { path }), listed: operations.length === 0 };
}

/** `trpc order.byId`: queries are reached with GET, mutations with POST. */
export function operation(router: Router, name: string, options: Value, hands: Hands): Operation {
  const procedure = router.procedures.get(name);
  if (!procedure) throw new Error(`no procedure ${name}`);
  return {
    kind: 'trpc',
    framework: 'tRPC',
    id: `trpc ${name}`,
    verb: procedure.type === 'mutation' ? 'POST' : 'GET',
    path: (endpoint) => `${endpoint === '/' ? '' : endpoint}/${name}`,
    place: procedure.place,
    run: (call) => runProcedure(call.machine, procedure, name, () => context(call, options, hands)),
  };
}

function context(call: NativeCall, options: Value, hands: Hands): Value {
  const { machine } = call;
  const make = options.props?.get('createContext');
  if (!make || make.literal) return object({});
  const { request, rest, more } = hands(call);
  const info = object({ isBatchCall: unknown, calls: unknown, url: unknown, connectionParams: unknown }, true);
  const made = machine.settle(
    machine.call(make, [object({ req: request, info, ...rest }), ...(more ?? [])], unknown, call.node, call.module),
  );
  return made.literal ? object({}) : made;
}

/** Functions of the adapters that take options and give a handler. */
const handlers: Readonly<Record<string, Hands>> = {
  createNextApiHandler: node,
  createNuxtApiHandler: (call) => ({
    request: call.machine.member(call.args[0] ?? unknown, 'node', true, call.node, call.module),
    rest: {},
    more: [],
  }),
  createExpressMiddleware: node,
  createHTTPHandler: node,
  createOpenApiExpressMiddleware: node,
};

/** What tRPC's adapters and those of its companions export. */
export function trpcAdapters(packageName: string, name: string): Value | undefined {
  if (packageName === '@hono/trpc-server') return name === 'trpcServer' ? honoServer : undefined;
  if (packageName === '@trpc/react-query' || packageName === '@trpc/next') return serverSide[name];
  if (packageName !== '@trpc/server' && packageName !== 'trpc-nuxt') return undefined;
  if (name === 'fetchRequestHandler') return fetchHandler;
  if (name === 'nodeHTTPRequestHandler') return nodeHandler;
  if (name === 'createHTTPServer') return ownServer;
  if (name === 'fastifyTRPCPlugin') return fastifyPlugin;
  if (name === 'awsLambdaRequestHandler') return native((call) => lambda(call));
  const hands = handlers[name];
  return hands && native(({ args }) => endpointHandler(() => endpointOf(args[0] ?? unknown, hands)));
}

const fetchHandler = native((call) => {
  const options = call.args[0] ?? unknown;
  const hands: Hands = () => ({ request: options.props?.get('req') ?? unknown, rest: { resHeaders: headersIn() } });
  reach(call, endpointOf(options, hands, pathText(options.props?.get('endpoint'))));
  return response(undefined);
});

const nodeHandler = native((call) => {
  const options = call.args[0] ?? unknown;
  const hands: Hands = () => ({ request: options.props?.get('req') ?? unknown, rest: { res: options.props?.get('res') ?? unknown } });
  return reach(call, endpointOf(options, hands));
});

const honoServer = native(({ args }) => {
  const options = args[0] ?? unknown;
  return endpointHandler(() => endpointOf(options, hono, stringOf(options.props?.get('endpoint')) ?? undefined), response(undefined));
});

const ownServer = native((call) => {
  const options = call.args[0] ?? unknown;
  stand(
    call,
    endpointHandler(() => endpointOf(options, node)),
    pathText(options.props?.get('basePath')) ?? '/',
  );
  return object({ listen: native(() => unknown), server: unknown }, true);
});

// A Fastify plugin: everything under its prefix is tRPC's.
const fastifyPlugin = native((call) => {
  const [instance = unknown, options = unknown] = call.args;
  const handler = endpointHandler(() => endpointOf(options.props?.get('trpcOptions') ?? unknown, node));
  const all = call.machine.member(instance, 'all', true, call.node, call.module);
  return call.machine.call(all, [literal('/:path'), handler], instance, call.node, call.module);
});

// Behind an API gateway the path is not in the code.
function lambda(call: NativeCall): Value {
  const handler = endpointHandler(() =>
    endpointOf(call.args[0] ?? unknown, ({ args }) => ({
      request: unknown,
      rest: { event: args[0] ?? unknown, context: args[1] ?? unknown },
    })),
  );
  stand(call, handler, '/');
  return handler;
}

/** Callers that pages use while they are rendered. */
const serverSide: Readonly<Record<string, Value>> = {
  createServerSideHelpers: native((call) => ofOptions(call.args[0] ?? unknown)),
  createSSGHelpers: native((call) => ofOptions(call.args[0] ?? unknown)),
  createHydrationHelpers: native(({ args }) => object({ trpc: args[0] ?? unknown, HydrateClient: unknown }, true)),
};

function ofOptions(options: Value): Value {
  const router = routerOf(options.props?.get('router') ?? unknown);
  return router ? caller(router, options.props?.get('ctx') ?? object({})) : unknown;
}
