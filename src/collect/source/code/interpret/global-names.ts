import { madeOf } from './content.ts';
import { decodedToken, isBearerText } from './decoded-token.ts';
import { noteServe } from './serving.ts';
import { allOf } from './fixed-lists.ts';
import { element, runOnce } from './builtins.ts';
import { globalObject, mapClass, setClass } from './collections.ts';
import { keysOf, maxRounds } from './enumerate.ts';
import {
  type Api,
  type Native,
  type NativeCall,
  type Value,
  alternativesOf,
  api,
  inputOf,
  isNullish,
  literal,
  native,
  stringOf,
  unknown,
} from './value.ts';

const through: Native = ({ args }) => args[0] ?? unknown;
/** A call whose result carries the input of any of its arguments. */
const derived: Native = ({ args }) => {
  const input = args.map((arg) => inputOf(arg)).find((found) => found !== undefined);
  return input ? { input, ...madeOf(...args) } : unknown;
};

/** A call whose result is computed from its arguments alone. */
const computed: Native = (call) => ({ ...derived(call), of: call.args });

// The bytes of a text put together are no text any more: what they carry of the request stays.
const bytesOf: Native = (call) => (call.args[0]?.parts && inputOf(call.args[0]) ? derived(call) : (call.args[0] ?? unknown));

const settled: Native = ({ machine, args }) => {
  const [list] = args;
  return list?.items ? { ...list, items: list.items.map((item) => machine.settle(item)) } : list ? machine.settle(list) : unknown;
};

const objectStatics: Record<string, Native> = {
  assign: ({ args }) => {
    for (const source of args.slice(1))
      for (const [name, item] of source.props ?? []) (args[0]?.props as Map<string, Value>)?.set(name, item);
    return merge(args);
  },
  keys: (call) => allOf((call.args[0] && keysOf(call.args[0])) ?? derived(call)),
  values: ({ args }) =>
    args[0]?.props
      ? allOf({ items: [...args[0].props.values()], ...((args[0].open || args[0].props.size > maxRounds) && { open: true }) })
      : (args[0] ?? unknown),
  entries: ({ args }) =>
    args[0]?.props ? { items: [...args[0].props].map(([key, item]) => ({ items: [literal(key), item] })) } : (args[0] ?? unknown),
  fromEntries: ({ args }) => entriesOf(args[0] ?? unknown),
  freeze: through,
  create: through,
};

// `Object.fromEntries(await request.formData())` has the fields of the form.
const entriesOf = (value: Value): Value =>
  value.api?.kind === 'form-data'
    ? { input: { source: 'body' } }
    : value.api?.kind === 'search-params'
      ? { input: { source: 'query' } }
      : value;

/** Object spread and Object.assign: later properties win. */
export function merge(values: readonly Value[]): Value {
  const props = new Map<string, Value>();
  let open = false;
  // What the properties that are not listed come from.
  const rest: Value[] = [];
  const spaces: Api[] = [];
  // What was spread in stays in: a row with the caller's fields over it is both.
  const carried: { input?: NonNullable<Value['input']>; who?: NonNullable<Value['who']>; row?: NonNullable<Value['row']> } = {};
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
    if (!value.props || value.open || value.of) rest.push(value.props && value.of ? { of: value.of } : whole);
    if (value.input) carried.input ??= value.input;
    if (value.who) carried.who ??= value.who;
    if (value.row) carried.row ??= value.row;
  }
  return {
    props,
    ...(open && { open }),
    ...((open || rest.length > 0) && { of: rest }),
    ...carried,
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
const productionSettings: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  VERCEL: '1',
  VERCEL_ENV: 'production',
  NEXT_PUBLIC_VERCEL_ENV: 'production',
  RAILWAY_ENVIRONMENT: 'production',
};

const environment = (prefix: string): Value =>
  api('environment', {
    member: (name) => (productionSettings[name] !== undefined ? literal(productionSettings[name]) : { env: name }),
    data: prefix,
  });

/** Names every JavaScript runtime has. */
export const globals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['undefined', literal(undefined)],
  ['NaN', literal(Number.NaN)],
  ['globalThis', globalObject],
  ['global', globalObject],
  ['Map', mapClass],
  ['Set', setClass],
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
        name === 'env'
          ? api('env', { member: () => native(({ args }) => ({ env: stringOf(args[0]) ?? '*' })) })
          : name === 'serve'
            ? native((call) => (noteServe(call), unknown))
            : undefined,
    }),
  ],
  ['Object', statics(objectStatics)],
  [
    'JSON',
    statics({
      parse: ({ machine, args, node, module }) =>
        args[0] && isBearerText(inputOf(args[0]))
          ? decodedToken({ machine, node, module }, 'a token read by hand', { input: { source: 'header', name: 'authorization' } })
          : args[0] && inputOf(args[0])
            ? { input: { ...inputOf(args[0]), source: inputOf(args[0])?.source ?? 'body' }, ...madeOf(args[0]) }
            : (args[0] ?? unknown),
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
  ].map((name): [string, Value] => [name, statics({ fromEntries: through, fromCharCode: through, fromCodePoint: through }, through)]),
  // The same bytes in another wrapping.
  ['Uint8Array', statics({ from: through, of: through }, through)],
  ['TextEncoder', statics({}, () => statics({ encode: bytesOf }))],
  ['TextDecoder', statics({}, () => statics({ decode: through }))],
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
  ['Math', api('builtin', { member: () => native(computed) })],
  ['Date', api('builtin', { member: () => native(computed), call: computed })],
  ['console', statics({})],
  ...['setTimeout', 'setImmediate', 'queueMicrotask', 'waitUntil'].map((name): [string, Value] => [
    name,
    native((call) => (runOnce(call, call.args[0], []), unknown)),
  ]),
]);
