import type { Node } from 'oxc-parser';
import { stateWhen } from '../interpret/condition.ts';
import type { Made } from '../interpret/instance.ts';
import { recordGap } from '../interpret/log.ts';
import { both, join, type State, unanswered } from '../interpret/state.ts';
import {
  alternativesOf,
  api,
  literal,
  type Machine,
  native,
  object,
  type Span,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { nodeRequest } from '../know/express.ts';
import { serve } from '../know/endpoint.ts';
import { type Execution, executionContext } from '../know/nest-context.ts';
import { type Decorator, decoratorsOf } from '../know/nest-decorators.ts';
import { dropsUnknownFields, typeName, whitelisted } from '../know/nest-dto.ts';
import { instanceOf, resolveToken } from '../know/nest-inject.ts';
import { mayGuard } from '../know/registration.ts';
import { input } from '../know/web.ts';
import { pathValue } from './path.ts';
import type { InputSource } from '../../../../evidence/routes.ts';

const nowhere: Span = { start: 0, end: 0 };

/** A guard, pipe or middleware as it is given: a class becomes its injected instance, a provider what it provides. */
export function instantiated(machine: Machine, value: Value): Value {
  if (value.constructs) return instanceOf(machine, value.constructs);
  if (value.api?.kind === 'provided') return machine.aside(() => resolveProvided(machine, value));
  if (value.api?.call && value.api.kind !== 'package')
    return machine.aside(() => machine.call(value, [], unknown, nowhere, anyModule(machine)));
  return value;
}

function resolveProvided(machine: Machine, { api: held }: Value): Value {
  const { useFactory, inject } = (held?.data ?? {}) as { useFactory?: Value; inject?: readonly Value[] };
  const args = (inject ?? []).map((token) => resolveToken(machine, token));
  return useFactory
    ? machine.settle(machine.call(useFactory, args, unknown, nowhere, useFactory.closure?.module ?? anyModule(machine)))
    : unknown;
}

const anyModule = (machine: Machine) => {
  const module = machine.code.module(machine.code.product[0] ?? '');
  if (!module) throw new Error('no source can be parsed');
  return module;
};

/** Asks a guard; afterwards the state is that of the callers it lets pass. */
export function ask(machine: Machine, given: Value, context: Value, name: string, place: Decorator['place']): void {
  const before = machine.state;
  if (!before) return;
  const guard = instantiated(machine, given);
  const module = given.constructs?.module ?? anyModule(machine);
  const run = machine.member(guard, 'canActivate', true, nowhere, module);
  if (!run.closure && !run.native) {
    recordGap(machine.log, name, 'could not see whom this guard lets through', place);
    return;
  }
  const answer = machine.settle(machine.call(run, [context], guard, nowhere, module));
  const when = stateWhen(answer, true);
  machine.state = machine.state && when && both(machine.state, when);
  if (machine.state) return;
  // A guard that refuses everybody is one we have misread.
  machine.state = before;
  recordGap(machine.log, name, 'found no way through this guard', place);
}

/** Runs Express-style middleware: a function, or a class with `use`. */
export function pass(machine: Machine, given: Value, request: Value, response: Value, place: Decorator['place']): void {
  const before = machine.state;
  if (!before) return;
  const middleware = instantiated(machine, given);
  const module = given.constructs?.module ?? given.closure?.module ?? anyModule(machine);
  const method = given.constructs ? machine.member(middleware, 'use', true, nowhere, module) : middleware;
  const passed: State[] = [];
  const goesOn = native(({ machine: m, args }) => {
    if (m.state && (args.length === 0 || (args[0]?.literal && !args[0].literal.is))) passed.push(m.state);
    return unknown;
  });
  const next: Value = { ...goesOn, ...api('next') };
  machine.call(method, [request, response, next], middleware, nowhere, module);
  const followed = method.closure ?? method.native ?? method.api?.call ?? method.alternatives;
  machine.state = followed ? join(passed) : before;
  if (!followed && mayGuard(given)) recordGap(machine.log, 'a middleware', 'could not see how it lets a request through', place);
}

/** The request of a Nest route: nobody is signed in until a guard or middleware says so. */
export function nestRequest(path: string, method: string): Value {
  const request = nodeRequest(pathValue(path), method);
  const fields = request.api?.data;
  if (!(fields instanceof Map)) return request;
  for (const name of ['user', 'auth', 'account']) fields.set(name, literal(undefined));
  const params = [...path.matchAll(/[:*](\w+)/g)].flatMap(([, name]) => name ?? []);
  if (!path.includes('*')) fields.set('params', object(Object.fromEntries(params.map((name) => [name, input('path', name)]))));
  return request;
}

const sources: Readonly<Record<string, InputSource>> = {
  Body: 'body',
  RawBody: 'body',
  Query: 'query',
  Param: 'path',
  Headers: 'header',
  UploadedFile: 'file',
  UploadedFiles: 'file',
};

/** What stands around a handler: the pipes that all bodies go through. */
export interface Around {
  readonly pipes: readonly Value[];
  readonly execution: Execution;
}

/** The arguments of a handler, by the decorators of its parameters. */
export const argumentsFor = (machine: Machine, made: Made, params: readonly Node[], around: Around): Value[] =>
  params.map((param) => {
    const named: Node = param.type === 'AssignmentPattern' ? param.left : param;
    const decorators = [...decoratorsOf(machine, made, param), ...(named === param ? [] : decoratorsOf(machine, made, named))];
    const [first] = decorators.map((one) => argument(machine, made, named, one, around)).filter((value) => value !== undefined);
    return first ?? unknown;
  });

function argument(machine: Machine, made: Made, param: Node, { name, args }: Decorator, { pipes, execution }: Around): Value | undefined {
  const { request, response } = execution;
  if (name === 'Custom') {
    const [factory = unknown, data = unknown] = args;
    return machine.settle(machine.call(factory, [data, executionContext(execution)], unknown, nowhere, made.module));
  }
  const source = sources[name];
  if (source) {
    const field = stringOf(args[0]);
    const own = field === undefined && !args[0]?.literal ? args : args.slice(1);
    return piped(machine, made, param, { source, ...(field !== undefined && { name: field }) }, [...pipes, ...own]);
  }
  if (name === 'Req' || name === 'Request') return request;
  if (name === 'Res' || name === 'Response') return response;
  if (name === 'Session' || name === 'Ip' || name === 'HostParam')
    return name === 'Session' ? machine.member(request, 'session', true, nowhere, made.module) : input('header', 'host');
  return undefined;
}

// A pipe of the code's own is run; a whitelisting one keeps what the class of the parameter lists.
function piped(machine: Machine, made: Made, param: Node, from: { source: InputSource; name?: string }, pipes: readonly Value[]): Value {
  const given = pipes.map((pipe) => instantiated(machine, pipe));
  const type = typeName(param);
  let value = input(from.source, from.name);
  if (from.name === undefined && type !== undefined) {
    const dto = machine.aside(() => machine.lookup(type, made.scope));
    if (dropsUnknownFields(given)) value = whitelisted(machine, dto, from.source) ?? value;
    // A class made from a schema keeps what the schema lists.
    if (dto.constructs?.node.superClass && /Zod/i.test(made.module.text.slice(0, 4000)) && pipes.length > 0)
      value = { input: { source: from.source, name: 'validated' } };
  }
  return throughPipes(machine, made, value, given);
}

/** What pipes of the code's own make of an argument; `pipes` are instances. */
export function throughPipes(machine: Machine, made: Made, given: Value, pipes: readonly Value[]): Value {
  let value = given;
  for (const pipe of pipes) {
    const transform =
      pipe.api && pipe.api.kind !== 'validation-pipe' ? machine.member(pipe, 'transform', true, nowhere, made.module) : unknown;
    if (transform.closure) value = machine.settle(machine.call(transform, [value, api('argument-metadata')], pipe, nowhere, made.module));
  }
  return value;
}

/** Notes what a handler returns as its answer, unless it has answered through the response. */
export function answer(machine: Machine, result: Value): void {
  const { exits } = machine.log;
  const sent = exits.length > 0;
  const value = machine.settle(result);
  if (!machine.state) return;
  for (const { value: one, state } of alternativesOf(value)) {
    const isVoid = one.literal !== undefined && one.literal.is === undefined;
    if (one.response === 'deny' || (isVoid && sent) || (one.response === 'answer' && sent)) continue;
    const open = unanswered(both(machine.state, state));
    if (open) exits.push(open);
  }
}

/** Runs what stands before the handler on a log of its own; `own` runs the handler. */
export const behindGuards = (machine: Machine, place: Decorator['place'], before: () => void, own: () => void): void =>
  serve(machine, 'the handler', place, (run) => {
    before();
    if (machine.state) run(own);
  });
