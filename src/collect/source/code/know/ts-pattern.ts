import { join, nothing, type State } from '../interpret/state.ts';
import { alternativesOf, api, native, type NativeCall, oneOf, unknown, type Value } from '../interpret/value.ts';

/** ts-pattern: `match(value).with({ type: 'a' }, (a) => …).otherwise(() => …)`. */
export const tsPatternPackage = (packageName: string, name: string): Value | undefined =>
  packageName === 'ts-pattern' && name === 'match' ? native(({ args }) => matching(args[0] ?? unknown)) : undefined;

interface Branch {
  readonly handler: Value;
  readonly call: NativeCall;
}

/** A match that is being written: the handlers that may answer, until one surely does. */
function matching(value: Value, branches: readonly Branch[] = [], settled = false): Value {
  const add = (call: NativeCall, handler: Value | undefined, fits: boolean | undefined): Value =>
    settled || fits === false || !handler
      ? matching(value, branches, settled)
      : matching(value, [...branches, { handler, call }], fits === true);
  return api('match', {
    member: (member) => {
      if (member === 'with')
        return native((call) => {
          const patterns = call.args.slice(0, -1).filter((pattern) => !pattern.closure);
          return add(call, call.args.at(-1), oneFits(value, patterns));
        });
      if (member === 'when') return native((call) => add(call, call.args[1], undefined));
      if (member === 'otherwise')
        return native((call) => answer(value, settled || !call.args[0] ? branches : [...branches, { handler: call.args[0], call }]));
      if (member === 'exhaustive' || member === 'run') return native(() => answer(value, branches));
      return member === 'returnType' || member === 'narrow' ? native(() => matching(value, branches, settled)) : undefined;
    },
  });
}

// Each handler begins where the match began, and the code goes on where any of them ended.
function answer(value: Value, branches: readonly Branch[]): Value {
  const machine = branches[0]?.call.machine;
  if (!machine) return unknown;
  const base = machine.state;
  const results: { value: Value; state: State }[] = [];
  const ends: (State | undefined)[] = [];
  for (const { handler, call } of branches) {
    machine.state = base;
    const given = machine.call(handler, [value], unknown, call.node, call.module);
    if (machine.state) results.push({ value: given, state: branches.length > 1 ? machine.state : nothing });
    ends.push(machine.state);
  }
  machine.state = join(ends);
  return oneOf(results);
}

const oneFits = (value: Value, patterns: readonly Value[]): boolean | undefined => {
  const each = patterns.map((pattern) => fits(value, pattern));
  if (each.includes(true)) return true;
  return each.length > 0 && each.every((one) => one === false) ? false : undefined;
};

/** Whether a value has the constants that a pattern lists; `undefined` where that cannot be told. */
function fits(value: Value, pattern: Value): boolean | undefined {
  const each = alternativesOf(value).map((item) => fitsOne(item.value, pattern));
  return each.every((one) => one === each[0]) ? each[0] : undefined;
}

function fitsOne(value: Value, pattern: Value): boolean | undefined {
  if (pattern.literal) return value.literal ? value.literal.is === pattern.literal.is : undefined;
  if (!pattern.props || !value.props || value.open) return undefined;
  const each = [...pattern.props].map(([name, part]) => fits(value.props?.get(name) ?? { literal: { is: undefined } }, part));
  if (each.includes(false)) return false;
  return each.includes(undefined) ? undefined : true;
}
