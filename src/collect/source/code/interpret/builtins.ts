import { globalObject, mapClass } from './collections.ts';
import { membership } from './condition.ts';
import { exactFilter, keysOf, maxRounds } from './enumerate.ts';
import { matches } from './regexp.ts';
import { flagged, nothing } from './state.ts';
import {
  alternativesOf,
  type Api,
  api,
  inputOf,
  isNullish,
  literal,
  type Machine,
  type Native,
  type NativeCall,
  native,
  object,
  oneOf,
  stringOf,
  truthiness,
  unknown,
  type Value,
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

const runOnce = ({ machine, node, module }: NativeCall, callback: Value | undefined, args: readonly Value[]): Value => {
  if (!callback || !(callback.closure || callback.native)) return unknown;
  const before = machine.state;
  const result = machine.call(callback, args, unknown, node, module);
  // The callback may run never: what it proves does not hold after the loop.
  machine.state = before;
  return result;
};

const element = (value: Value): Value => {
  if (value.items && value.items.length > 0)
    return value.items.length === 1 && value.items[0]
      ? value.items[0]
      : oneOf(value.items.slice(0, 8).map((item) => ({ value: item, state: nothing })));
  return value.input || value.who || value.row ? value : unknown;
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
    if (value.items && !value.open) {
      const exact = name === 'some' ? exactSome(call, value.items) : name === 'filter' ? exactFilter(call, value.items) : undefined;
      if (exact) return exact;
      if (name === 'sort' || name === 'toSorted') return value;
    }
    const result = runOnce(call, callback, [element(value)]);
    if (name === 'some') return { whenTrue: { ...nothing, ...(result.whenTrue ?? {}) } };
    if (name === 'every') return unknown;
    if (name === 'find' || name === 'findLast')
      return value.items || value.row || value.who
        ? oneOf([
            { value: element(value), state: result.whenTrue ?? nothing },
            { value: literal(undefined), state: nothing },
          ])
        : unknown;
    if (name === 'map' || name === 'flatMap') return { items: [result], open: true };
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

const keeps = new Set([
  'trim',
  'trimStart',
  'trimEnd',
  'toLowerCase',
  'toUpperCase',
  'toString',
  'normalize',
  'slice',
  'substring',
  'substr',
  'replace',
  'replaceAll',
  'split',
  'padStart',
  'padEnd',
  'concat',
  'valueOf',
  'toISOString',
  'getTime',
  'at',
  'charAt',
  'match',
  'toJSON',
]);

/** String methods: exact on known strings, otherwise the result carries what the value carried. */
export function stringMember(value: Value, name: string): Value | undefined {
  const text = stringOf(value);
  if (text !== undefined || value.parts) {
    const known = knownString(value, text, name);
    if (known) return known;
  }
  if (
    !(
      value.input ||
      value.who ||
      value.env !== undefined ||
      value.digest ||
      value.parts ||
      text !== undefined ||
      (value.row?.column ?? '') !== ''
    )
  )
    return undefined;
  if (keeps.has(name)) return native(() => (name === 'split' || name === 'match' ? { items: [value], open: true } : value));
  if (name === 'startsWith' || name === 'endsWith' || name === 'includes' || name === 'localeCompare' || name === 'equals')
    return native(() => unknown);
  return undefined;
}

function knownString(value: Value, text: string | undefined, name: string): Value | undefined {
  const first = typeof value.parts?.[0] === 'string' ? value.parts[0] : '';
  const last = value.parts?.at(-1);
  switch (name) {
    case 'startsWith':
      return native(({ args }) =>
        decide(stringOf(args[0]), (part) =>
          text !== undefined
            ? text.startsWith(part)
            : first.startsWith(part)
              ? true
              : first.length >= part.length || !part.startsWith(first)
                ? false
                : undefined,
        ),
      );
    case 'endsWith':
      return native(({ args }) =>
        decide(stringOf(args[0]), (part) =>
          text !== undefined
            ? text.endsWith(part)
            : typeof last === 'string' && last.length >= part.length
              ? last.endsWith(part)
              : undefined,
        ),
      );
    case 'includes':
      return native(({ args }) =>
        decide(stringOf(args[0]), (part) =>
          text !== undefined
            ? text.includes(part)
            : value.parts?.some((piece) => typeof piece === 'string' && piece.includes(part))
              ? true
              : undefined,
        ),
      );
    case 'length':
      return text !== undefined ? literal(text.length) : undefined;
    case 'match':
      return text !== undefined
        ? native(({ args }) => (fits(args[0], text) === false ? literal(null) : { items: [value], open: true }))
        : undefined;
    case 'toLowerCase':
      return text !== undefined ? native(() => literal(text.toLowerCase())) : undefined;
    case 'toUpperCase':
      return text !== undefined ? native(() => literal(text.toUpperCase())) : undefined;
    case 'trim':
      return text !== undefined ? native(() => literal(text.trim())) : undefined;
    case 'replace':
    case 'replaceAll':
      return text !== undefined
        ? native(({ args }) =>
            stringOf(args[0]) !== undefined && stringOf(args[1]) !== undefined
              ? literal(text.replace(stringOf(args[0]) ?? '', stringOf(args[1]) ?? ''))
              : { parts: [value] },
          )
        : undefined;
    case 'split':
      return text !== undefined
        ? native(({ args }) =>
            stringOf(args[0]) !== undefined ? { items: text.split(stringOf(args[0]) ?? '').map(literal) } : { items: [value], open: true },
          )
        : undefined;
    default:
      return undefined;
  }
}

function fits(pattern: Value | undefined, text: string): boolean | undefined {
  if (pattern?.api?.kind !== 'regexp') return undefined;
  const { pattern: source, flags } = pattern.api.data as { pattern: string; flags: string };
  return matches(source, flags, text);
}

const decide = (part: string | undefined, answer: (part: string) => boolean | undefined): Value => {
  const known = part === undefined ? undefined : answer(part);
  return known === undefined ? unknown : literal(known);
};

const through: Native = ({ args }) => args[0] ?? unknown;
/** A call whose result carries the input of any of its arguments. */
const derived: Native = ({ args }) => {
  const input = args.map((arg) => inputOf(arg)).find((found) => found !== undefined);
  return input ? { input } : unknown;
};

const settled: Native = ({ machine, args }) => {
  const [list] = args;
  return list?.items ? { ...list, items: list.items.map((item) => machine.settle(item)) } : list ? machine.settle(list) : unknown;
};

const objectStatics: Record<string, Native> = {
  assign: ({ args }) => merge(args),
  keys: (call) => (call.args[0] && keysOf(call.args[0])) ?? derived(call),
  values: ({ args }) =>
    args[0]?.props ? { items: [...args[0].props.values()], ...((args[0].open || args[0].props.size > maxRounds) && { open: true }) } : (args[0] ?? unknown),
  entries: ({ args }) =>
    args[0]?.props ? { items: [...args[0].props].map(([key, item]) => ({ items: [literal(key), item] })) } : (args[0] ?? unknown),
  fromEntries: through,
  freeze: through,
  create: through,
};

/** Object spread and Object.assign: later properties win. */
export function merge(values: readonly Value[]): Value {
  const props = new Map<string, Value>();
  let open = false;
  const spaces: Api[] = [];
  let carried: Value | undefined;
  // `{ ...database, extra }` still is that database.
  let members: Value['api'];
  for (const whole of values) {
    // Spreading null adds nothing: what may be missing is spread as what it is when it is there.
    const present = alternativesOf(whole).filter((item) => !isNullish(item.value));
    const value =
      present.length === 1
        ? (present[0]?.value ?? whole)
        : whole.alternatives && present.every((item) => item.value.who)
          ? (present[0]?.value ?? whole)
          : whole;
    for (const [name, item] of value.props ?? []) props.set(name, item);
    // `{ ...schema }` of a module keeps its exports.
    if (value.api?.kind === 'namespace') spaces.unshift(value.api);
    else if (value.api?.member && !value.response) members = value.api;
    if (!value.props || value.open) open = true;
    carried ??= inputOf(value, 0) || value.who || value.row ? value : undefined;
  }
  return {
    props,
    ...(open && { open }),
    ...(carried?.input && { input: carried.input }),
    ...(carried?.who && { who: carried.who }),
    ...(carried?.row && { row: carried.row }),
    ...(members?.member && api('spread', { member: members.member })),
    ...(spaces.length > 0 && api('namespace', { member: (name, call) => exportOf(spaces, name, call) })),
  };
}

function exportOf(spaces: readonly Api[], name: string, call: Omit<NativeCall, 'args'>): Value | undefined {
  for (const space of spaces) {
    const value = space.member?.(name, call);
    if (value && value !== unknown) return value;
  }
  return undefined;
}

const statics = (members: Record<string, Native>, call?: Native): Value =>
  api('builtin', { member: (name) => (members[name] ? native(members[name]) : undefined), ...(call && { call }) });

// Lazy clients are often proxies: `get` decides what a member is.
const proxy = (target: Value, handler: Value): Value =>
  api('proxy', {
    member: (name, { machine, node, module }) => {
      const get = handler.props?.get('get');
      return get
        ? machine.call(get, [target, literal(name), unknown], handler, node, module)
        : machine.member(target, name, true, node, module);
    },
    call: (call) =>
      handler.props?.get('apply')
        ? call.machine.call(handler.props.get('apply') ?? unknown, [target, unknown, { items: call.args }], handler, call.node, call.module)
        : call.machine.call(target, call.args, call.self, call.node, call.module),
  });

// What only holds outside production is no part of what customers meet.
const productionSettings: Readonly<Record<string, string>> = { NODE_ENV: 'production', VERCEL: '1', VERCEL_ENV: 'production', NEXT_PUBLIC_VERCEL_ENV: 'production', RAILWAY_ENVIRONMENT: 'production' };

const environment = (prefix: string): Value =>
  api('environment', { member: (name) => (productionSettings[name] !== undefined ? literal(productionSettings[name]) : { env: name }), data: prefix });

/** Names every JavaScript runtime has. */
export const globals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['undefined', literal(undefined)],
  ['NaN', literal(Number.NaN)],
  ['globalThis', globalObject],
  ['global', globalObject],
  ['Map', mapClass],
  [
    'process',
    api('process', {
      member: (name) =>
        name === 'env'
          ? environment('process.env')
          : name === 'exit'
            ? native(({ machine }) => ((machine.state = undefined), unknown))
            : undefined,
    }),
  ],
  [
    'Deno',
    api('deno', {
      member: (name) =>
        name === 'env' ? api('env', { member: () => native(({ args }) => ({ env: stringOf(args[0]) ?? '*' })) }) : undefined,
    }),
  ],
  ['Object', statics(objectStatics)],
  [
    'JSON',
    statics({
      parse: ({ args }) =>
        args[0] && inputOf(args[0]) ? { input: { ...inputOf(args[0]), source: inputOf(args[0])?.source ?? 'body' } } : (args[0] ?? unknown),
      stringify: through,
    }),
  ],
  ['Array', statics({ isArray: () => unknown, from: through, of: ({ args }) => ({ items: args }) })],
  [
    'Promise',
    statics({
      all: settled,
      allSettled: settled,
      resolve: through,
      race: ({ args }) => (args[0] ? element(args[0]) : unknown),
      reject: ({ machine }) => ((machine.state = undefined), unknown),
    }),
  ],
  [
    'Buffer',
    statics({
      from: through,
      concat: ({ args }) => (args[0] ? { items: args[0].items ?? [], open: true } : unknown),
      isBuffer: () => unknown,
      byteLength: () => unknown,
    }),
  ],
  ...[
    'String',
    'Number',
    'parseInt',
    'parseFloat',
    'encodeURIComponent',
    'decodeURIComponent',
    'BigInt',
    'structuredClone',
    'atob',
    'btoa',
  ].map((name): [string, Value] => [name, statics({ fromEntries: through }, through)]),
  ['Proxy', native(({ args }) => proxy(args[0] ?? unknown, args[1] ?? unknown))],
  [
    'Reflect',
    statics({
      get: ({ machine, args, node, module }) => {
        const name = stringOf(args[1]);
        return name === undefined ? unknown : machine.member(args[0] ?? unknown, name, true, node, module);
      },
    }),
  ],
  ['Boolean', statics({}, ({ args }) => args[0] ?? literal(false))],
  ['Math', statics({})],
  ['console', statics({})],
  ...['setTimeout', 'setImmediate', 'queueMicrotask', 'waitUntil'].map((name): [string, Value] => [
    name,
    native((call) => (runOnce(call, call.args[0], []), unknown)),
  ]),
]);

/** Calls every function among the arguments once, with values we know nothing of, so that what they do is seen. */
export function callArguments(machine: Machine, call: NativeCall): void {
  for (const arg of call.args) {
    for (const item of alternativesOf(arg)) {
      if (item.value.closure) runOnce({ ...call, machine }, item.value, [unknown, unknown]);
      for (const prop of item.value.props?.values() ?? [])
        if (prop.closure && prop.closure.node.params.length <= 1) runOnce({ ...call, machine }, prop, [unknown]);
    }
  }
}

export const emptyObject = object({}, true);
