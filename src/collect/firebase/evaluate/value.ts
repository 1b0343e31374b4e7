/**
 * A value of the rules language. `error` is what a failed expression has come to; it is a value so that `&&` and `||` can absorb it.
 * `any` stands for what is not known: fields that a query leaves open (`query`), what the caller may send (`sent`), and what this interpreter
 * cannot work out (`unresolved`).
 */
export type Value =
  | { readonly is: 'null' }
  | { readonly is: 'bool'; readonly value: boolean }
  | { readonly is: 'int'; readonly value: number }
  | { readonly is: 'float'; readonly value: number }
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'bytes'; readonly value: Uint8Array }
  /** Nanoseconds since 1970. */
  | { readonly is: 'timestamp'; readonly nanos: bigint }
  | { readonly is: 'duration'; readonly nanos: bigint }
  | { readonly is: 'latlng'; readonly latitude: number; readonly longitude: number }
  | { readonly is: 'path'; readonly segments: readonly string[] }
  | { readonly is: 'list'; readonly items: readonly Value[] }
  | { readonly is: 'set'; readonly items: readonly Value[] }
  | MapValue
  | { readonly is: 'diff'; readonly now: MapValue; readonly before: MapValue }
  | { readonly is: 'error'; readonly why: string }
  | Unknown;

export type Fields = ReadonlyMap<string, Value>;
/** `open`: fields that are not listed are not known either. */
export interface MapValue {
  readonly is: 'map';
  readonly fields: Fields;
  readonly open?: Unknown;
}
export interface Unknown {
  readonly is: 'any';
  readonly because: 'query' | 'sent' | 'unresolved';
  readonly why: string;
}

export const NULL: Value = { is: 'null' };
export const TRUE: Value = { is: 'bool', value: true };
export const FALSE: Value = { is: 'bool', value: false };
export const bool = (value: boolean): Value => (value ? TRUE : FALSE);
export const int = (value: number): Value => ({ is: 'int', value });
export const text = (value: string): Value => ({ is: 'string', value });
export const list = (items: readonly Value[]): Value => ({ is: 'list', items });
export const map = (entries: Iterable<readonly [string, Value]> | Readonly<Record<string, Value>>): MapValue => ({
  is: 'map',
  fields: new Map(Symbol.iterator in entries ? (entries as Iterable<readonly [string, Value]>) : Object.entries(entries)),
});
export const failed = (why: string): Value => ({ is: 'error', why });
export const unresolved = (why: string): Unknown => ({ is: 'any', because: 'unresolved', why });
export const isNumber = (value: Value): value is Extract<Value, { is: 'int' | 'float' }> => value.is === 'int' || value.is === 'float';
export const isTrue = (value: Value): boolean => value.is === 'bool' && value.value;
export const isFalse = (value: Value): boolean => value.is === 'bool' && !value.value;

const strength = { query: 0, sent: 1, unresolved: 2 } as const;
/** The unknown that weighs most: what we could not work out, before what the caller may choose, before what a query leaves open. */
export const worse = (a: Unknown, b: Unknown): Unknown => (strength[a.because] >= strength[b.because] ? a : b);

/** Work left for one decision. Spent means that nothing can be told. */
export interface Meter {
  left: number;
}
const largest = 100_000;

export class Exhausted extends Error {}

/** Counts work; throws `Exhausted` when there has been too much of it. */
export function spend(meter: Meter, amount: number): void {
  if ((meter.left -= amount) < 0) throw new Exhausted('the rule takes too many steps to evaluate');
}

/** A string or list of this length may be made; throws `Exhausted` otherwise. */
export function fits(length: number, meter: Meter): void {
  if (length > largest) throw new Exhausted('a value in the rule becomes too large');
  spend(meter, length / 50);
}

const heaviest = 5000;
const weights = new WeakMap<object, number>();

/** How many values stand in a value, itself included. */
function weightOf(value: Value): number {
  if (value.is !== 'list' && value.is !== 'set' && value.is !== 'map') return 1;
  const known = weights.get(value);
  if (known !== undefined) return known;
  const inner = value.is === 'map' ? [...value.fields.values()] : value.items;
  const weight = inner.reduce((sum, item) => sum + weightOf(item), 1);
  weights.set(value, weight);
  return weight;
}

/**
 * The value, if it may be made: lists of the same list over and over are small to write and endless to walk through. Throws `Exhausted`
 * otherwise.
 */
export function bearable<V extends Value>(value: V): V {
  if (weightOf(value) > heaviest) throw new Exhausted('a value in the rule becomes too large');
  return value;
}

/** Whether two values are the same; an unknown when that hangs on one. */
export function same(a: Value, b: Value, meter: Meter): boolean | Unknown {
  spend(meter, 1);
  if (a.is === 'any' || b.is === 'any') return a.is !== 'any' ? (b as Unknown) : b.is === 'any' ? worse(a, b) : a;
  if (isNumber(a) && isNumber(b)) return a.value === b.value;
  if (a.is === 'string' && b.is === 'string') spend(meter, a.value.length / 50);
  if (a.is !== b.is) return false;
  switch (a.is) {
    case 'null':
      return true;
    case 'bool':
    case 'string':
      return a.value === (b as typeof a).value;
    case 'timestamp':
    case 'duration':
      return a.nanos === (b as typeof a).nanos;
    case 'bytes':
      return Buffer.compare(a.value, (b as typeof a).value) === 0;
    case 'latlng':
      return a.latitude === (b as typeof a).latitude && a.longitude === (b as typeof a).longitude;
    case 'path':
      return a.segments.join('/') === (b as typeof a).segments.join('/');
    case 'list':
      return sameItems(a.items, (b as typeof a).items, meter);
    case 'set':
      return a.items.length === (b as typeof a).items.length && every(a.items, (item) => contains((b as typeof a).items, item, meter));
    case 'map':
      return sameMaps(a, b as MapValue, meter);
    default:
      return unresolved(`${a.is} cannot be compared`);
  }
}

const sameItems = (a: readonly Value[], b: readonly Value[], meter: Meter): boolean | Unknown =>
  a.length === b.length && every([...a.entries()], ([index, item]) => same(item, b[index] as Value, meter));

function sameMaps(a: MapValue, b: MapValue, meter: Meter): boolean | Unknown {
  const open = a.open ?? b.open;
  if (!open && a.fields.size !== b.fields.size) return false;
  const known = every([...a.fields], ([key, item]) => {
    const other = b.fields.get(key);
    return other ? same(item, other, meter) : (b.open ?? false);
  });
  return known === true && open ? open : known;
}

/** Whether it holds for all; false as soon as one is false, an unknown when one is unknown and none is false. */
export function every<T>(items: readonly T[], test: (item: T) => boolean | Unknown): boolean | Unknown {
  let doubt: Unknown | undefined;
  for (const item of items) {
    const found = test(item);
    if (found === false) return false;
    if (found !== true) doubt = doubt ? worse(doubt, found) : found;
  }
  return doubt ?? true;
}

/** Whether it holds for one at least. */
export function some<T>(items: readonly T[], test: (item: T) => boolean | Unknown): boolean | Unknown {
  const none = every(items, (item) => {
    const found = test(item);
    return typeof found === 'boolean' ? !found : found;
  });
  return typeof none === 'boolean' ? !none : none;
}

export const contains = (items: readonly Value[], wanted: Value, meter: Meter): boolean | Unknown =>
  some(items, (item) => same(item, wanted, meter));

/** A truth value or what keeps it from being one. */
export const truth = (found: boolean | Unknown): Value => (typeof found === 'boolean' ? bool(found) : found);

/** The items without repetitions. */
export function unique(items: readonly Value[], meter: Meter): Value {
  const kept: Value[] = [];
  for (const item of items) {
    const there = contains(kept, item, meter);
    if (there !== true && there !== false) return there;
    if (!there) kept.push(item);
  }
  return { is: 'set', items: kept };
}

/** The value in the notation of the rules, for messages; at most 60 characters. */
export function shown(value: Value): string {
  switch (value.is) {
    case 'null':
      return 'null';
    case 'bool':
    case 'int':
    case 'float':
      return String(value.value);
    case 'string':
      return `"${value.value.slice(0, 60)}"`;
    case 'path':
      return `/${value.segments.join('/')}`;
    case 'list':
    case 'set':
      return `[${value.items.slice(0, 5).map(shown).join(', ')}]`;
    case 'map':
      return `{${[...value.fields]
        .slice(0, 8)
        .map(([key, item]) => `${key}: ${shown(item)}`)
        .join(', ')}}`;
    case 'timestamp':
      return new Date(Number(value.nanos / 1_000_000n)).toISOString();
    default:
      return value.is;
  }
}
