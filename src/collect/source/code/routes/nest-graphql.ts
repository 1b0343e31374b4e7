import type { Node } from 'oxc-parser';
import type { Made } from '../interpret/instance.ts';
import { literal, type Machine, type Span, stringOf, unknown, type Value } from '../interpret/value.ts';
import { serve } from '../know/endpoint.ts';
import { nodeResponse } from '../know/node-response.ts';
import { graphqlArgument, innerMethods, type RootMethod, rootMethods } from '../know/graphql-classes.ts';
import { fieldArguments, fieldInfo, noteWay } from '../know/graphql-run.ts';
import { type Execution, executionContext } from '../know/nest-context.ts';
import { argumentsOf, type Decorator, decoratorsOf, metadataOf } from '../know/nest-decorators.ts';
import { whitelisted } from '../know/nest-dto.ts';
import { type NestGraphql, nestGraphql } from '../know/nest-graphql.ts';
import { instanceOf, typeValue } from '../know/nest-inject.ts';
import { answering } from '../know/nest-request.ts';
import type { RouteSpec } from './assemble.ts';
import { askAll, type Declaring, passAll, pipesOf } from './nest-ahead.ts';
import { answer, instantiated, nestRequest, throughPipes } from './nest-run.ts';
import { joinPaths } from './path.ts';

const nowhere: Span = { start: 0, end: 0 };

interface Served extends Declaring {
  readonly server: NestGraphql;
  readonly path: string;
}

type Method = Omit<RootMethod, 'type'> & { readonly type: string };

interface Answering {
  readonly resolver: Made;
  readonly onClass: readonly Decorator[];
  readonly method: Method;
}

/** Root fields that resolver classes of a Nest application answer, each behind the application's guards and its own. */
export function* nestGraphqlRoutes(machine: Machine, declaring: Declaring): Generator<RouteSpec> {
  const { app, graph } = declaring;
  const server = nestGraphql(machine, graph.foreign, app.module);
  const path = joinPaths(server.prefixed ? app.prefix : '', server.path);
  const seen = new Set<unknown>();
  for (const resolver of graph.providers) {
    if (seen.has(resolver.node)) continue;
    seen.add(resolver.node);
    const onClass = decoratorsOf(machine, resolver, resolver.node);
    for (const method of rootMethods(machine, resolver))
      yield {
        ...about(path, method),
        ...(method.type === 'Query' && { csrf: 'not-cookie' as const }),
        run: (m) => (run(m, { ...declaring, server, path }, { resolver, onClass, method }), undefined),
      };
    const type = typeOf(machine, resolver, onClass);
    for (const method of innerMethods(machine, resolver))
      yield {
        ...about(path, { ...method, type }),
        method: 'FIELD',
        path: `${path}#${type}.${method.name}`,
        csrf: 'not-cookie',
        onlyWithData: true,
        run: (m) => (runInner(m, { ...declaring, server, path }, { resolver, onClass, method: { ...method, type } }), undefined),
      };
  }
}

const about = (path: string, { type, name, place }: Pick<Method, 'type' | 'name' | 'place'>) =>
  ({
    kind: 'graphql',
    framework: 'NestJS',
    method: type.toUpperCase(),
    path: `${path}#${name}`,
    id: `graphql ${type}.${name}`,
    place,
  }) as const;

// `@Resolver(() => Invoice)`, `@Resolver('Invoice')`
function typeOf(machine: Machine, resolver: Made, onClass: readonly Decorator[]): string {
  const told = onClass.find(({ name }) => name === 'graphql Resolver')?.args[0];
  const given = told?.closure ? machine.aside(() => machine.call(told, [], unknown, nowhere, resolver.module)) : told;
  return stringOf(given) ?? given?.constructs?.node.id?.name ?? resolver.node.id?.name.replace(/Resolver$/, '') ?? 'Object';
}

// Nest asks no guards for a field of an object, unless it is told to.
function runInner(machine: Machine, served: Served, { resolver, onClass, method }: Answering): void {
  const { module } = method.made;
  const instance = instanceOf(machine, resolver);
  serve(machine, `${method.type}.${method.name}`, method.place, (own) => {
    const { args = [], ...execution } = begin(machine, served, onClass, method);
    noteWay(machine, method);
    if (machine.state)
      own(() => {
        const inner: Execution = { ...execution, args: [unknown, ...args.slice(1)] };
        const given = method.method.value.params.map((param) => argument(machine, method.made, param, inner, []));
        answer(machine, machine.call(machine.member(instance, method.key, true, nowhere, module), given, instance, nowhere, module));
      });
  });
}

function run(machine: Machine, served: Served, { resolver, onClass, method }: Answering): void {
  const { key, decorators, place } = method;
  const { module } = method.made;
  const instance = instanceOf(machine, resolver);
  serve(machine, `${method.type}.${method.name}`, place, (own) => {
    const execution = begin(machine, served, onClass, method);
    if (machine.state) askAll(machine, served, onClass, decorators, execution, place);
    if (!machine.state) return;
    own(() => {
      const pipes = pipesOf(served, onClass, decorators);
      const args = method.method.value.params.map((param) => argument(machine, method.made, param, execution, pipes));
      answer(machine, machine.call(machine.member(instance, key, true, nowhere, module), args, instance, nowhere, module));
    });
  });
}

// Middleware, then the context: guards come after both, and find the request in the context.
function begin(machine: Machine, served: Served, onClass: readonly Decorator[], method: Method): Execution {
  const { path, server } = served;
  const request = nestRequest(path, 'POST');
  const response = nodeResponse();
  answering(machine, request);
  passAll(machine, served, { method: 'POST', path, local: server.path, place: method.place }, request, response);
  return {
    type: 'graphql',
    request,
    response,
    handler: metadataOf(method.decorators),
    owner: metadataOf(onClass),
    args: [literal(undefined), fieldArguments, server.context(request, response), fieldInfo(method)],
  };
}

function argument(machine: Machine, made: Made, param: Node, execution: Execution, pipes: readonly Value[]): Value {
  const named: Node = param.type === 'AssignmentPattern' ? param.left : param;
  const decorators = [...decoratorsOf(machine, made, param), ...(named === param ? [] : decoratorsOf(machine, made, named))];
  const custom = decorators.find(({ name }) => name === 'Custom');
  if (custom) {
    const [factory = unknown, data = unknown] = custom.args;
    return machine.settle(machine.call(factory, [data, executionContext(execution)], unknown, nowhere, made.module));
  }
  const [parent = unknown, args = unknown, context = unknown, info = unknown] = execution.args ?? [];
  const given = graphqlArgument(machine, made, param, { parent, args, context, info });
  if (!given || !decorators.some(({ name }) => name === 'graphql Args')) return given ?? unknown;
  // The class of an argument is its type in the schema, so nothing but its fields comes through.
  const value = whitelisted(machine, typeValue(machine, made, named), 'body') ?? given;
  const own = argumentsOf(decorators, 'graphql Args').filter((item) => item.constructs ?? item.api);
  return throughPipes(
    machine,
    made,
    value,
    [...pipes, ...own].map((pipe) => instantiated(machine, pipe)),
  );
}
