import {
  bearable,
  bool,
  contains,
  every,
  failed,
  fits,
  int,
  isNumber,
  list,
  type MapValue,
  type Meter,
  same,
  some,
  spend,
  text,
  truth,
  unique,
  type Unknown,
  unresolved,
  type Value,
} from './value.ts';
import { stringMethods } from './text.ts';
import { calendar, inSeconds } from './time.ts';

type Items = readonly Value[];
/** Calls a method of a value of one type. `args` hold neither errors nor unknowns. Nothing when there is no such method. */
export type Methods<V> = Readonly<Record<string, (of: V, args: Items, meter: Meter) => Value | undefined>>;
type Of<Is extends Value['is']> = Extract<Value, { is: Is }>;

const itemsOf = (value: Value | undefined): Items | undefined => (value?.is === 'list' || value?.is === 'set' ? value.items : undefined);

/** A question about two lists; nothing (a wrong argument) when the other is none. */
const ask =
  (question: (items: Items, others: Items, meter: Meter) => boolean | Unknown) =>
  (of: { readonly items: Items }, [other]: Items, meter: Meter): Value | undefined => {
    const others = itemsOf(other);
    return others && truth(question(of.items, others, meter));
  };
const within = (items: Items, others: Items, meter: Meter): boolean | Unknown => every(items, (item) => contains(others, item, meter));
const questions: Methods<{ readonly items: Items }> = {
  hasAll: ask((items, others, meter) => within(others, items, meter)),
  hasAny: ask((items, others, meter) => some(others, (item) => contains(items, item, meter))),
  hasOnly: ask(within),
  size: ({ items }) => int(items.length),
};

/** Items that are, or are not, among the others. */
function chosen(items: Items, others: Items, wanted: boolean, meter: Meter): Items | Unknown {
  const kept: Value[] = [];
  for (const item of items) {
    const there = contains(others, item, meter);
    if (typeof there !== 'boolean') return there;
    if (there === wanted) kept.push(item);
  }
  return kept;
}
const isUnknown = (found: Items | Unknown): found is Unknown => 'is' in found;

const lists: Methods<Of<'list'>> = {
  ...questions,
  concat: ({ items }, [other], meter) => {
    if (other?.is !== 'list') return undefined;
    fits(items.length + other.items.length, meter);
    return bearable(list([...items, ...other.items]));
  },
  join: ({ items }, [separator], meter) => {
    if (separator?.is !== 'string') return undefined;
    const parts = items.map((item) => toText(item));
    const odd = parts.find((part) => part === undefined || part.is !== 'string');
    if (odd || parts.includes(undefined)) return odd ?? failed('join of what is no text');
    const words = parts.map((part) => (part as Of<'string'>).value);
    fits(
      words.reduce((sum, word) => sum + word.length + separator.value.length, 0),
      meter,
    );
    return text(words.join(separator.value));
  },
  removeAll: ({ items }, [other], meter) => {
    const others = itemsOf(other);
    const kept = others && chosen(items, others, false, meter);
    return kept && (isUnknown(kept) ? kept : list(kept));
  },
  toSet: ({ items }, _, meter) => unique(items, meter),
};

const combined =
  (combine: (items: Items, others: Items, meter: Meter) => Items | Unknown) =>
  (of: Of<'set'>, [other]: Items, meter: Meter): Value | undefined => {
    if (other?.is !== 'set') return undefined;
    const found = combine(of.items, other.items, meter);
    return isUnknown(found) ? found : { is: 'set', items: found };
  };
const sets: Methods<Of<'set'>> = {
  ...questions,
  difference: combined((items, others, meter) => chosen(items, others, false, meter)),
  intersection: combined((items, others, meter) => chosen(items, others, true, meter)),
  union: combined((items, others, meter) => {
    const added = chosen(others, items, false, meter);
    if (isUnknown(added)) return added;
    fits(items.length + added.length, meter);
    return [...items, ...added];
  }),
  toSet: (of) => of,
};

const maps: Methods<MapValue> = {
  diff: (now, [before]) => (before?.is === 'map' ? { is: 'diff', now, before } : undefined),
  get: (of, [key, otherwise]) => {
    if (!otherwise) return undefined;
    let found: Value | undefined = of;
    for (const part of itemsOf(key) ?? [key as Value]) {
      if (part.is !== 'string') return undefined;
      if (found?.is === 'any') return found;
      found = found?.is === 'map' ? (found.fields.get(part.value) ?? found.open) : undefined;
    }
    return found ?? otherwise;
  },
  keys: (of) => of.open ?? list([...of.fields.keys()].map(text)),
  values: (of) => of.open ?? list([...of.fields.values()]),
  size: (of) => of.open ?? int(of.fields.size),
};

/** Keys of either map with what became of them. */
function changes({ now, before }: Of<'diff'>, wanted: ReadonlySet<string>, meter: Meter): Value {
  if (now.open || before.open) return (now.open ?? before.open) as Unknown;
  const keys: Value[] = [];
  for (const key of new Set([...now.fields.keys(), ...before.fields.keys()])) {
    const [a, b] = [now.fields.get(key), before.fields.get(key)];
    const alike = a && b ? same(a, b, meter) : false;
    if (typeof alike !== 'boolean') return alike;
    const became = a && b ? (alike ? 'unchanged' : 'changed') : a ? 'added' : 'removed';
    if (wanted.has(became)) keys.push(text(key));
  }
  return { is: 'set', items: keys };
}
const diffs: Methods<Of<'diff'>> = Object.fromEntries(
  (
    [
      ['addedKeys', ['added']],
      ['removedKeys', ['removed']],
      ['changedKeys', ['changed']],
      ['affectedKeys', ['added', 'removed', 'changed']],
      ['unchangedKeys', ['unchanged']],
    ] as const
  ).map(([name, wanted]) => [name, (of: Of<'diff'>, _: Items, meter: Meter) => changes(of, new Set(wanted), meter)]),
);

const bytes: Methods<Of<'bytes'>> = {
  size: ({ value }) => int(value.length),
  toBase64: ({ value }) => text(Buffer.from(value).toString('base64')),
  toHexString: ({ value }) => text(Buffer.from(value).toString('hex')),
};
const earth = 6_371_009;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const points: Methods<Of<'latlng'>> = {
  latitude: ({ latitude }) => ({ is: 'float', value: latitude }),
  longitude: ({ longitude }) => ({ is: 'float', value: longitude }),
  distance: (of, [other]) => {
    if (other?.is !== 'latlng') return undefined;
    const half = (a: number, b: number): number => Math.sin(radians(b - a) / 2) ** 2;
    const part =
      half(of.latitude, other.latitude) +
      Math.cos(radians(of.latitude)) * Math.cos(radians(other.latitude)) * half(of.longitude, other.longitude);
    return { is: 'float', value: 2 * earth * Math.asin(Math.min(1, Math.sqrt(part))) };
  },
};
const paths: Methods<Of<'path'>> = {
  bind: ({ segments }, [names]) => {
    if (names?.is !== 'map') return undefined;
    const bound: string[] = [];
    for (const segment of segments) {
      const name = /^\{(\w+)(?:=\*\*)?\}$/.exec(segment)?.[1];
      const value = name === undefined ? text(segment) : names.fields.get(name);
      if (value?.is !== 'string') return failed(`nothing to bind to ${segment}`);
      bound.push(value.value);
    }
    return { is: 'path', segments: bound };
  },
};

const byType: Readonly<Record<string, Methods<never>>> = {
  string: stringMethods,
  list: lists,
  set: sets,
  map: maps,
  diff: diffs,
  bytes,
  latlng: points,
  path: paths,
  timestamp: calendar,
  duration: inSeconds,
};

/** Calls a method. An unknown, or an argument that is one, makes the answer unknown. */
export function callMethod(of: Value, name: string, args: Items, meter: Meter): Value {
  spend(meter, 1);
  if (of.is === 'error') return of;
  const wrong = args.find((arg) => arg.is === 'error');
  if (wrong) return wrong;
  if (of.is === 'any') return of;
  const open = args.find((arg) => arg.is === 'any');
  // A default that is not known matters only when it is needed.
  if (open && !(of.is === 'map' && name === 'get' && args[0]?.is !== 'any')) return open;
  const methods = byType[of.is];
  if (!methods || !Object.hasOwn(methods, name))
    return of.is === 'null' ? failed('null has no methods') : failed(`${of.is} has no method ${name}`);
  return methods[name]?.(of as never, args, meter) ?? failed(`wrong arguments for ${name}`);
}

/** What `string()` makes of a value; nothing for what it refuses. */
export function toText(value: Value): Value | undefined {
  if (value.is === 'any' || value.is === 'string') return value;
  if (value.is === 'null') return text('null');
  if (value.is === 'bool') return text(String(value.value));
  if (value.is === 'path') return text(`/${value.segments.join('/')}`);
  if (!isNumber(value)) return undefined;
  return text(value.is === 'float' && Number.isInteger(value.value) ? `${value.value}.0` : String(value.value));
}

/** `a in b`. */
export function isIn(a: Value, b: Value, meter: Meter): Value {
  if (b.is === 'any' || b.is === 'error') return b;
  const items = itemsOf(b);
  if (items) return truth(contains(items, a, meter));
  if (b.is !== 'map') return failed(`in does not look into ${b.is}`);
  if (a.is === 'any') return a;
  if (a.is !== 'string') return bool(false);
  return b.fields.has(a.value) ? bool(true) : (b.open ?? bool(false));
}

const types = new Set(['bool', 'bytes', 'float', 'int', 'list', 'latlng', 'map', 'null', 'path', 'set', 'string', 'timestamp', 'duration']);

/** `a is type`. */
export function isType(a: Value, type: string): Value {
  if (a.is === 'any' || a.is === 'error') return a;
  if (type === 'number') return bool(isNumber(a));
  return types.has(type) ? bool(a.is === type) : unresolved(`the type ${type}`);
}
