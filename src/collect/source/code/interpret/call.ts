import { type Node } from 'oxc-parser';
import { type Module } from '../module.ts';
import { equals } from './condition.ts';
import { callArguments } from './builtins.ts';
import { originOf } from './member.ts';
import { instantiate } from './instance.ts';
import { keep, mark, recall } from './memory.ts';
import { recordGap } from './log.ts';
import { addressChecked } from './safe-address.ts';
import { addressTest } from './sender.ts';
import { both, flagged, guarded, join, type State } from './state.ts';
import {
  type Closure,
  type Frame,
  type Machine,
  type Scope,
  type Span,
  type Value,
  alternativesOf,
  each,
  inputOf,
  literal,
  oneOf,
  some,
  stringOf,
  unknown,
  whoOf,
} from './value.ts';

/** Names of guards that refuse requests of other websites. */
const formTokenName = /csrf|xsrf|same_?origin|(?:check|verify|assert|require|validate)\w*Origin/i;

const sameName = /timing_?safe|constant_?time|(?:safe|secure)_?(?:equal|compare)/i;

const responses = new Set(['response', 'reply', 'raw-reply', 'koa-context', 'koa-response', 'h3-response', 'h3-event']);

const maxDepth = 24;

/** Times one function may be wrapped in itself. */
const maxNested = 6;

/** Packages and functions that may guard the function they are given. */
const guardName = /auth|session|guard|protect|permission|role|verify/i;

/** Functions that keep what a factory makes (`singleton('db', () => new Client())`) somewhere out of sight. */
const onceName = /^(?:singleton|remember|once|lazy|global\w*|memo\w*|cached?|getOrCreate\w*)$/i;

/** Names that functions limiting the rate of attempts go by. */
export const limiterName = /rate_?limit|throttl|limiter|too_?many|brute_?force|slow_?down|attempts?Limit|checkLimit|lockout/i;

/** Calls a value: known functions are run, library functions answer from knowledge, anything else is unknown and noted. */
export function callValue(machine: Machine, callee: Value, args: readonly Value[], self: Value, node: Span, module: Module): Value {
  if (!machine.state) return unknown;
  if (callee.alternatives) return callAlternatives(machine, callee, args, self, node, module);
  if (callee.native) return callee.native({ machine, args, node, module, self });
  const told = toldByName(machine, callee, args, node, module);
  if (told) return told;
  if (callee.closure) return callClosure(machine, callee.closure, args, self, node, module);
  if (callee.api?.call) return callee.api.call({ machine, args, node, module, self });
  if (callee.constructs) return unknown;
  if (callee.wraps) {
    if (callee.from && guardName.test(`${callee.from.package} ${callee.from.name}`))
      recordGap(machine.log, `${callee.from.name} from ${callee.from.package}`, 'could not see whom it lets through', module.placeOf(node));
    // What a library wraps one function in gives what that function gives: `withLog(async (request) => …)`.
    const results = callee.wraps.map((wrapped) => callValue(machine, wrapped, args, self, node, module));
    return results.length === 1 ? (results[0] ?? unknown) : unknown;
  }
  for (const arg of args) machine.settle(arg);
  callArguments(machine, { machine, args, node, module, self });
  // `stream.pipe(res)`: whoever is handed the response may answer.
  if (args.some(({ api }) => api !== undefined && responses.has(api.kind)) && !args.some((arg) => arg.native)) machine.log.untold = true;
  const asked = permissionQuestion(callee, args, node, module);
  if (asked) return asked;
  // `form.get('id')` of a form that is the caller's.
  const field = /^get(?:All)?$/.test(callee.input?.name ?? '') ? stringOf(args[0]) : undefined;
  if (callee.input && field !== undefined)
    return { input: { source: callee.input.source, name: field }, ...(callee.of && { of: callee.of }) };
  const functions = args.filter((arg) => arg.closure || arg.wraps);
  const missing = callee.api?.kind === 'package' ? (callee.api.data as { package: string; name: string; missing?: boolean }) : undefined;
  if (missing?.missing)
    recordGap(machine.log, `${missing.name} from ${missing.package}`, 'imported from a file that is not in the repo', module.placeOf(node));
  // Encoded or trimmed, a secret of the environment is still that secret; together with something else it is a key to it.
  const secret = args.find((arg) => arg.env !== undefined)?.env;
  const from = originOf(callee);
  // What an unknown function makes of the caller's value is still the caller's, but no longer all of it.
  const carried = args.map((arg) => inputOf(arg, 3)).find((input) => input !== undefined);
  const made = madeBy(callee, args, self) ?? (carried || secret !== undefined ? [unknown] : undefined);
  return {
    ...(made && { of: made }),
    ...(functions.length > 0 && { wraps: functions }),
    ...(carried && { input: { source: carried.source, name: carried.name ?? 'derived' } }),
    ...(secret !== undefined && { env: secret, ...(args.some((arg) => arg.env === undefined && !arg.literal) && { keyed: true }) }),
    ...(from && { from }),
  };
}

// A method of a column's value or of something computed makes its result of that and of what it is given; `row.toObject()` is the row.
function madeBy(callee: Value, args: readonly Value[], self: Value): readonly Value[] | undefined {
  if (callee.row && self.row) return [self, ...args];
  return callee.of && self.of && !self.api ? [...self.of, ...args] : undefined;
}

// Comparisons whose name says what they do, whatever their loops look like.
function toldByName(machine: Machine, callee: Value, args: readonly Value[], node: Span, module: Module): Value | undefined {
  const [first, second] = args;
  if (!first || !second || !(callee.closure ?? callee.api)) return undefined;
  if (callee.closure?.name && sameName.test(callee.closure.name)) return equals(machine, first, second, node, module);
  return addressTest(callee.closure?.name ?? originOf(callee)?.package, args, node, module);
}

const permissionName =
  /^(?:can|has|is|check|verify|validate|ensure|assert|require|user)_?\w*(?:permission|role|access|admin|owner|member|allowed|authori[sz]ed|privilege|can)s?\w*$/i;

// A question about the caller answered by code we cannot see (an authorization library): testing its answer is a role check.
function permissionQuestion(callee: Value, args: readonly Value[], node: Span, module: Module): Value | undefined {
  const name = callee.api?.kind === 'package' ? (callee.api.data as { name: string }).name : undefined;
  if (name === undefined || !permissionName.test(name) || !args.some((arg) => whoOf(arg))) return undefined;
  return { whenTrue: guarded('role', module.snippet(node, 90), module.placeOf(node)) };
}

function callAlternatives(machine: Machine, callee: Value, args: readonly Value[], self: Value, node: Span, module: Module): Value {
  const base = machine.state;
  const results: { value: Value; state: State }[] = [];
  const ends = [];
  for (const item of alternativesOf(callee)) {
    if (item.value.literal) continue;
    machine.state = base;
    results.push({ value: callValue(machine, item.value, args, self, node, module), state: item.state });
    ends.push(machine.state);
  }
  machine.state = results.length === 0 ? base : join(ends);
  return results.length === 0 ? unknown : oneOf(results);
}

/** Runs a function of the user's code with these arguments. */
export function callClosure(machine: Machine, closure: Closure, args: readonly Value[], self: Value, node: Span, module: Module): Value {
  const { node: fn } = closure;
  if (machine.stack.length >= maxDepth || isRecursion(machine, closure)) return unknown;
  if (machine.budget <= 0) {
    recordGap(machine.log, closure.name ?? 'a function', 'the code is too large to follow to its end', module.placeOf(node));
    return unknown;
  }
  const remembered = recall(machine, closure, args);
  if (remembered) return remembered;
  const scope: Scope = { names: new Map(), parent: closure.scope, module: closure.module };
  const receiver = closure.self ?? self;
  const begin = mark(machine);
  if (fn.type !== 'ArrowFunctionExpression') scope.names.set('this', receiver);
  if (closure.name && fn.type === 'FunctionExpression' && fn.id) scope.names.set(closure.name, { closure });
  bindParameters(machine, closure, args, scope);
  const frame: Frame = { scope, returns: [], leaves: [] };
  // What a limiter lets through is limited, also the handler it calls itself.
  if (machine.state && closure.name && limiterName.test(closure.name))
    machine.state = both(machine.state, flagged('rate', closure.name, closure.module.placeOf(fn)));
  if (machine.state && closure.name && formTokenName.test(closure.name))
    machine.state = both(machine.state, flagged('csrf', closure.name, closure.module.placeOf(fn)));
  machine.stack.push(closure);
  try {
    if (fn.type === 'ArrowFunctionExpression' && fn.expression) {
      const value = machine.evaluate(fn.body as Node, scope);
      if (machine.state) frame.returns.push({ value, state: machine.state });
    } else if (fn.body && 'body' in fn.body) {
      machine.execute(fn.body.body as never, frame);
      if (machine.state) frame.returns.push({ value: literal(undefined), state: machine.state });
    }
  } finally {
    machine.stack.pop();
  }
  machine.state = join(
    frame.returns.map((item) => item.state),
    `${closure.name ?? 'a function'} returns early`,
  );
  const [only] = frame.returns;
  // What a factory returns goes by the factory's name (`rateLimit(...)`), unless it has one of its own.
  if (frame.returns.length === 1 && only?.value.closure && only.value.closure.name === undefined && closure.name)
    return { closure: { ...only.value.closure, name: `${closure.name}()` } };
  // A generator gives what it yields, which is not followed.
  const result = frame.returns.length === 0 || fn.generator ? unknown : oneOf(frame.returns);
  const factory =
    onceName.test(closure.name ?? '') && Object.keys(result).length === 0
      ? args.find((arg) => arg.closure?.node.params.length === 0)
      : undefined;
  if (factory && machine.state) return callValue(machine, factory, [], unknown, node, module);
  const answer =
    addressChecked(machine, closure, args, result, node, module) ??
    (permissionName.test(closure.name ?? '') ? believed(args, result, node, module) : result);
  keep(machine, closure, args, begin, answer);
  return answer;
}

// A question about the caller that code of the app answers out of what we cannot follow (a table of permissions): its answer is taken
// for what its name says, as that of a library is. Asked about something the request names, it ties the caller to that.
function believed(args: readonly Value[], result: Value, node: Span, module: Module): Value {
  if (!args.some((arg) => some(arg, (value) => whoOf(value) !== undefined, 2))) return result;
  const what = module.snippet(node, 90);
  const place = module.placeOf(node);
  const tied = args.some((arg) => !arg.who && inputOf(arg, 1) !== undefined);
  const proved = tied ? both(guarded('tenant', what, place), flagged('ownership', what, place)) : guarded('role', what, place);
  return each(result, (one) =>
    Object.keys(one).every((key) => key === 'from' || key === 'wraps' || key === 'of') ? { ...one, whenTrue: proved } : one,
  );
}

// The same wrapper around the wrapped (`logged(guarded(logged(handler)))`) is one text with several scopes, and no recursion.
function isRecursion(machine: Machine, { node, scope }: Closure): boolean {
  const same = machine.stack.filter((running) => running.node === node);
  return same.length >= maxNested || same.filter((running) => running.scope === scope).length >= 2;
}

/** The parameters a caller fills: TypeScript's `this` is none. */
export const parametersOf = (fn: Closure['node']): Closure['node']['params'] =>
  fn.params.filter((param) => param.type !== 'Identifier' || param.name !== 'this');

function bindParameters(machine: Machine, closure: Closure, args: readonly Value[], scope: Scope): void {
  parametersOf(closure.node).forEach((param, nth) => {
    if (param.type === 'RestElement') machine.assign(param.argument, { items: args.slice(nth) }, scope);
    else if (param.type === 'TSParameterProperty') machine.assign(param.parameter, args[nth] ?? unknown, scope);
    // An argument that is left out takes its default.
    else machine.assign(param, args[nth] ?? (param.type === 'AssignmentPattern' ? literal(undefined) : unknown), scope);
  });
}

/** `new X(...)`: an instance whose methods are the class's, with constructor parameters kept as properties. */
export function constructValue(machine: Machine, callee: Value, args: readonly Value[], node: Span, module: Module): Value {
  if (callee.api?.member) {
    const made = callee.api.member('new', { machine, node, module, self: callee });
    if (made) return machine.call(made, args, callee, node, module);
  }
  if (callee.native || callee.api?.call) return machine.call(callee, args, unknown, node, module);
  if (!callee.constructs) {
    callArguments(machine, { machine, args, node, module, self: unknown });
    if (args[0] && (args[0].input ?? args[0].parts ?? args[0].items))
      return args.length > 1 ? { ...args[0], of: [...(args[0].of ?? []), ...args.slice(1)] } : args[0];
    const from = originOf(callee);
    return from ? { from } : unknown;
  }
  return instantiate(machine, callee.constructs, args);
}
