import { bool, failed, fits, isNumber, list, type Meter, text, type Value } from './value.ts';

const ordered = (operator: string, order: number): Value =>
  bool(operator === '<' ? order < 0 : operator === '>' ? order > 0 : operator === '<=' ? order <= 0 : order >= 0);
const orderOf = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** `<`, `>`, `<=`, `>=` of two values that are known. */
export function compare(operator: string, a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b))
    return Number.isNaN(a.value) || Number.isNaN(b.value) ? bool(false) : ordered(operator, orderOf(a.value, b.value));
  if (a.is === 'string' && b.is === 'string') return ordered(operator, Buffer.compare(Buffer.from(a.value), Buffer.from(b.value)));
  if ((a.is === 'timestamp' && b.is === 'timestamp') || (a.is === 'duration' && b.is === 'duration'))
    return ordered(operator, orderOf(a.nanos, b.nanos));
  return failed(`${a.is} ${operator} ${b.is}`);
}

/** `+`, `-`, `*`, `/`, `%` of two values that are known. */
export function arithmetic(operator: string, a: Value, b: Value, meter: Meter): Value {
  if (isNumber(a) && isNumber(b)) return ofNumbers(operator, a, b);
  if (operator === '+' && a.is === 'string' && b.is === 'string') {
    fits(a.value.length + b.value.length, meter);
    return text(a.value + b.value);
  }
  if (operator === '+' || operator === '-') {
    const moved = (nanos: bigint, by: bigint): bigint => (operator === '+' ? nanos + by : nanos - by);
    if ((a.is === 'timestamp' || a.is === 'duration') && b.is === 'duration') return { is: a.is, nanos: moved(a.nanos, b.nanos) };
    if (a.is === 'duration' && b.is === 'timestamp' && operator === '+') return { is: 'timestamp', nanos: a.nanos + b.nanos };
    if (a.is === 'timestamp' && b.is === 'timestamp' && operator === '-') return { is: 'duration', nanos: a.nanos - b.nanos };
  }
  return failed(`${a.is} ${operator} ${b.is}`);
}

type Numeric = Extract<Value, { is: 'int' | 'float' }>;
function ofNumbers(operator: string, a: Numeric, b: Numeric): Value {
  const whole = a.is === 'int' && b.is === 'int';
  if (whole && b.value === 0 && (operator === '/' || operator === '%')) return failed('division by zero');
  const results: Readonly<Record<string, (x: number, y: number) => number>> = {
    '+': (x, y) => x + y,
    '-': (x, y) => x - y,
    '*': (x, y) => x * y,
    '/': (x, y) => (whole ? Math.trunc(x / y) : x / y),
    '%': (x, y) => x % y,
  };
  const result = results[operator]?.(a.value, b.value);
  if (result === undefined) return failed(`there is no operator ${operator}`);
  if (!whole) return { is: 'float', value: result };
  return Number.isSafeInteger(result) ? { is: 'int', value: result } : failed('an integer that is too large');
}

export const minus = (value: Value): Value => {
  if (isNumber(value)) return { ...value, value: -value.value };
  if (value.is === 'duration') return { is: 'duration', nanos: -value.nanos };
  return value.is === 'any' || value.is === 'error' ? value : failed(`- of ${value.is}`);
};

/** `of[key]`. */
export function index(of: Value, key: Value): Value {
  if (of.is === 'error' || of.is === 'any') return of;
  if (key.is === 'error' || key.is === 'any') return key;
  if (of.is === 'map')
    return key.is === 'string'
      ? (of.fields.get(key.value) ?? of.open ?? failed(`there is no ${key.value}`))
      : failed('a key that is no text');
  if (key.is !== 'int') return failed('an index that is no integer');
  if (of.is === 'list') return of.items[key.value] ?? failed('an index outside of the list');
  if (of.is === 'path')
    return of.segments[key.value] === undefined ? failed('an index outside of the path') : text(of.segments[key.value] ?? '');
  if (of.is === 'string') {
    const one = [...of.value][key.value];
    return one === undefined ? failed('an index outside of the text') : text(one);
  }
  return failed(`${of.is} has no index`);
}

/** `of[from:to]`. */
export function slice(of: Value, from: Value | undefined, to: Value | undefined): Value {
  const odd = [of, from, to].find((value) => value?.is === 'error') ?? [of, from, to].find((value) => value?.is === 'any');
  if (odd) return odd;
  const items = of.is === 'string' ? [...of.value] : of.is === 'list' ? of.items : undefined;
  if (!items) return failed(`${of.is} has no range`);
  const [start, end] = [from ?? { is: 'int', value: 0 }, to ?? { is: 'int', value: items.length }] as const;
  if (start.is !== 'int' || end.is !== 'int') return failed('a range that is no integer');
  if (start.value < 0 || end.value > items.length || start.value > end.value) return failed('a range outside of the value');
  const cut = items.slice(start.value, end.value);
  return of.is === 'string' ? text((cut as string[]).join('')) : list(cut as Value[]);
}
