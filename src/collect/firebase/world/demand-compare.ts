import type { Frame } from '../evaluate/frame.ts';
import { isNumber, text, type Value } from '../evaluate/value.ts';
import type { Expression } from '../language/syntax.ts';
import { type Asking, below, isAbsent, keysOf, madeUp, put, resized, type Step } from './edits.ts';
import { locate, type Location } from './locate.ts';

type Binary = Extract<Expression, { is: 'binary' }>;

/** Ways to make a comparison come true or false. */
export function compareDemand(expression: Binary, want: boolean, frame: Frame, asking: Asking): Step[] {
  const { operator, left, right } = expression;
  if (operator === 'in') return demandIn(expression, want, frame, asking);
  if (operator === '==' || operator === '!=') return demandSame(left, right, (operator === '==') === want, frame, asking);
  return demandOrder(expression, want, frame, asking);
}

function demandSame(left: Expression, right: Expression, want: boolean, frame: Frame, asking: Asking): Step[] {
  const found: Step[] = want ? together(left, right, frame, asking) : [];
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const value = asking.run.condition(other, frame);
    if (value.is === 'bool' && !locate(side, frame, asking.run, asking.own))
      found.push(...asking.demand(side, value.value === want, frame, asking));
    found.push(...bySize(side, value, want ? '==' : '!=', frame, asking));
    const location = locate(side, frame, asking.run, asking.own);
    if (!location) continue;
    if (want && (!isAbsent(value) || value.is === 'null')) found.push(...put(location, value));
    else if (!want && !isAbsent(value)) found.push(...put(location, another(value, asking.mark)));
    else if (!want && value.is === 'null') found.push(...put(location, madeUp(nameOf(location), asking.mark)));
  }
  return [...found, ...asking.provide(left, frame, asking), ...asking.provide(right, frame, asking)];
}

/** Both sides are kept somewhere, and neither says whose it is: both get the same new value. */
function together(left: Expression, right: Expression, frame: Frame, asking: Asking): Step[] {
  const sides = [left, right].map((side) => locate(side, frame, asking.run, asking.own));
  const [a, b] = sides;
  if (!a || !b || !('keys' in a) || !('keys' in b)) return [];
  const values = [left, right].map((side) => asking.run.condition(side, frame));
  if (values.some((value) => !isAbsent(value) && !(value.is === 'string' && value.value === ''))) return [];
  const value = text(`${asking.mark}-${nameOf(a)}`);
  return [[a, b].map((location) => ({ location, value }))];
}

const nameOf = (location: Location): string => ('keys' in location ? (location.keys.at(-1) ?? '') : '');

/** Something else of the same type. */
function another(value: Value, mark: string): Value {
  if (value.is === 'bool') return { is: 'bool', value: !value.value };
  if (isNumber(value)) return { ...value, value: value.value + 1 };
  if (value.is === 'string') return text(`${mark}-other`);
  return value.is === 'timestamp' ? { ...value, nanos: value.nanos + 1_000_000_000n } : text(mark);
}

function demandIn({ left, right }: Binary, want: boolean, frame: Frame, asking: Asking): Step[] {
  const a = asking.run.condition(left, frame);
  const b = asking.run.condition(right, frame);
  const [from, into] = [left, right].map((side) => locate(side, frame, asking.run, asking.own));
  // `'role' in request.resource.data.keys()`
  const keys = keysOf(right, frame, asking);
  if (keys && a.is === 'string')
    return want ? put(below(keys, a.value), madeUp(a.value, asking.mark)) : put(below(keys, a.value), undefined);
  const found: Step[] = [];
  if (want && (b.is === 'list' || b.is === 'set')) found.push(...b.items.slice(0, 8).flatMap((item) => put(from, item)));
  if (want && b.is === 'map') found.push(...[...b.fields.keys()].slice(0, 8).flatMap((key) => put(from, text(key))));
  if (!want && !isAbsent(a)) found.push(...put(from, another(a, asking.mark)));
  if (into && !isAbsent(a)) found.push(...within(into, a, b, want, asking));
  return [...found, ...asking.provide(left, frame, asking), ...asking.provide(right, frame, asking)];
}

function within(into: Location, a: Value, b: Value, want: boolean, asking: Asking): Step[] {
  const whole = 'keys' in into && into.keys.length === 0;
  if (a.is === 'string' && (b.is === 'map' || whole)) {
    const inner = below(into, a.value);
    return put(inner, want ? (whole ? madeUp(a.value, asking.mark) : { is: 'bool', value: true }) : undefined);
  }
  if (b.is === 'list') {
    const kept = b.items.filter((item) => item.is !== a.is || JSON.stringify(item, plain) !== JSON.stringify(a, plain));
    return put(into, { is: 'list', items: want ? [...b.items, a] : kept });
  }
  return want ? put(into, { is: 'list', items: [a] }) : [];
}
const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

const opposite: Readonly<Record<string, string>> = { '<': '>=', '>=': '<', '>': '<=', '<=': '>', '==': '!=', '!=': '==' };
const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '==': '==', '!=': '!=' };

function demandOrder({ operator, left, right }: Binary, want: boolean, frame: Frame, asking: Asking): Step[] {
  const wanted = want ? operator : (opposite[operator] ?? operator);
  const [a, b] = [asking.run.condition(left, frame), asking.run.condition(right, frame)];
  return [
    ...bySize(left, b, wanted, frame, asking),
    ...bySize(right, a, mirrored[wanted] ?? wanted, frame, asking),
    ...beyond(left, b, wanted, frame, asking),
    ...beyond(right, a, mirrored[wanted] ?? wanted, frame, asking),
    ...(a.is === 'error' ? asking.provide(left, frame, asking) : []),
    ...(b.is === 'error' ? asking.provide(right, frame, asking) : []),
  ];
}

/** Puts what is kept somewhere in `side` so that `side operator bound` holds. */
function beyond(side: Expression, bound: Value, operator: string, frame: Frame, asking: Asking): Step[] {
  const steps = operator.startsWith('<') ? [0, -1] : [0, 1];
  const day = 86_400_000_000_000n;
  const values: Value[] = isNumber(bound)
    ? steps.map((step) => ({ ...bound, value: bound.value + step }))
    : bound.is === 'timestamp'
      ? [...steps, ...steps.map((step) => step * 400)].map(
          (step) => ({ is: 'timestamp', nanos: bound.nanos + BigInt(step) * day }) as const,
        )
      : bound.is === 'string'
        ? [bound, text(`${bound.value}z`)]
        : [];
  return keptIn(side, frame, asking, 0).flatMap((location) => values.flatMap((value) => put(location, value)));
}

/** Places whose values a sum or difference is made of. */
function keptIn(side: Expression, frame: Frame, asking: Asking, depth: number): Location[] {
  const location = locate(side, frame, asking.run, asking.own);
  if (location) return [location];
  if (side.is === 'binary' && depth < 4) return [side.left, side.right].flatMap((part) => keptIn(part, frame, asking, depth + 1));
  return [];
}

/** `x.size() < 3`: a text or list of another length. */
function bySize(side: Expression, bound: Value, operator: string, frame: Frame, asking: Asking): Step[] {
  if (side.is !== 'call' || side.callee.is !== 'member' || side.callee.name !== 'size' || !isNumber(bound)) return [];
  const { of } = side.callee;
  const size = bound.value + (operator === '<' ? -1 : operator === '>' || operator === '!=' ? 1 : 0);
  const location = locate(of, frame, asking.run, asking.own) ?? undefined;
  const value = asking.run.condition(of, frame);
  if (!location || size < 0 || size > 20_000) return [];
  const keep = { '<=': (now: number) => now <= size, '>=': (now: number) => now >= size }[operator];
  return resized(value, size, asking.mark, keep).flatMap((next) => put(location, next));
}

/** `x is string`. */
export function demandType({ left, right }: Binary, want: boolean, frame: Frame, asking: Asking): Step[] {
  const location = locate(left, frame, asking.run, asking.own);
  const type = right.is === 'name' ? right.name : '';
  const name = location ? nameOf(location) : '';
  const values: Readonly<Record<string, Value>> = {
    string: text(`${asking.mark}-${name}`),
    int: { is: 'int', value: 1 },
    number: { is: 'int', value: 1 },
    float: { is: 'float', value: 1.5 },
    bool: { is: 'bool', value: false },
    list: { is: 'list', items: [] },
    map: { is: 'map', fields: new Map() },
    timestamp: { is: 'timestamp', nanos: asking.run.scene.time },
    latlng: { is: 'latlng', latitude: 1, longitude: 1 },
    null: { is: 'null' },
    path: { is: 'path', segments: ['databases', '(default)', 'documents', 'a', asking.mark] },
    bytes: { is: 'bytes', value: Buffer.from(asking.mark) },
  };
  const value = values[type];
  return [
    ...(want && value ? put(location, value) : want ? [] : put(location, values[type === 'string' ? 'int' : 'string'])),
    ...asking.provide(left, frame, asking),
  ];
}
