import type { Place } from '../../../../core/finding.ts';
import type { Machine, Value } from '../interpret/value.ts';
import type { NestApp } from '../know/nest-app.ts';
import { type Execution, executionContext } from '../know/nest-context.ts';
import { argumentsOf, type Decorator } from '../know/nest-decorators.ts';
import type { ModuleGraph } from './nest-modules.ts';
import { isExcluded, runsBefore } from './nest-paths.ts';
import { ask, pass } from './nest-run.ts';
import { joinPaths } from './path.ts';

/** An application with what its modules declare. */
export interface Declaring {
  readonly app: NestApp;
  readonly graph: ModuleGraph;
}

/** Where a request is going. */
export interface Aim {
  readonly method: string;
  readonly path: string;
  /** The path without global prefix and version. */
  readonly local: string;
  /** The controller class, where one answers. */
  readonly controller?: unknown;
  readonly place: Place;
}

/** Runs the middleware of the application and its modules that a request meets. */
export function passAll(machine: Machine, { app, graph }: Declaring, aim: Aim, request: Value, response: Value): void {
  for (const item of app.middleware)
    if (item.path === '/' || `${aim.path}/`.startsWith(`${joinPaths(item.path)}/`))
      pass(machine, item.handler, request, response, app.place);
  for (const item of graph.middleware)
    if (appliesTo(item, aim)) for (const given of item.handlers) pass(machine, given, request, response, aim.place);
}

const appliesTo = (item: ModuleGraph['middleware'][number], { controller, local, method }: Aim): boolean =>
  !isExcluded(item.excluded, local, method) &&
  ((controller !== undefined && item.controllers.includes(controller)) ||
    item.routes.some((one) => (one.method === undefined || one.method === method) && runsBefore(one.path, local)));

/** Asks the guards of the application, its modules, the class and the method, in this order. */
export function askAll(
  machine: Machine,
  { app, graph }: Declaring,
  onClass: readonly Decorator[],
  onMethod: readonly Decorator[],
  execution: Execution,
  place: Place,
): void {
  const context = executionContext(execution);
  const guards = [...app.guards, ...graph.guards, ...argumentsOf(onClass, 'UseGuards'), ...argumentsOf(onMethod, 'UseGuards')];
  for (const guard of guards) ask(machine, guard, context, nameOf(guard), place);
}

/** Pipes that arguments go through. */
export const pipesOf = ({ app, graph }: Declaring, onClass: readonly Decorator[], onMethod: readonly Decorator[]): Value[] => [
  ...app.pipes,
  ...graph.pipes,
  ...argumentsOf(onClass, 'UsePipes'),
  ...argumentsOf(onMethod, 'UsePipes'),
];

const nameOf = (guard: Value): string =>
  guard.constructs?.node.id?.name ??
  guard.from?.name ??
  (guard.api?.kind === 'package' ? (guard.api.data as { name: string }).name : 'a guard');
