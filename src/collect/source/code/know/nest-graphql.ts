import { api, type Machine, native, object, type Span, unknown, type Value } from '../interpret/value.ts';
import type { Module } from '../module.ts';
import { graphqlDecorator } from './graphql-classes.ts';
import { graphqlContext } from './nest-context.ts';
import { mappedTypes } from './nest-dto.ts';
import { instanceOf, resolveToken } from './nest-inject.ts';
import { pathText } from './registration.ts';

const nowhere: Span = { start: 0, end: 0 };

const decorators = /^(?:Resolver|Query|Mutation|Subscription|ResolveField|ResolveProperty|Args|Context|Parent|Root|Info)$/;

/** `GraphQLModule.forRoot(options)`: what is given, until an application asks for the options. */
const graphqlModule: Value = api('library-class', {
  member: (name) =>
    name === 'forRoot' || name === 'forRootAsync'
      ? native(({ args }) => api('nest-graphql-module', { data: args[0] ?? unknown }))
      : undefined,
});

/** What @nestjs/graphql exports. */
export function nestGraphqlPackage(name: string): Value | undefined {
  if (name === 'GraphQLModule') return graphqlModule;
  if (name === 'GqlExecutionContext')
    return api('library-class', {
      member: (member) => (member === 'create' ? native(({ args }) => graphqlContext(args[0] ?? unknown)) : undefined),
    });
  return mappedTypes[name] ?? (decorators.test(name) ? graphqlDecorator(name) : undefined);
}

/** How an application serves its GraphQL schema. */
export interface NestGraphql {
  readonly path: string;
  /** True when the application's global prefix stands before the path. */
  readonly prefixed: boolean;
  /** Makes the context of a request. */
  readonly context: (request: Value, response: Value) => Value;
}

/** Reads the options of the modules given; the standard ones where none of them can be read. */
export function nestGraphql(machine: Machine, modules: readonly Value[], module: Module): NestGraphql {
  const given = modules.find((item) => item.api?.kind === 'nest-graphql-module')?.api?.data as Value | undefined;
  const options = given && machine.aside(() => optionsOf(machine, given, module));
  const field = (name: string): Value | undefined => options?.props?.get(name);
  const positional = driverName(field('driver') ?? given?.props?.get('driver')).startsWith('Mercurius');
  return {
    path: pathText(field('path')) ?? '/graphql',
    prefixed: field('useGlobalPrefix')?.literal?.is === true,
    context: (request, response) => {
      const pair = object({ req: request, res: response, request, reply: response }, true);
      const make = field('context');
      const made =
        make && (make.closure ?? make.native)
          ? machine.call(make, positional ? [request, response] : [pair], unknown, nowhere, module)
          : make;
      return made ? withRequest(machine.settle(made), request) : pair;
    },
  };
}

// Nest puts the request beside what the function gives, for what is injected by request.
const withRequest = (context: Value, request: Value): Value =>
  context.props && !context.props.has('req') ? { ...context, props: new Map([...context.props, ['req', request]]) } : context;

const driverName = (driver: Value | undefined): string =>
  driver?.from?.name ?? (driver?.api?.kind === 'package' ? (driver.api.data as { readonly name: string }).name : '');

// `forRoot(options)`, `forRootAsync({ useFactory, inject })` and `forRootAsync({ useClass })`.
function optionsOf(machine: Machine, given: Value, module: Module): Value {
  const factory = given.props?.get('useFactory');
  if (factory) {
    const injected = (given.props?.get('inject')?.items ?? []).map((token) => resolveToken(machine, token));
    return machine.settle(machine.call(factory, injected, unknown, nowhere, module));
  }
  const holder = given.props?.get('useClass') ?? given.props?.get('useExisting');
  if (!holder?.constructs) return given;
  const instance = instanceOf(machine, holder.constructs);
  return machine.settle(machine.call(machine.member(instance, 'createGqlOptions', true, nowhere, module), [], instance, nowhere, module));
}
