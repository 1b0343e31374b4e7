import { nothing } from './state.ts';
import { type Alternative, api, each, literal, type Machine, native, stringOf, unknown, type Value } from './value.ts';

/** `new Set(list)` holds what the list holds, whichever list it is on this path. */
export const setClass: Value = api('set-class', { call: ({ args }) => (args[0] ? each(args[0], listed) : unknown) });

const listed = (value: Value): Value => (value.items || value.input || value.parts ? value : unknown);

/** `new Map()`, also of pairs: what was stored under a known key comes out again; anything else is unknown. */
export const mapClass: Value = api('map-class', { call: ({ machine, args }) => mapValue(machine.defining > 0, args[0]) });

function mapValue(shared: boolean, pairs: Value | undefined): Value {
  const stored = new Map<string, Value>();
  // The calls that fill it while its module is loaded, which a server runs once more when it starts.
  const filledBy = new Set<number>();
  for (const { items } of pairs?.items ?? []) {
    const key = stringOf(items?.[0]);
    if (key !== undefined && !pairs?.open) stored.set(key, items?.[1] ?? unknown);
  }
  const self: Value = api('map', {
    member: (name) => {
      switch (name) {
        case 'get':
          return native(({ args }) => {
            const key = stringOf(args[0]);
            return (key === undefined ? undefined : stored.get(key)) ?? unknown;
          });
        case 'set':
          return native(({ machine, args, node }) => {
            const key = stringOf(args[0]);
            const isLoading = !shared || machine.defining > 0;
            if (isLoading) filledBy.add(node.start);
            // What one request leaves behind says nothing of the next one's caller, nor does what it may have replaced.
            if (key === undefined || !(isLoading || filledBy.has(node.start))) stored.clear();
            else if (isLoading) stored.set(key, args[1] ?? unknown);
            return self;
          });
        default:
          return undefined;
      }
    },
  });
  return self;
}

const stores = new WeakMap<Machine, Map<string, Value>>();

const storeOf = (machine: Machine): Map<string, Value> => {
  let store = stores.get(machine);
  if (!store) stores.set(machine, (store = new Map()));
  return store;
};

/** `globalThis`: what a module keeps on it (`globalThis.prisma ?? new PrismaClient()`) is not there when it first runs. */
export const globalObject: Value = api('global', {
  member: (name, { machine }) => storeOf(machine).get(name) ?? machine.globals.get(name) ?? literal(undefined),
  assign: (name, value, machine) => void storeOf(machine).set(name, value),
});

/** `rows ?? []`: a list that may be empty anyway, so that no list at all is nothing new. `undefined` for anything else. */
export function orNone(left: readonly Alternative[], fallback: Value): readonly Alternative[] | undefined {
  if (fallback.items?.length !== 0 || fallback.open || left.length === 0) return undefined;
  return left.every(({ value }) => value.items && value.open) ? left.map(({ value }) => ({ value, state: nothing })) : undefined;
}
