import {
  bearable,
  bool,
  Exhausted,
  FALSE,
  fits,
  isFalse,
  isNumber,
  isTrue,
  type MapValue,
  type Meter,
  NULL,
  spend,
  text,
  type Unknown,
  unresolved,
  type Value,
} from '../evaluate/value.ts';
import { compileRegex } from '../language/regex.ts';
import type { Expression } from '../language/syntax.ts';
import { at } from '../world/world.ts';

/** What a rule sees: the data as it is and as it would be, who asks, and the names of the path. */
export interface View {
  readonly stored: Value;
  /** The whole tree after the write; the same as `stored` for a read. */
  readonly next: Value | Unknown;
  readonly auth: Value;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly names: ReadonlyMap<string, string>;
  /** Where the rule stands. */
  readonly here: readonly string[];
  readonly query: Value;
}

/** A value, or a place in the data that can be asked about. */
export type Seen = Value | { readonly is: 'snapshot'; readonly of: 'stored' | 'next'; readonly path: readonly string[] };

/** A rule that fails in the middle: it refuses, whatever stands around it. */
class RuleFails extends Error {}

/** `auth.uid` of nobody: whether it equals something else that is not there is not written down. */
const nobody: Unknown = unresolved('whether the id of nobody equals what is not there');
/** The id of whoever asks, when it does not matter who: it is never null. */
export const somebody: Unknown = unresolved('who asks');

/** What a rule says: true, false (also when it fails), or an unknown. */
export function ruleSays(expression: Expression, view: View, meter: Meter): Value {
  try {
    const found = seen(expression, view, meter, 0);
    return found.is === 'any' || found.is === 'bool' ? found : FALSE;
  } catch (error) {
    if (error instanceof RuleFails) return FALSE;
    if (error instanceof Exhausted) return unresolved(error.message);
    throw error;
  }
}

/** The value of an expression; an error where it fails. */
export function valueIn(expression: Expression, view: View, meter: Meter): Seen {
  try {
    return seen(expression, view, meter, 0);
  } catch (error) {
    if (error instanceof RuleFails) return { is: 'error', why: error.message };
    if (error instanceof Exhausted) return unresolved(error.message);
    throw error;
  }
}

function seen(expression: Expression, view: View, meter: Meter, depth: number): Seen {
  spend(meter, 1);
  if (depth > 200) throw new Exhausted('the rule is nested too deeply');
  const inner = (of: Expression): Seen => seen(of, view, meter, depth + 1);
  switch (expression.is) {
    case 'literal':
      return expression.value === null ? NULL : typeof expression.value === 'boolean' ? bool(expression.value) : text(expression.value);
    case 'number':
      return { is: 'float', value: expression.value };
    case 'name':
      return named(expression.name, view);
    case 'not': {
      const found = inner(expression.of);
      return found.is === 'any' ? found : found.is === 'bool' ? bool(!found.value) : fail('! of what is no truth value');
    }
    case 'minus': {
      const found = inner(expression.of);
      return isNumber(found as Value) ? { is: 'float', value: -(found as { value: number }).value } : fail('- of what is no number');
    }
    case 'choice': {
      const test = inner(expression.test);
      return test.is === 'any'
        ? test
        : test.is === 'bool'
          ? inner(test.value ? expression.met : expression.unmet)
          : fail('no truth value before ?');
    }
    case 'list':
      return bearable({ is: 'list', items: expression.items.map((item) => plain(inner(item))) });
    case 'member':
      return memberOf(inner(expression.of), expression.name);
    case 'index': {
      const key = inner(expression.key);
      return key.is === 'string' ? memberOf(inner(expression.of), key.value) : fail('an index that is no text');
    }
    case 'binary':
      return binary(expression, inner, meter);
    case 'call':
      return called(expression, inner, view, meter);
    default:
      return unresolved(`a ${expression.is} in the rules of the Realtime Database`);
  }
}

function fail(why: string): never {
  throw new RuleFails(why);
}
const plain = (found: Seen): Value => (found.is === 'snapshot' ? fail('a snapshot where a value belongs') : found);

function named(name: string, view: View): Seen {
  if (name === 'auth') return view.auth;
  if (name === 'now') return { is: 'float', value: view.now };
  if (name === 'root') return { is: 'snapshot', of: 'stored', path: [] };
  if (name === 'data') return { is: 'snapshot', of: 'stored', path: view.here };
  if (name === 'newData') return { is: 'snapshot', of: 'next', path: view.here };
  if (name === 'query') return view.query;
  const bound = view.names.get(name);
  return bound === undefined ? unresolved(`the name ${name}`) : text(bound);
}

function memberOf(of: Seen, name: string): Seen {
  if (of.is === 'any') return of === nobody && name !== 'length' ? nobody : of;
  if (of.is === 'string' && name === 'length') return { is: 'float', value: of.value.length };
  if (of.is === 'map') return of.fields.get(name) ?? of.open ?? NULL;
  return of.is === 'null' ? nobody : fail(`${of.is} has no ${name}`);
}

function binary({ operator, left, right }: Extract<Expression, { is: 'binary' }>, inner: (of: Expression) => Seen, meter: Meter): Seen {
  const a = inner(left);
  if (operator === '&&' || operator === '||') {
    const decides = operator === '&&' ? isFalse : isTrue;
    if (a.is !== 'bool' && a.is !== 'any') return fail(`${a.is} with ${operator}`);
    if (decides(a)) return a;
    const b = inner(right);
    if (b.is !== 'bool' && b.is !== 'any') return fail(`${b.is} with ${operator}`);
    return a.is === 'bool' || decides(b) ? b : a;
  }
  const [x, y] = [plain(a), plain(inner(right))];
  if (operator === '==' || operator === '!=') {
    const known = ofNobody(x, y, right) ?? ofNobody(y, x, left);
    if (known !== undefined) return bool(known === (operator === '=='));
  }
  if (x.is === 'any' || y.is === 'any') return x.is === 'any' ? x : y;
  if (operator === '==') return bool(equal(x, y));
  if (operator === '!=') return bool(!equal(x, y));
  if (operator === '+' && (x.is === 'string' || y.is === 'string')) {
    const [one, two] = [asText(x), asText(y)];
    fits(one.length + two.length, meter);
    return text(one + two);
  }
  if (x.is === 'string' && y.is === 'string') return ordered(operator, x.value < y.value ? -1 : x.value > y.value ? 1 : 0);
  if (!isNumber(x) || !isNumber(y)) return fail(`${x.is} ${operator} ${y.is}`);
  const [p, q] = [x.value, y.value];
  const sums: Readonly<Record<string, number>> = { '+': p + q, '-': p - q, '*': p * q, '/': p / q, '%': p % q };
  const sum = sums[operator];
  return sum === undefined ? ordered(operator, p - q) : { is: 'float', value: sum };
}

/** Whether an id that is not known equals another value, where that can be told. */
function ofNobody(x: Value, other: Value, written: Expression): boolean | undefined {
  if (x === somebody) return other.is === 'null' ? false : undefined;
  if (x !== nobody || other.is === 'any') return undefined;
  return other.is !== 'null' ? false : written.is === 'literal' ? true : undefined;
}

const equal = (x: Value, y: Value): boolean =>
  x.is === 'null' || y.is === 'null'
    ? x.is === y.is
    : 'value' in x && 'value' in y && (x.is === y.is || (isNumber(x) && isNumber(y))) && x.value === y.value;
const asText = (value: Value): string => ('value' in value ? String(value.value) : fail(`${value.is} in a text`));

function ordered(operator: string, order: number): Value {
  const results: Readonly<Record<string, boolean>> = { '<': order < 0, '>': order > 0, '<=': order <= 0, '>=': order >= 0 };
  const found = results[operator];
  return found === undefined ? fail(`there is no ${operator}`) : bool(found);
}

/** The value at a place; null where there is nothing. */
export function valueAt(place: Extract<Seen, { is: 'snapshot' }>, view: View): Value {
  const tree = place.of === 'stored' ? view.stored : view.next;
  let found: Value | undefined = tree;
  for (const key of place.path) {
    if (found?.is === 'any') return found;
    found = found?.is === 'map' ? (found.fields.get(key) ?? found.open) : undefined;
  }
  return !found || (found.is === 'map' && found.fields.size === 0 && !found.open) ? NULL : found;
}

function called({ callee, args }: Extract<Expression, { is: 'call' }>, inner: (of: Expression) => Seen, view: View, meter: Meter): Seen {
  if (callee.is !== 'member') return unresolved('a call of what is no method');
  const of = inner(callee.of);
  if (of.is === 'any') return of;
  if (of.is === 'string') return onText(of.value, callee.name, args, inner, meter);
  if (of.is !== 'snapshot') return fail(`${of.is} has no method ${callee.name}`);
  const [arg] = args;
  const value = (): Value => valueAt(of, view);
  const child = (path: string): Seen => ({ ...of, path: [...of.path, ...path.split('/').filter((part) => part !== '')] });
  const is = (test: (found: Value) => boolean): Seen => (value().is === 'any' ? value() : bool(test(value())));
  switch (callee.name) {
    case 'val':
      return value();
    case 'child': {
      const path = arg && plain(inner(arg));
      if (path === nobody) return fail('child() of the id of nobody');
      return path?.is === 'string' ? child(path.value) : path?.is === 'any' ? path : fail('child() of what is no text');
    }
    case 'parent':
      return { ...of, path: of.path.slice(0, -1) };
    case 'exists':
      return is((found) => found.is !== 'null');
    case 'hasChild': {
      const path = arg && plain(inner(arg));
      if (path === nobody) return fail('hasChild() of the id of nobody');
      if (path?.is !== 'string') return path?.is === 'any' ? path : fail('hasChild() of what is no text');
      const found = valueAt(child(path.value) as Extract<Seen, { is: 'snapshot' }>, view);
      return found.is === 'any' ? found : bool(found.is !== 'null');
    }
    case 'hasChildren': {
      const names = arg && plain(inner(arg));
      if (!names) return is((found) => found.is === 'map');
      if (names.is !== 'list') return fail('hasChildren() of what is no list');
      const found = names.items.map((name) => at(value(), [name.is === 'string' ? name.value : '']));
      return is((whole) => whole.is === 'map' && found.every((one) => one !== undefined && one.is !== 'null'));
    }
    case 'isString':
      return is((found) => found.is === 'string');
    case 'isNumber':
      return is(isNumber);
    case 'isBoolean':
      return is((found) => found.is === 'bool');
    case 'getPriority':
      return NULL;
    default:
      return unresolved(`the method ${callee.name}`);
  }
}

function onText(of: string, name: string, args: readonly Expression[], inner: (of: Expression) => Seen, meter: Meter): Seen {
  const [arg] = args;
  if (name === 'toLowerCase') return text(of.toLowerCase());
  if (name === 'toUpperCase') return text(of.toUpperCase());
  if (name === 'matches' && arg?.is === 'regex') {
    try {
      spend(meter, (of.length * arg.value.length) / 10);
      return bool(compileRegex(arg.value, arg.flags).find([...of], 0) !== undefined);
    } catch (error) {
      if (error instanceof Exhausted) throw error;
      return unresolved(error instanceof Error ? error.message : 'a regular expression');
    }
  }
  const values = args.map((one) => plain(inner(one)));
  const open = values.find((value) => value.is === 'any');
  if (open) return open;
  const words = values.map((value) => (value.is === 'string' ? value.value : fail(`${name}() of what is no text`)));
  const [first = '', second = ''] = words;
  if (name === 'contains') return bool(of.includes(first));
  if (name === 'beginsWith') return bool(of.startsWith(first));
  if (name === 'endsWith') return bool(of.endsWith(first));
  if (name !== 'replace') return unresolved(`the method ${name}`);
  fits(of.length * (second.length + 1), meter);
  return text(of.replaceAll(first, () => second));
}

export const emptyTree: MapValue = { is: 'map', fields: new Map() };
