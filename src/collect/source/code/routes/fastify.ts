import type { Codebase } from '../codebase.ts';
import { readJson } from '../../tree.ts';
import { noteExit, recordGap } from '../interpret/log.ts';
import { both, unanswered } from '../interpret/state.ts';
import { alternativesOf, type Machine, object, unknown, type Value } from '../interpret/value.ts';
import { makeExchange } from '../know/fastify-exchange.ts';
import { runHook } from '../know/fastify-hooks.ts';
import { loadPlugins, makeServer } from '../know/fastify-instance.ts';
import { type FastifyInstance, type FastifyRoute, fastifyServers, lifecycle } from '../know/fastify-scope.ts';
import { mayGuard } from '../know/registration.ts';
import { filesOf, filesOption } from '../know/static-files.ts';
import { runAhead } from './ahead.ts';
import type { RouteSpec } from './assemble.ts';
import { pathValue } from './path.ts';

const nowhere = { start: 0, end: 0 };

/** Routes of all Fastify servers: plugins are loaded in their order, hooks hold for the scope they were added to and those below. */
export function* fastifyRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  machine.aside(() => {
    startedByCli(code, machine);
    for (const server of fastifyServers(machine)) loadPlugins(machine, server);
  });
  const seen = new Set<string>();
  for (const route of fastifyServers(machine).flatMap(routesOf)) {
    // The same server may be built twice, by its own entry point and by a serverless one.
    const key = `${route.method} ${route.path} ${route.place.file}:${route.place.line}`;
    if (seen.has(key) || route.method === 'HEAD' || route.method === 'OPTIONS') continue;
    seen.add(key);
    const files = filesOf(route.options.get(filesOption) ?? unknown);
    yield {
      kind: files ? 'page' : 'http',
      ...(files && { files }),
      framework: 'Fastify',
      method: route.method,
      path: route.path,
      place: route.place,
      run: (m) => runRoute(m, route),
    };
  }
}

const routesOf = (instance: FastifyInstance): FastifyRoute[] => [...instance.routes, ...instance.children.flatMap(routesOf)];

/** `fastify start app.js` of fastify-cli: the file is a plugin and the server is made elsewhere. */
function startedByCli(code: Codebase, machine: Machine): void {
  for (const { path } of code.tree.files) {
    if (!/(^|\/)package\.json$/.test(path)) continue;
    const folder = path.slice(0, -'package.json'.length);
    const scripts = (readJson(code.tree, path) as { scripts?: Record<string, unknown> } | undefined)?.scripts ?? {};
    const files = new Set(
      Object.values(scripts).flatMap((script) =>
        typeof script === 'string' ? (/\bfastify start\b.*?(\S+\.[cm]?[jt]s)\b/.exec(script)?.[1] ?? []) : [],
      ),
    );
    const modules = [...files].flatMap((file) => {
      const plain = file.replace(/^\.\//, '');
      const source = plain.replace(/^(?:dist|build)\//, 'src/').replace(/js$/, 'ts');
      const found = [plain, source, source.replace(/^src\//, '')].map((name) => folder + name).find((name) => code.tree.has(name));
      return found === undefined ? [] : (code.module(found) ?? []);
    });
    for (const module of new Set(modules)) {
      const server = makeServer({ machine, node: nowhere, module }).api?.data as FastifyInstance;
      server.queue.push({ plugin: machine.exported(module, 'default'), options: object({}), node: nowhere, module });
    }
  }
}

function runRoute(machine: Machine, route: FastifyRoute): Value | undefined {
  const exchange = makeExchange(route, pathValue(route.path));
  for (let at: FastifyInstance | undefined = route.instance; at; at = at.parent)
    for (const gap of at.gaps) recordGap(machine.log, gap.what, gap.why, gap.place ?? route.place);
  for (const gap of route.gaps) recordGap(machine.log, gap.what, gap.why, gap.place ?? route.place);
  for (const phase of lifecycle) {
    for (const hook of route.instance.hooks)
      if (hook.name === phase) runAhead(machine, () => runHook(machine, hook.run, exchange, { node: nowhere, module: hook.module }));
    for (const hook of route.hooks.get(phase) ?? []) runHook(machine, hook, exchange, { node: nowhere, module: route.module });
    if (!machine.state) return undefined;
  }
  if (machine.state) machine.log.entered = machine.state;
  const { handler } = route;
  const socket = route.options.get('websocket')?.literal?.is === true;
  const answer = machine.settle(
    machine.call(
      handler,
      socket ? [unknown, exchange.request] : [exchange.request, exchange.reply(false)],
      route.instance.value,
      nowhere,
      route.module,
    ),
  );
  if (!handler.closure && !handler.native && !handler.api && !handler.alternatives && mayGuard(handler))
    recordGap(machine.log, 'the handler', 'could not be found', route.place);
  note(machine, answer);
  return undefined;
}

// What the handler returns is the answer, unless it has sent one.
function note(machine: Machine, answer: Value): void {
  const { exits } = machine.log;
  const sentBefore = exits.length > 0;
  if (!machine.state) return;
  for (const { value, state } of alternativesOf(answer)) {
    const open = unanswered(both(machine.state, state));
    const isVoid = (value.literal && value.literal.is === undefined) || value.api?.kind === 'reply';
    if (!open || value.response === 'deny' || (isVoid && sentBefore)) continue;
    noteExit(machine.log, open, isVoid ? undefined : value);
  }
}
