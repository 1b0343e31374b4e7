import type { InputSource } from '../../../../evidence/routes.ts';
import { merge } from '../interpret/global-names.ts';
import { limiterName } from '../interpret/call.ts';
import { recordGap } from '../interpret/log.ts';
import { both, flagged, join, type State } from '../interpret/state.ts';
import { api, inputOf, literal, type Machine, native, object, unknown, type Value } from '../interpret/value.ts';
import { serve } from './endpoint.ts';
import type { Procedure, Router, Step } from './trpc-procedure.ts';
import { input } from './web.ts';

/** What a procedure is run with. */
interface Running {
  readonly procedure: Procedure;
  readonly path: string;
  readonly raw: Value;
  /** Runs what is the procedure's own, apart from what stands before it. */
  readonly own: <R>(run: () => R) => R;
}

/** Runs a procedure as a request to its endpoint does: `context` makes the context for the request. */
export function runProcedure(machine: Machine, procedure: Procedure, path: string, context: () => Value): Value {
  const source: InputSource = procedure.type === 'mutation' ? 'body' : 'query';
  return serve(machine, path, procedure.place, (own) =>
    step(machine, { procedure, path, raw: input(source), own }, 0, context(), literal(undefined)),
  );
}

function step(machine: Machine, running: Running, at: number, ctx: Value, parsedInput: Value): Value {
  if (!machine.state) return unknown;
  const { procedure, path } = running;
  const next = procedure.steps[at];
  if (!next) {
    const { resolver, call } = procedure;
    const seen = resolver.closure ?? resolver.native ?? resolver.api?.call ?? resolver.alternatives;
    if (!seen) recordGap(machine.log, path, 'what the procedure does could not be found', procedure.place);
    const given = object({ ctx, input: parsedInput, path: literal(path), type: literal(procedure.type), signal: unknown });
    return running.own(() => machine.settle(machine.call(resolver, [given], unknown, call.node, call.module)));
  }
  if (next.kind === 'input') return step(machine, running, at + 1, ctx, combined(parsedInput, parsed(machine, next.parser, running)));
  return through(machine, running, next, at, ctx, parsedInput);
}

// Several parsers in one chain add up to one object.
const combined = (before: Value, value: Value): Value => (before.props && value.props ? merge([before, value]) : value);

function parsed(machine: Machine, parser: Value, { raw, procedure }: Running): Value {
  const { node, module } = procedure.call;
  if (parser.closure ?? parser.native) return machine.call(parser, [raw], unknown, node, module);
  if (parser.api) {
    const parse = machine.member(parser, 'parse', true, node, module);
    if (parse.native ?? parse.closure ?? (parse.api?.kind !== 'package' && parse.api?.call)) {
      const value = machine.call(parse, [raw], parser, node, module);
      return inputOf(value) ? value : raw;
    }
  }
  // A parser we cannot see lets through what its author listed.
  return { input: { source: raw.input?.source ?? 'body', name: 'validated' } };
}

/** Runs one middleware: what follows is run where it calls `next`, so that only what holds there is taken along. */
function through(machine: Machine, running: Running, use: Extract<Step, { kind: 'use' }>, at: number, ctx: Value, given: Value): Value {
  const { procedure, path, raw } = running;
  const passed: (State | undefined)[] = [];
  let result: Value = unknown;
  const next = native(({ args }) => {
    const [options] = args;
    const changed = options?.props?.get('ctx');
    result = step(machine, running, at + 1, changed ? merge([ctx, changed]) : ctx, options?.props?.get('input') ?? given);
    passed.push(machine.state);
    return object({ ok: unknown, data: result, marker: unknown }, true);
  });
  const { run } = use;
  const { node, module } = procedure.call;
  const before = machine.state;
  machine.settle(
    machine.call(
      run,
      [
        object({
          ctx,
          input: given,
          rawInput: raw,
          getRawInput: native(() => raw),
          meta: procedure.meta,
          path: literal(path),
          type: literal(procedure.type),
          next,
          signal: unknown,
        }),
      ],
      unknown,
      node,
      module,
    ),
  );
  // Returning without `next()` is an error to tRPC: only what came through answers.
  if (passed.length > 0) {
    machine.state = join(passed);
    return result;
  }
  const name = run.closure?.name ?? (run.api?.kind === 'package' ? (run.api.data as { name: string }).name : undefined);
  if (run.closure && !machine.state) return unknown;
  if (name !== undefined && limiterName.test(name)) machine.state = before && both(before, flagged('rate', name, use.place));
  else {
    machine.state = before;
    recordGap(machine.log, name ?? 'a middleware of the procedure', 'could not see how it lets a request through', use.place);
  }
  return step(machine, running, at + 1, ctx, given);
}

const reads = new Set(['fetch', 'prefetch', 'fetchInfinite', 'prefetchInfinite', 'query', 'mutate', 'ensureData', 'call']);

/** A caller in the server itself: `caller.order.byId(input)` runs the procedure with the given context. */
export function caller(router: Router, ctx: Value, path: readonly string[] = []): Value {
  const at = path.join('.');
  const last = path.at(-1) ?? '';
  const own = router.procedures.get(at);
  const outer = reads.has(last) ? router.procedures.get(path.slice(0, -1).join('.')) : undefined;
  const procedure = own ?? outer;
  return api('trpc-caller', {
    member: (name) => (name === 'then' || name === 'catch' || name === 'finally' ? undefined : caller(router, ctx, [...path, name])),
    ...(procedure && {
      call: ({ machine, args }) =>
        step(
          machine,
          { procedure, path: own ? at : path.slice(0, -1).join('.'), raw: args[0] ?? literal(undefined), own: (run) => run() },
          0,
          context(machine, ctx, procedure),
          literal(undefined),
        ),
    }),
  });
}

const context = (machine: Machine, ctx: Value, { call }: Procedure): Value =>
  (ctx.closure ?? ctx.native) ? machine.settle(machine.call(ctx, [], unknown, call.node, call.module)) : ctx;
