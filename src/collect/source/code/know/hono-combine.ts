import { stateWhen } from '../interpret/condition.ts';
import { both, join, type State } from '../interpret/state.ts';
import { native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { covers } from './hono-path.ts';
import { flatten } from './registration.ts';

// Runs middleware on the call's context and gives what holds where it goes on.
function passing(call: NativeCall, middleware: Value): State | undefined {
  const { machine } = call;
  const passed: State[] = [];
  const next = native((inner) => (inner.machine.state && passed.push(inner.machine.state), unknown));
  const before = machine.state;
  machine.call(middleware, [call.args[0] ?? unknown, next], unknown, call.node, call.module);
  const followed = middleware.closure ?? middleware.native ?? middleware.api?.call;
  return followed ? join(passed) : before;
}

const goOn = (call: NativeCall): Value =>
  call.args[1] && call.machine.state ? call.machine.call(call.args[1], [], unknown, call.node, call.module) : unknown;

/** `some(a, b)`: one of them lets the request through. */
export const someMiddleware: Value = native(({ args }) =>
  native((call) => {
    const { machine } = call;
    const base = machine.state;
    const ends = args.map((middleware) => {
      machine.state = base;
      return passing(call, middleware);
    });
    machine.state = join(ends);
    return goOn(call);
  }),
);

/** `every(a, b)`: all of them, in order. */
export const everyMiddleware: Value = native(({ args }) =>
  native((call) => {
    for (const middleware of args) call.machine.state = passing(call, middleware);
    return goOn(call);
  }),
);

/** `except(condition, ...middleware)`: skipped where the path matches or the function says so. */
export const exceptMiddleware: Value = native(({ args }) =>
  native((call) => {
    const { machine } = call;
    const base = machine.state;
    if (!base) return unknown;
    const skipped: (State | undefined)[] = [];
    let rest: State | undefined = base;
    for (const condition of flatten(args[0])) {
      const pattern = stringOf(condition);
      if (pattern !== undefined) {
        if (covers(pattern, pathOf(call))) return goOn(call);
        continue;
      }
      const answer = machine.call(condition, [call.args[0] ?? unknown], unknown, call.node, call.module);
      const [yes, no] = [stateWhen(answer, true), stateWhen(answer, false)];
      if (yes && rest) skipped.push(both(rest, yes));
      rest = no && rest && both(rest, no);
    }
    machine.state = rest;
    for (const middleware of args.slice(1)) machine.state = machine.state && passing(call, middleware);
    machine.state = join([...skipped, machine.state], 'the middleware is excepted');
    return goOn(call);
  }),
);

function pathOf(call: NativeCall): string {
  const request = call.machine.member(call.args[0] ?? unknown, 'req', true, call.node, call.module);
  const path = call.machine.member(request, 'path', true, call.node, call.module);
  return stringOf(path) ?? path.parts?.map((part) => (typeof part === 'string' ? part : ':x')).join('') ?? '/';
}
