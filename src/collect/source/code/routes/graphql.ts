import type { Codebase } from '../codebase.ts';
import { createLog, recordGap } from '../interpret/log.ts';
import { nothing } from '../interpret/state.ts';
import { type Frame, type Machine, object, unknown } from '../interpret/value.ts';
import { standingOf } from '../know/endpoint.ts';
import { runField } from '../know/graphql-run.ts';
import { graphSchemas, isServed, openServers } from '../know/graphql-schema.ts';
import { operationOf } from '../know/graphql-server.ts';
import type { RouteSpec } from './assemble.ts';
import { withStarters } from './server-sources.ts';

const makesServer = /\b(?:startStandaloneServer|ApolloServer|createYoga|createServer|createHandler)\b/;
const usesGraphql = /['"](?:@apollo\/server|apollo-server[\w-]*|graphql-yoga|graphql-http|@as-integrations\/[\w-]+)(?:\/[\w/-]+)?['"]/;

/** Starts GraphQL servers that listen by themselves, and lists schemas that nothing we know serves. */
export function* graphqlRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  const makers = code.product.filter((path) => {
    const text = code.text(path) ?? '';
    return makesServer.test(text) && usesGraphql.test(text);
  });
  for (const path of withStarters(code, makers)) start(code, machine, path);
  // A server of its own is run after this; its schema is served then.
  if (standingOf(machine).length > 0) return;
  if (graphSchemas(machine).some((schema) => isServed(machine, schema))) return;
  openServers(machine);
  for (const schema of graphSchemas(machine)) {
    for (const field of schema.fields()) {
      const operation = operationOf(field, (call) => runField(call.machine, field, () => object({}, true)));
      yield {
        kind: 'graphql',
        framework: 'GraphQL',
        method: operation.method ?? 'QUERY',
        path: operation.path('/graphql'),
        place: field.place,
        id: operation.id,
        run: (m) => {
          recordGap(
            m.log,
            'the GraphQL endpoint',
            'could not find what serves the schema, so what stands before it is not known',
            schema.place,
          );
          return operation.run({ machine: m, args: [], node: { start: 0, end: 0 }, module: field.module, self: unknown });
        },
      };
    }
  }
}

function start(code: Codebase, machine: Machine, path: string): void {
  const module = code.module(path);
  if (!module) return;
  const scope = machine.moduleScope(module);
  const frame: Frame = { scope, returns: [], leaves: [] };
  machine.aside(() => {
    for (const name of module.declarations.keys()) machine.lookup(name, scope);
    for (const statement of module.program.body) {
      machine.state = nothing;
      machine.log = createLog();
      machine.budget = 100_000;
      if (statement.type === 'ExpressionStatement' || statement.type === 'IfStatement') machine.execute([statement], frame);
    }
  });
}
