import type { MethodDefinition } from 'oxc-parser';
import type { Place } from '../../../../core/finding.ts';
import type { Codebase } from '../codebase.ts';
import { ancestry, type Made, memberName } from '../interpret/instance.ts';
import { createLog } from '../interpret/log.ts';
import { nothing } from '../interpret/state.ts';
import { type Frame, type Machine, type Span, unknown, type Value } from '../interpret/value.ts';
import { type NestApp, nestApps, versionsOf } from '../know/nest-app.ts';
import type { Execution } from '../know/nest-context.ts';
import { argumentsOf, type Decorator, decoratorsOf, type Metadata, metadataOf } from '../know/nest-decorators.ts';
import { instanceOf } from '../know/nest-inject.ts';
import { answering } from '../know/nest-request.ts';
import { nodeResponse } from '../know/node-response.ts';
import { flatten, pathText } from '../know/registration.ts';
import type { RouteSpec } from './assemble.ts';
import { askAll, type Declaring, passAll, pipesOf } from './nest-ahead.ts';
import { nestGraphqlRoutes } from './nest-graphql.ts';
import { type ModuleGraph, readModules } from './nest-modules.ts';
import { fullPath } from './nest-paths.ts';
import { answer, argumentsFor, behindGuards, nestRequest } from './nest-run.ts';
import { joinPaths } from './path.ts';

const nowhere: Span = { start: 0, end: 0 };
const verbs = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'All', 'Search', 'Sse']);

/** Routes of NestJS applications: controllers of the modules below each root, with their guards run on a context of the route. */
export function* nestRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  boot(code, machine);
  // The same application may be made twice, for a server and for a serverless handler, or first only to read its settings.
  const apps = new Map<unknown, NestApp>();
  for (const app of nestApps(machine)) {
    const root = app.root.constructs?.node ?? app.root;
    if (app.listens || !apps.get(root)?.listens) apps.set(root, app);
  }
  for (const app of apps.values()) {
    const graph = readModules(machine, app.root);
    for (const { made, prefix } of graph.controllers) yield* controllerRoutes(machine, app, graph, made, prefix);
    yield* nestGraphqlRoutes(machine, { app, graph });
  }
}

// Runs the files that make applications, as starting them would.
function boot(code: Codebase, machine: Machine): void {
  for (const path of code.product) {
    const text = code.text(path);
    if (!text?.includes('NestFactory') || !/NestFactory\s*\.\s*create\b/.test(text)) continue;
    const module = code.module(path);
    if (!module) continue;
    const scope = machine.moduleScope(module);
    const frame: Frame = { scope, returns: [], leaves: [] };
    const before = nestApps(machine).length;
    const run = (work: () => void): void =>
      machine.aside(() => {
        machine.budget = 200_000;
        machine.state = nothing;
        machine.log = createLog();
        work();
      });
    for (const statement of module.program.body)
      if (statement.type === 'ExpressionStatement' || statement.type === 'IfStatement') run(() => machine.execute([statement], frame));
    if (nestApps(machine).length > before) continue;
    for (const [name, statement] of module.declarations) {
      const value = machine.lookup(name, scope);
      const made = /NestFactory\s*\.\s*create\b/.test(module.text.slice(statement.start, statement.end));
      if (value.closure && made) run(() => void machine.call(value, [], unknown, statement, module));
    }
  }
}

interface Handler {
  readonly made: Made;
  readonly method: MethodDefinition;
  readonly name: string;
  readonly decorators: readonly Decorator[];
}

function* controllerRoutes(machine: Machine, app: NestApp, graph: ModuleGraph, controller: Made, modulePath: string): Generator<RouteSpec> {
  const { classes } = ancestry(machine, controller);
  const decorators =
    classes.map((made) => decoratorsOf(machine, made, made.node)).find((list) => list.some(({ name }) => name === 'Controller')) ?? [];
  const told = decorators.find(({ name }) => name === 'Controller');
  if (!told) return;
  const [first] = told.args;
  const options = first?.props;
  const bases = pathsOf(options ? options.get('path') : first);
  const versions = versionsOf(options?.get('version'));
  for (const handler of handlersOf(machine, classes)) {
    const own = versionsOf({ items: argumentsOf(handler.decorators, 'Version') });
    const all = [own, versions, app.defaultVersions, [undefined]].find((list) => list.length > 0) ?? [];
    for (const { name, args, place } of handler.decorators) {
      if (!verbs.has(name)) continue;
      const method = name === 'Sse' ? 'GET' : name.toUpperCase();
      const locals = bases.flatMap((base) => pathsOf(args[0]).map((path) => joinPaths(modulePath, base, path)));
      for (const local of locals)
        for (const version of all)
          yield spec({ app, graph, controller, handler, class: decorators, method, local, place }, fullPath(app, version, local, method));
    }
  }
}

const pathsOf = (value: Value | undefined): string[] => (value ? flatten(value).map((item) => pathText(item) ?? '') : ['']);

// Handlers of base classes are routes of the controller too, unless it overrides them.
function* handlersOf(machine: Machine, classes: readonly Made[]): Generator<Handler> {
  const seen = new Set<string>();
  for (const made of classes) {
    for (const method of made.node.body.body) {
      const name = memberName(method);
      if (method.type !== 'MethodDefinition' || name === undefined || seen.has(name)) continue;
      seen.add(name);
      const decorators = decoratorsOf(machine, made, method);
      if (decorators.length > 0) yield { made, method, name, decorators };
    }
  }
}

interface Declared extends Declaring {
  readonly controller: Made;
  readonly handler: Handler;
  readonly class: readonly Decorator[];
  readonly method: string;
  /** The path without global prefix and version. */
  readonly local: string;
  readonly place: Place;
}

const spec = (route: Declared, path: string): RouteSpec => ({
  kind: 'http',
  framework: 'NestJS',
  method: route.method,
  path,
  place: route.place,
  run: (machine) => runRoute(machine, route, path),
});

function runRoute(machine: Machine, route: Declared, path: string): undefined {
  const { controller, handler, local, method, place } = route;
  const request = nestRequest(path, method);
  answering(machine, request);
  const owner: Metadata = metadataOf(route.class);
  const execution: Execution = { type: 'http', request, response: nodeResponse(), handler: metadataOf(handler.decorators), owner };
  const instance = instanceOf(machine, controller);
  const before = (): void => {
    passAll(machine, route, { method, path, local, controller: controller.node, place }, request, execution.response);
    askAll(machine, route, route.class, handler.decorators, execution, place);
  };
  behindGuards(machine, place, before, () => {
    const pipes = pipesOf(route, route.class, handler.decorators);
    const args = argumentsFor(machine, handler.made, handler.method.value.params, { pipes, execution });
    const run = machine.member(instance, handler.name, true, nowhere, handler.made.module);
    answer(machine, machine.call(run, args, instance, nowhere, handler.made.module));
  });
  return undefined;
}
