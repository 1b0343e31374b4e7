import type { Codebase } from '../codebase.ts';
import { createLog, recordGap } from '../interpret/log.ts';
import { nothing } from '../interpret/state.ts';
import { type Frame, literal, type Machine, object, unknown } from '../interpret/value.ts';
import { standingOf } from '../know/endpoint.ts';
import { webRequest } from '../know/web.ts';
import type { Router } from '../know/trpc-procedure.ts';
import { trpcRouters } from '../know/trpc-router.ts';
import { operation } from '../know/trpc-adapters.ts';
import type { RouteSpec } from './assemble.ts';

const ownServer = /@trpc\/server\/adapters\/(?:standalone|aws-lambda|ws)['"]/;
const usesTrpc = /['"]@trpc\/server['"]/;

/**
 * tRPC procedures that no framework of ours has led to. Adapters with a server of their own are started; where nothing serves any
 * router, the routers are listed with that said, because the app must serve them somewhere.
 */
export function* trpcRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  const before = standingOf(machine).length;
  for (const path of code.product) if (ownServer.test(code.text(path) ?? '')) start(code, machine, path);
  if (standingOf(machine).length > before) return;
  if (!code.product.some((path) => usesTrpc.test(code.text(path) ?? ''))) return;
  if (trpcRouters(machine).length === 0) for (const path of code.product) find(code, machine, path);
  const routers = trpcRouters(machine);
  // Beside a router that is served, one that is not is dead code.
  if (routers.some((router) => router.served)) return;
  for (const router of routers) if (!router.nested && router.procedures.size > 0) yield* unserved(router);
}

// Statements at the top of the file: `createHTTPServer({ router }).listen(3000)`.
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
      if (statement.type === 'ExpressionStatement') machine.execute([statement], frame);
    }
  });
}

// Routers are the exports of modules that make them.
function find(code: Codebase, machine: Machine, path: string): void {
  if (!/router\s*\(/i.test(code.text(path) ?? '')) return;
  const module = code.module(path);
  for (const name of module?.exports.keys() ?? []) if (module) machine.aside(() => machine.exported(module, name));
}

function* unserved(router: Router): Generator<RouteSpec> {
  for (const name of router.procedures.keys()) {
    const found = operation(router, name, object({}), () => ({ request: unknown, rest: {} }));
    yield {
      kind: 'trpc',
      framework: 'tRPC',
      method: found.verb,
      path: found.path('/api/trpc'),
      place: found.place,
      id: found.id,
      run: (m) => {
        recordGap(m.log, 'the tRPC endpoint', 'could not find what serves the router, so what stands before it is not known', router.place);
        const module = m.code.module(router.place.file ?? '');
        if (!module) return undefined;
        return found.run({
          machine: m,
          args: [webRequest(literal('/'), literal(found.verb))],
          node: { start: 0, end: 0 },
          module,
          self: unknown,
        });
      },
    };
  }
}
