import { literal, type NativeCall, truthiness, unknown, type Value } from './value.ts';

/** Rounds of a loop over known things (routers, routes, public paths) that are walked one by one. */
export const maxRounds = 30;

/** Keys of a known object or list, as `Object.keys` and `for in` give them. */
export function keysOf(value: Value): Value | undefined {
  if (value.props && value.props.size <= maxRounds)
    return { items: [...value.props.keys()].map(literal), ...(value.open && { open: true }) };
  if (value.items && !value.open && value.items.length <= maxRounds) return { items: value.items.map((_, nth) => literal(String(nth))) };
  return undefined;
}

/** `list.filter(test)` where every answer is known. */
export function exactFilter(call: NativeCall, items: readonly Value[]): Value | undefined {
  const [callback] = call.args;
  if (!callback?.closure || items.length > maxRounds) return undefined;
  const { machine } = call;
  const kept: Value[] = [];
  for (const [nth, item] of items.entries()) {
    const before = machine.state;
    const truth = truthiness(machine.call(callback, [item, literal(nth)], unknown, call.node, call.module));
    machine.state = before;
    if (truth === undefined) return undefined;
    if (truth) kept.push(item);
  }
  return { items: kept };
}
