import { api, native, type NativeCall, unknown, type Value } from '../interpret/value.ts';

const isFunction = (value: Value | undefined): boolean =>
  value !== undefined && (value.closure !== undefined || value.native !== undefined || value.wraps !== undefined);

/** Calls the function among the arguments, whatever stands beside it, and gives what it gives. */
const callsThrough = (given: readonly Value[] = []): Value =>
  native((call) => {
    const at = call.args.findLastIndex(isFunction);
    const run = call.args[at];
    return run ? call.machine.call(run, given.length > 0 ? given : call.args.slice(at + 1), unknown, call.node, call.module) : unknown;
  });

/** `new AsyncLocalStorage()`: what runs inside `run(store, work)` finds the store. */
function asyncStorage(): Value {
  let current: Value | undefined;
  const inside = (call: NativeCall, store: Value, work: Value, args: readonly Value[]): Value => {
    const before = current;
    current = store;
    try {
      return call.machine.settle(call.machine.call(work, args, unknown, call.node, call.module));
    } finally {
      current = before;
    }
  };
  return api('async-storage', {
    member: (name) => {
      if (name === 'run') return native((call) => inside(call, call.args[0] ?? unknown, call.args[1] ?? unknown, call.args.slice(2)));
      if (name === 'exit') return callsThrough();
      if (name === 'getStore') return native(() => current ?? unknown);
      if (name === 'enterWith') return native(({ args }) => ((current = args[0] ?? unknown), unknown));
      return undefined;
    },
  });
}

// A namespace of cls-hooked: `run`, `runPromise` and `runAndReturn` call what they are given.
const namespace = (): Value =>
  api('cls', {
    member: (name) =>
      /^run/.test(name) ? callsThrough([unknown]) : name === 'bind' ? native(({ args }) => args[0] ?? unknown) : undefined,
  });

const tracer: Value = api('tracer', {
  member: (name) => {
    if (name === 'startActiveSpan' || name === 'trace') return callsThrough([unknown, unknown]);
    if (name === 'wrap') return native(({ args }) => args.find(isFunction) ?? unknown);
    return name === 'then' ? undefined : native(() => tracer);
  },
});

const sentry =
  /^(?:withScope|withIsolationScope|startSpan|startSpanManual|startNewTrace|continueTrace|runWithAsyncContext|withMonitor|suppressTracing|withActiveSpan)$/;

/** Libraries that run a function in a context of their own: what it does and gives is what matters. */
export function asyncContextPackage(packageName: string, name: string): Value | undefined {
  const whole = name === '*' || name === 'default';
  if (packageName === 'async_hooks' || packageName === 'node:async_hooks') {
    if (whole) return api('async-hooks', { member: (member) => asyncContextPackage('async_hooks', member) });
    return name === 'AsyncLocalStorage' ? api('async-storage-class', { call: () => asyncStorage() }) : undefined;
  }
  if (packageName === 'cls-hooked')
    return whole
      ? api('cls-module', { member: () => native(() => namespace()) })
      : /Namespace$/.test(name)
        ? native(() => namespace())
        : undefined;
  if (packageName === '@opentelemetry/api')
    return name === 'context'
      ? api('otel-context', { member: (member) => (member === 'with' ? withContext : undefined) })
      : name === 'trace'
        ? tracer
        : undefined;
  if (packageName === 'dd-trace') return whole ? tracer : undefined;
  if (packageName.startsWith('@sentry/'))
    return whole
      ? api('sentry', { member: (member) => asyncContextPackage(packageName, member) })
      : sentry.test(name)
        ? callsThrough([unknown])
        : undefined;
  return undefined;
}

// `context.with(context, work, self, ...args)`
const withContext: Value = native((call) =>
  call.machine.call(call.args[1] ?? unknown, call.args.slice(3), call.args[2] ?? unknown, call.node, call.module),
);
