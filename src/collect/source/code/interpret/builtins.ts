import { stateWhen } from './condition.ts';
import { membership } from './membership.ts';
import { exactFilter } from './enumerate.ts';
import { filteredElement } from './narrow-list.ts';
import { knownAddress } from './sender.ts';
import { flagged, nothing } from './state.ts';
import { tally } from './made.ts';
import {
  type Machine,
  type Native,
  type NativeCall,
  type Value,
  alternativesOf,
  atMost,
  inputOf,
  literal,
  native,
  oneOf,
  stringOf,
  truthiness,
  unknown,
} from './value.ts';

/** Methods that run a function over elements, on arrays, promises and values we know nothing of. */
const perElement = new Set([
  'map',
  'forEach',
  'filter',
  'find',
  'findLast',
  'findIndex',
  'some',
  'every',
  'flatMap',
  'sort',
  'toSorted',
  'reduce',
  'reduceRight',
]);

/** Runs a callback once; what it proves does not hold after it, since it may run never. */
export const runOnce = ({ machine, node, module }: NativeCall, callback: Value | undefined, args: readonly Value[]): Value => {
  if (!callback || !(callback.closure || callback.native)) return unknown;
  const before = machine.state;
  const result = machine.call(callback, args, unknown, node, module);
  // The callback may run never: what it proves does not hold after the loop.
  machine.state = before;
  return result;
};

/** The elements of a list seen as one. */
export const element = (value: Value): Value => {
  if (value.items && value.items.length > 0)
    return value.items.length === 1 && value.items[0]
      ? value.items[0]
      : oneOf(
          atMost(
            value.items.map((item) => ({ value: item, state: nothing })),
            8,
          ),
        );
  return value.input || value.who || value.row || value.digest ? value : unknown;
};

/** Array and promise methods of any value. */
export function callbackMember(value: Value, name: string): Value | undefined {
  if (name === 'then')
    return native((call) =>
      call.args[0] ? call.machine.call(call.args[0], [call.machine.settle(value)], unknown, call.node, call.module) : value,
    );
  if (name === 'catch') return native((call) => (runOnce(call, call.args[0], [unknown]), call.machine.settle(value)));
  if (name === 'finally') return native((call) => (runOnce(call, call.args[0], []), call.machine.settle(value)));
  if (perElement.has(name)) return native(overElements(value, name));
  if (name === 'includes' || name === 'has') {
    const listed = hostList(value);
    if (listed) return listed;
  }
  if (name === 'includes' && value.who) return native(({ args, node, module }) => membership(args[0] ?? unknown, [value], node, module));
  if (value.items && (name === 'push' || name === 'unshift'))
    return native(({ args }) => (void (value.items as Value[]).push(...args), unknown));
  if (value.items && name === 'concat')
    return native(({ args }) => ({ items: [...(value.items ?? []), ...args.flatMap((arg) => arg.items ?? [arg])], open: true }));
  if (value.items && (name === 'slice' || name === 'reverse' || name === 'flat' || name === 'at'))
    return native(() => (name === 'at' ? element(value) : { items: value.items ?? [], open: true }));
  if (value.items && name === 'join')
    return native(({ args }) => ({
      parts: (value.items ?? []).flatMap((item, nth): (string | Value)[] => (nth === 0 ? [item] : [stringOf(args[0]) ?? ',', item])),
    }));
  return undefined;
}

// `allowedHosts.includes(url.hostname)`: the caller's address is held against a list the caller does not choose.
const hostList = (list: Value): Value | undefined =>
  list.input || list.who || list.row || (list.literal && typeof list.literal.is === 'string')
    ? undefined
    : native(({ args, node, module }) => {
        const [needle] = args;
        const known = needle && list.items ? membership(needle, list.items, node, module) : unknown;
        if (known !== unknown || !needle || !inputOf(needle)) return known;
        const sender = knownAddress(needle, list, node, module);
        if (sender) return { whenTrue: sender };
        return /host|domain|origin|allow|url|trusted/i.test(module.snippet(node, 120))
          ? { whenTrue: flagged('restricted-url', module.snippet(node, 90), module.placeOf(node)) }
          : unknown;
      });

const overElements =
  (value: Value, name: string): Native =>
  (call) => {
    const [callback] = call.args;
    if (name === 'reduce' || name === 'reduceRight') return runOnce(call, callback, [call.args[1] ?? unknown, element(value)]);
    if (value.items && !value.open && value.items.length <= 30 && (name === 'map' || name === 'forEach' || name === 'flatMap')) {
      const results = value.items.map((item, nth) =>
        callback ? call.machine.call(callback, [item, literal(nth)], unknown, call.node, call.module) : unknown,
      );
      return name === 'forEach' ? literal(undefined) : { items: results };
    }
    if (value.items?.length === 0 && !value.open && (name === 'find' || name === 'findLast')) return literal(undefined);
    if (value.items && !value.open) {
      const exact = name === 'some' ? exactSome(call, value.items) : name === 'filter' ? exactFilter(call, value.items) : undefined;
      if (exact) return exact;
      if (name === 'sort' || name === 'toSorted') return value;
    }
    const result = runOnce(call, callback, [element(value)]);
    if (name === 'some') return { whenTrue: stateWhen(result, true) ?? nothing, ...tally };
    if (name === 'every' || name === 'findIndex') return tally;
    if (name === 'find' || name === 'findLast')
      return value.items || value.row || value.who
        ? oneOf([
            { value: element(value), state: stateWhen(result, true) ?? nothing },
            { value: literal(undefined), state: nothing },
          ])
        : unknown;
    if (name === 'map' || name === 'flatMap') return { items: [result], open: true };
    const left = name === 'filter' ? filteredElement(call.machine, callback?.closure, element(value)) : undefined;
    if (left) return { items: [left], open: true };
    return value.items ? { items: value.items, open: true } : value;
  };

// `['/login', '/signup'].some((p) => pathname.startsWith(p))` on a known path is what decides a middleware's allow-list.
function exactSome(call: NativeCall, items: readonly Value[]): Value | undefined {
  const [callback] = call.args;
  if (!callback || items.length > 60) return undefined;
  let open = false;
  for (const item of items) {
    const truth = truthiness(call.machine.call(callback, [item], unknown, call.node, call.module));
    if (truth === true) return literal(true);
    if (truth === undefined) open = true;
  }
  return open ? undefined : literal(false);
}

/** Calls every function among the arguments once, with values we know nothing of, so that what they do is seen. */
export function callArguments(machine: Machine, call: NativeCall): void {
  for (const arg of call.args) {
    for (const item of alternativesOf(arg)) {
      // `helmet()(req, res, next)`: middleware that is handed on to a library goes on from there.
      if (item.value.api?.kind === 'next') machine.call(item.value, [], unknown, call.node, call.module);
      // `export const POST = wrap(async (req) => …)`: a handler that a library wraps runs when it is called, not where it is defined.
      if (item.value.closure && !(machine.defining > 0 && item.value.closure.node.async))
        runOnce({ ...call, machine }, item.value, [unknown, unknown]);
      for (const prop of item.value.props?.values() ?? [])
        if (prop.closure && prop.closure.node.params.length <= 1) runOnce({ ...call, machine }, prop, [unknown]);
    }
  }
}
