import { toText } from './methods.ts';
import { hashes } from './text.ts';
import { durations, timestamps } from './time.ts';
import { bool, failed, isNumber, type Meter, spend, type Value } from './value.ts';

type Call = (args: readonly Value[], meter: Meter) => Value | undefined;
const float = (value: number): Value => ({ is: 'float', value });
const whole = (value: number): Value => (Number.isSafeInteger(value) ? { is: 'int', value } : failed('a number that is no integer'));
const of =
  (make: (value: number) => Value) =>
  ([value]: readonly Value[]): Value | undefined =>
    value && isNumber(value) ? make(value.value) : undefined;

const maths: Readonly<Record<string, Call>> = {
  abs: ([value]) => (value && isNumber(value) ? { ...value, value: Math.abs(value.value) } : undefined),
  ceil: of((value) => whole(Math.ceil(value))),
  floor: of((value) => whole(Math.floor(value))),
  // Half away from zero.
  round: of((value) => whole(Math.sign(value) * Math.round(Math.abs(value)))),
  sqrt: of((value) => float(Math.sqrt(value))),
  isInfinite: of((value) => bool(!Number.isNaN(value) && !Number.isFinite(value))),
  isNaN: of((value) => bool(Number.isNaN(value))),
  pow: ([base, exponent]) => (base && exponent && isNumber(base) && isNumber(exponent) ? float(base.value ** exponent.value) : undefined),
};

const points: Readonly<Record<string, Call>> = {
  value: ([latitude, longitude]) =>
    latitude && longitude && isNumber(latitude) && isNumber(longitude)
      ? { is: 'latlng', latitude: latitude.value, longitude: longitude.value }
      : undefined,
};

const hashing: Readonly<Record<string, Call>> = Object.fromEntries(
  Object.entries(hashes).map(([name, hash]): [string, Call] => [
    name,
    ([data], meter) => {
      const input = data?.is === 'string' ? Buffer.from(data.value) : data?.is === 'bytes' ? data.value : undefined;
      if (input) spend(meter, input.length / 50);
      return input && { is: 'bytes', value: hash(input) };
    },
  ]),
);

/** Functions of the namespaces that every rules file has. */
export const namespaces: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  math: maths,
  latlng: points,
  hashing,
  duration: durations,
  timestamp: timestamps,
};

/** Functions without a namespace. */
export const plain: Readonly<Record<string, Call>> = {
  debug: ([value]) => value,
  string: ([value]) => value && toText(value),
  bool: ([value]) => {
    if (value?.is === 'bool') return value;
    const word = value?.is === 'string' ? value.value.toLowerCase() : '';
    return word === 'true' || word === 'false' ? bool(word === 'true') : undefined;
  },
  int: ([value]) => {
    if (value && isNumber(value)) return whole(Math.trunc(value.value));
    return value?.is === 'string' && /^[-+]?\d+$/.test(value.value) ? whole(Number(value.value)) : undefined;
  },
  float: ([value]) => {
    if (value && isNumber(value)) return float(value.value);
    return value?.is === 'string' && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value.value)
      ? float(Number(value.value))
      : undefined;
  },
  path: ([value]) => (value?.is === 'string' ? { is: 'path', segments: value.value.split('/').filter((part) => part !== '') } : undefined),
};

/** Calls a function; an unknown argument makes the answer unknown, an error an error. */
export function callPlain(call: Call, name: string, args: readonly Value[], meter: Meter): Value {
  const wrong = args.find((arg) => arg.is === 'error') ?? args.find((arg) => arg.is === 'any');
  return wrong ?? call(args, meter) ?? failed(`wrong arguments for ${name}`);
}
