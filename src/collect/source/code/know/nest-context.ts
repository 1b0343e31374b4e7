import { api, literal, native, object, unknown, type Value } from '../interpret/value.ts';
import { keyOf, type Metadata } from './nest-decorators.ts';

/** What guards and custom parameter decorators see of a call. */
export interface Execution {
  readonly type: 'http' | 'graphql';
  readonly request: Value;
  readonly response: Value;
  readonly handler: Metadata;
  readonly owner: Metadata;
  /** Arguments of a resolver: root, args, context, info. */
  readonly args?: readonly Value[];
}

const target = (metadata: Metadata, name: string): Value =>
  api('nest-target', { data: metadata, member: (member) => (member === 'name' ? literal(name) : undefined) });

/** Nest's ExecutionContext. */
export function executionContext(run: Execution): Value {
  const args = run.args ?? [run.request, run.response, unknown];
  // Behind GraphQL the first arguments are those of a resolver, not request and response.
  const [first = unknown, second = unknown] = args;
  const http = object({ getRequest: native(() => first), getResponse: native(() => second), getNext: native(() => unknown) });
  const members: Readonly<Record<string, Value>> = {
    getHandler: native(() => target(run.handler, 'handler')),
    getClass: native(() => target(run.owner, 'controller')),
    getType: native(() => literal(run.type)),
    getArgs: native(() => ({ items: args })),
    getArgByIndex: native(({ args: [at] }) => args[Number(at?.literal?.is ?? 0)] ?? unknown),
    switchToHttp: native(() => http),
    switchToRpc: native(() => object({ getData: native(() => unknown), getContext: native(() => unknown) })),
    switchToWs: native(() => object({ getData: native(() => unknown), getClient: native(() => unknown) })),
  };
  return api('execution-context', { data: run, member: (name) => members[name] });
}

/** `GqlExecutionContext.create(context)`. */
export function graphqlContext(context: Value): Value {
  const run = context.api?.kind === 'execution-context' ? (context.api.data as Execution) : undefined;
  const [
    root = unknown,
    args = unknown,
    inner = object({ req: run?.request ?? unknown, res: run?.response ?? unknown }, true),
    info = unknown,
  ] = run?.args ?? [];
  const members: Readonly<Record<string, Value>> = {
    getContext: native(() => inner),
    getArgs: native(() => args),
    getRoot: native(() => root),
    getInfo: native(() => info),
  };
  return api('graphql-execution-context', {
    member: (name, call) => members[name] ?? call.machine.member(context, name, true, call.node, call.module),
  });
}

const read = (key: Value | undefined, from: Value | undefined): Value | undefined =>
  key && from?.api?.kind === 'nest-target' ? (from.api.data as Metadata).get(keyOf(key)) : undefined;

/** `Reflector`: reads what decorators have set on the handler and its class. */
export const reflector: Value = api('reflector', {
  member: (name) => {
    if (name === 'get') return native(({ args: [key, from] }) => read(key, from) ?? literal(undefined));
    if (name === 'getAllAndOverride')
      return native(({ args: [key, list] }) => {
        for (const from of list?.items ?? []) {
          const value = read(key, from);
          if (value) return value;
        }
        return literal(undefined);
      });
    if (name === 'getAll')
      return native(({ args: [key, list] }) => ({ items: (list?.items ?? []).map((from) => read(key, from) ?? literal(undefined)) }));
    if (name === 'getAllAndMerge')
      return native(({ args: [key, list] }) => {
        const found = (list?.items ?? []).flatMap((from) => read(key, from) ?? []);
        return found.some((value) => value.items)
          ? { items: found.flatMap((value) => value.items ?? [value]) }
          : (found[0] ?? { items: [] });
      });
    return undefined;
  },
});
