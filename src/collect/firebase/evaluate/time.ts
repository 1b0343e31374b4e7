import type { Methods } from './methods.ts';
import { failed, int, type Value } from './value.ts';

type Timestamp = Extract<Value, { is: 'timestamp' }>;
type Duration = Extract<Value, { is: 'duration' }>;

const second = 1_000_000_000n;
const day = 86_400n * second;
const floor = (a: bigint, b: bigint): bigint => (a >= 0n || a % b === 0n ? a / b : a / b - 1n);
const dateOf = ({ nanos }: Timestamp): Date => new Date(Number(floor(nanos, 1_000_000n)));
const part = (read: (date: Date) => number) => (of: Timestamp) => int(read(dateOf(of)));

/** Methods of timestamps, all in UTC. */
export const calendar: Methods<Timestamp> = {
  year: part((date) => date.getUTCFullYear()),
  month: part((date) => date.getUTCMonth() + 1),
  day: part((date) => date.getUTCDate()),
  hours: part((date) => date.getUTCHours()),
  minutes: part((date) => date.getUTCMinutes()),
  seconds: part((date) => date.getUTCSeconds()),
  nanos: ({ nanos }) => int(Number(nanos - floor(nanos, second) * second)),
  // Monday is 1, Sunday 7.
  dayOfWeek: part((date) => ((date.getUTCDay() + 6) % 7) + 1),
  dayOfYear: part((date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1),
  toMillis: ({ nanos }) => int(Number(floor(nanos, 1_000_000n))),
  date: ({ nanos }) => ({ is: 'timestamp', nanos: floor(nanos, day) * day }),
  time: ({ nanos }) => ({ is: 'duration', nanos: nanos - floor(nanos, day) * day }),
};

export const inSeconds: Methods<Duration> = {
  seconds: ({ nanos }) => int(Number(nanos / second)),
  nanos: ({ nanos }) => int(Number(nanos % second)),
};

const units: Readonly<Record<string, bigint>> = {
  w: 7n * day,
  d: day,
  h: 3600n * second,
  m: 60n * second,
  s: second,
  ms: 1_000_000n,
  ns: 1n,
};
const numbers = (args: readonly Value[], count: number): bigint[] | undefined =>
  args.length === count && args.every((arg) => arg.is === 'int' && Number.isSafeInteger(arg.value))
    ? args.map((arg) => BigInt((arg as Extract<Value, { is: 'int' }>).value))
    : undefined;

/** The namespace `duration`. */
export const durations: Readonly<Record<string, (args: readonly Value[]) => Value | undefined>> = {
  abs: ([value]) => (value?.is === 'duration' ? { is: 'duration', nanos: value.nanos < 0n ? -value.nanos : value.nanos } : undefined),
  time: (args) => {
    const [hours = 0n, minutes = 0n, seconds = 0n, nanos = 0n] = numbers(args, 4) ?? [];
    return numbers(args, 4) && { is: 'duration', nanos: (hours * 3600n + minutes * 60n + seconds) * second + nanos };
  },
  value: ([amount, unit]) => {
    const [count] = numbers(amount ? [amount] : [], 1) ?? [];
    if (count === undefined || unit?.is !== 'string') return undefined;
    const size = Object.hasOwn(units, unit.value) ? units[unit.value] : undefined;
    return size === undefined ? failed(`there is no unit ${unit.value}`) : { is: 'duration', nanos: count * size };
  },
};

/** The namespace `timestamp`. */
export const timestamps: Readonly<Record<string, (args: readonly Value[]) => Value | undefined>> = {
  date: (args) => {
    const parts = numbers(args, 3);
    if (!parts) return undefined;
    const date = Date.UTC(Number(parts[0]), Number(parts[1]) - 1, Number(parts[2]));
    return Number.isNaN(date) ? failed('a date that does not exist') : { is: 'timestamp', nanos: BigInt(date) * 1_000_000n };
  },
  value: (args) => {
    const [millis] = numbers(args, 1) ?? [];
    return millis === undefined ? undefined : { is: 'timestamp', nanos: millis * 1_000_000n };
  },
};
