import { noteEnd, noteExit, recordGap } from '../interpret/log.ts';
import { join, type State, unanswered } from '../interpret/state.ts';
import { type Machine, native, unknown, type Value } from '../interpret/value.ts';
import { makeKoaContext, open } from '../know/koa-context.ts';
import { mayGuard } from '../know/registration.ts';
import { nodeOf, type RouterEntry, type RouterNode } from '../know/router.ts';
import { runAhead } from './ahead.ts';
import type { RouteSpec } from './assemble.ts';
import { joinPaths, pathValue } from './path.ts';
import { reachable } from './servers.ts';

const nowhere = { start: 0, end: 0 };

/** One function to run, with the registration it comes from. */
interface Step {
  /** True for handlers of the route itself; what a router's own middleware stores is not the route's data. */
  readonly own: boolean;
  readonly handler: Value;
  readonly entry: RouterEntry;
}

/** Routes of Koa apps: middleware in the order of `use`, routers and mounts with their prefixes. */
export function* koaRoutes(machine: Machine): Generator<RouteSpec> {
  for (const node of reachable(machine, new Set(['Koa']))) yield* flatten(node, node.prefix, [], new Set());
}

function* flatten(node: RouterNode, prefix: string, chain: readonly Step[], seen: ReadonlySet<RouterNode>): Generator<RouteSpec> {
  if (seen.has(node)) return;
  const inside = new Set([...seen, node]);
  const before: (Step & { readonly below: string })[] = [];
  for (const entry of node.entries) {
    const path = joinPaths(prefix, entry.path === '*' && entry.kind === 'use' ? '' : entry.path);
    const steps = entry.handlers.map((handler) => ({ handler, entry, own: entry.kind === 'route' }));
    const outer = [...chain, ...before.filter((step) => isBelow(path, step.below))];
    if (entry.kind === 'route') {
      if (entry.method !== 'HEAD' && entry.method !== 'OPTIONS') yield specOf(entry, path, [...outer, ...steps]);
      continue;
    }
    for (const [nth, step] of steps.entries()) {
      const router = nodeOf(step.handler);
      if (router)
        yield* flatten(
          router,
          joinPaths(path, router.prefix),
          [...outer, ...steps.slice(0, nth).filter((other) => !nodeOf(other.handler))],
          inside,
        );
      else before.push({ ...step, below: path });
    }
  }
}

// A parameter in the mount path stands for any segment.
function isBelow(path: string, mount: string): boolean {
  if (mount === '/') return true;
  const want = mount.replace(/\/?(?:\(\.\*\)|\*)$/, '').split('/');
  const have = path.split('/');
  return want.every((segment, nth) => segment === have[nth] || (segment.startsWith(':') && have[nth] !== undefined));
}

const specOf = (entry: RouterEntry, path: string, steps: readonly Step[]): RouteSpec => ({
  kind: 'http',
  framework: 'Koa',
  method: entry.method,
  path,
  place: entry.place,
  run: (machine) => runChain(machine, path, entry.method, steps),
});

function runChain(machine: Machine, path: string, method: string, steps: readonly Step[]): Value | undefined {
  const context = makeKoaContext(pathValue(path), method);
  for (const [nth, step] of steps.entries()) {
    if (!machine.state) return undefined;
    const last = nth === steps.length - 1;
    if (last && machine.state) machine.log.entered = machine.state;
    const { passed, ended, followed } = step.own ? run(machine, step, context) : runAhead(machine, () => run(machine, step, context));
    if (!last) {
      machine.state = followed ? join(passed) : machine.state;
      if (!machine.state)
        recordGap(
          machine.log,
          step.handler.closure?.name ?? 'a middleware',
          'could not see how it lets a request through',
          step.entry.place,
        );
      continue;
    }
    const left = ended && unanswered(ended);
    // Without a body the answer is a 404.
    for (const state of passed) noteEnd(machine.log, state);
    if (left) noteExit(machine.log, left, followed ? { items: [...machine.log.answers] } : undefined);
  }
  return undefined;
}

interface Outcome {
  /** What held at each call of `next`. */
  readonly passed: readonly State[];
  /** What holds where the function returned. */
  readonly ended: State | undefined;
  readonly followed: boolean;
}

function run(machine: Machine, { handler, entry }: Step, context: Value): Outcome {
  const passed: State[] = [];
  const next = native((inner) => (inner.machine.state && passed.push(open(inner.machine.state)), unknown));
  const before = machine.state;
  machine.settle(machine.call(handler, [context, next], unknown, nowhere, entry.module));
  const ended = machine.state;
  const followed = (handler.closure ?? handler.native ?? handler.api?.call ?? handler.alternatives) !== undefined;
  if (!followed) {
    machine.state = before;
    if (mayGuard(handler)) recordGap(machine.log, 'a middleware', 'could not see how it lets a request through', entry.place);
  }
  return { passed, ended, followed };
}
