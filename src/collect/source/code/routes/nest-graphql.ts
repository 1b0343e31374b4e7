import type { Node } from 'oxc-parser';
import type { Made } from '../interpret/instance.ts';
import { literal, type Machine, type Span, unknown, type Value } from '../interpret/value.ts';
import { serve } from '../know/endpoint.ts';
import { nodeResponse } from '../know/node-response.ts';
import { graphqlArgument, type RootMethod, rootMethods } from '../know/graphql-classes.ts';
import { fieldArguments, fieldInfo } from '../know/graphql-run.ts';
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

interface Answering {
  readonly resolver: Made;
  readonly onClass: readonly Decorator[];
  readonly method: RootMethod;
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
        kind: 'graphql',
        framework: 'NestJS',
        method: method.type.toUpperCase(),
        path: `${path}#${method.name}`,
        id: `graphql ${method.type}.${method.name}`,
        place: method.place,
        ...(method.type === 'Query' && { csrf: 'not-cookie' as const }),
        run: (m) => (run(m, { ...declaring, server, path }, { resolver, onClass, method }), undefined),
      };
  }
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
function begin(machine: Machine, served: Served, onClass: readonly Decorator[], method: RootMethod): Execution {
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
