import { merge } from '../interpret/global-names.ts';
import { api, native, type NativeCall, object, unknown, type Value } from '../interpret/value.ts';
import type { Procedure, Router, Step } from './trpc-procedure.ts';
import { lazyRouter, makeRouter, mergeRouters, routerOf } from './trpc-router.ts';
import { caller } from './trpc-run.ts';

interface Chain {
  readonly steps: readonly Step[];
  readonly meta: Value;
}

const chainOf = (value: Value | undefined): Chain | undefined =>
  value?.api?.kind === 'trpc-chain' ? (value.api.data as Chain) : undefined;

/** `t.procedure` and what is chained to it. */
function chain(data: Chain): Value {
  const add = (...steps: readonly Step[]): Value => chain({ ...data, steps: [...data.steps, ...steps] });
  return api('trpc-chain', {
    data,
    member: (name) => {
      switch (name) {
        case 'input':
          return native(({ args }) => add({ kind: 'input', parser: args[0] ?? unknown }));
        case 'use':
          return native((call) => add(...middlewareSteps(call.args[0], call)));
        case 'concat':
        case 'unstable_concat':
          return native(({ args }) => add(...(chainOf(args[0])?.steps ?? [])));
        case 'meta':
          return native(({ args }) => chain({ ...data, meta: merge([data.meta, args[0] ?? unknown]) }));
        case 'query':
        case 'mutation':
        case 'subscription':
          return native((call) => procedure(name, data, call));
        case 'output':
        case 'experimental_caller':
          return native(() => chain(data));
        default:
          return undefined;
      }
    },
  });
}

const procedure = (type: Procedure['type'], data: Chain, call: NativeCall): Value =>
  api('trpc-procedure', {
    data: {
      type,
      ...data,
      resolver: call.args[0] ?? unknown,
      call: { node: call.node, module: call.module },
      place: call.module.placeOf(call.node),
    } satisfies Procedure,
  });

const middleware = (steps: readonly Step[]): Value =>
  api('trpc-middleware', {
    data: steps,
    member: (name) =>
      name === 'unstable_pipe' || name === 'pipe'
        ? native((call) => middleware([...steps, ...middlewareSteps(call.args[0], call)]))
        : name === '_middlewares'
          ? { items: [] }
          : undefined,
  });

const middlewareSteps = (value: Value | undefined, call: Pick<NativeCall, 'node' | 'module'>): readonly Step[] =>
  value?.api?.kind === 'trpc-middleware'
    ? (value.api.data as readonly Step[])
    : [{ kind: 'use', run: value ?? unknown, place: call.module.placeOf(call.node) }];

const makeMiddleware: Value = native((call) => middleware(middlewareSteps(call.args[0], call)));

/** What `initTRPC...create()` gives. */
const root = (meta: Value): Value =>
  api('trpc-root', {
    member: (name) => {
      switch (name) {
        case 'procedure':
          return chain({ steps: [], meta });
        case 'router':
          return native((call) => makeRouter(call, call.args[0] ?? unknown));
        case 'mergeRouters':
          return native((call) => mergeRouters(call));
        case 'middleware':
          return makeMiddleware;
        case 'createCallerFactory':
          return callerFactory;
        default:
          return undefined;
      }
    },
  });

// v11 is given the router at once, v10 in a second call.
const callerFactory: Value = native(({ args }) => {
  const router = args[0] && routerOf(args[0]);
  return router
    ? callerOf(router)
    : native(({ args: later }) => (later[0] && routerOf(later[0]) ? callerOf(routerOf(later[0]) as Router) : unknown));
});

const callerOf = (router: Router): Value => native((call) => caller(router, contextFor(call)));

/** A context, or the function that makes it. */
function contextFor(call: NativeCall): Value {
  const [given] = call.args;
  if (!given) return object({});
  const isMade = given.closure ?? given.native;
  return isMade ? call.machine.settle(call.machine.call(given, [], unknown, call.node, call.module)) : given;
}

const builder = (meta: Value): Value =>
  api('init-trpc', {
    // Version 11 is used as `initTRPC.context<T>()`, version 10 allows `new`-less calls too.
    call: () => builder(meta),
    member: (name) =>
      name === 'create'
        ? native(({ args }) => root(merge([args[0]?.props?.get('defaultMeta') ?? object({}), meta])))
        : name === 'context' || name === 'meta'
          ? native(() => builder(meta))
          : undefined,
  });

/** What tRPC's server package exports, adapters apart. */
export function trpcPackage(packageName: string, name: string): Value | undefined {
  if (packageName !== '@trpc/server') return undefined;
  switch (name) {
    case 'initTRPC':
      return builder(object({}));
    case 'lazy':
    case 'experimental_lazy':
      return lazyRouter;
    case 'experimental_standaloneMiddleware':
      return native(() => object({ create: makeMiddleware }));
    case 'experimental_trpcMiddleware':
      return makeMiddleware;
    case 'callTRPCProcedure':
    case 'callProcedure':
      return native(() => unknown);
    default:
      return undefined;
  }
}
