import { isNumber, type Meter, NULL, text, type Value } from '../evaluate/value.ts';
import type { Expression } from '../language/syntax.ts';
import { compileRegex, sampleOf } from '../language/regex.ts';
import { madeUp } from '../world/edits.ts';
import { type Seen, valueAt, valueIn, type View } from './evaluate.ts';

/** One value put into the data, into what is sent, into the token, into the path or into a query. */
export type RealtimeEdit =
  | { readonly in: 'stored' | 'next'; readonly path: readonly string[]; readonly value: Value }
  | { readonly in: 'token'; readonly path: readonly string[]; readonly value: Value }
  /** `$name` of the pattern stands for this. */
  | { readonly in: 'name'; readonly name: string; readonly value: Value }
  | { readonly in: 'query'; readonly name: string; readonly value: Value };

type Place =
  | { readonly in: 'stored' | 'next' | 'token'; readonly path: readonly string[] }
  | { readonly in: 'name' | 'query'; readonly name: string };

const meter = (): Meter => ({ left: 5000 });
const deepest = 60;

/** Ways by which a rule may come nearer to being true (or false); the evaluator has the last word. */
export function demandRealtime(expression: Expression, want: boolean, view: View, mark: string, depth = 0): RealtimeEdit[] {
  if (depth > deepest) return [];
  const inner = (of: Expression, wanted: boolean): RealtimeEdit[] => demandRealtime(of, wanted, view, mark, depth + 1);
  const value = (of: Expression): Seen => valueIn(of, view, meter());
  switch (expression.is) {
    case 'not':
      return inner(expression.of, !want);
    case 'choice': {
      const test = value(expression.test);
      return test.is === 'bool'
        ? [...inner(test.value ? expression.met : expression.unmet, want), ...inner(expression.test, !test.value)]
        : [];
    }
    case 'binary': {
      const { operator, left, right } = expression;
      if (operator !== '&&' && operator !== '||') return compared(expression, want, view, mark);
      const sides = [left, right].filter((side) => {
        const found = value(side);
        return !(found.is === 'bool' && found.value === want);
      });
      return ((operator === '&&') === want ? sides.slice(0, 1) : sides).flatMap((side) => inner(side, want));
    }
    case 'call':
      return asked(expression, want, view, mark);
    default:
      return put(placeOf(expression, view), { is: 'bool', value: want });
  }
}

const put = (place: Place | undefined, value: Value): RealtimeEdit[] => (place ? [{ ...place, value } as RealtimeEdit] : []);

/** Where the value of an expression is kept. */
function placeOf(expression: Expression, view: View): Place | undefined {
  if (expression.is === 'name') return view.names.has(expression.name) ? { in: 'name', name: expression.name } : undefined;
  if (expression.is === 'call' && expression.callee.is === 'member' && expression.callee.name === 'val') {
    const found = valueIn(expression.callee.of, view, meter());
    return found.is === 'snapshot' ? { in: found.of, path: found.path } : undefined;
  }
  const chain: string[] = [];
  let at: Expression = expression;
  while (at.is === 'member' || at.is === 'index') {
    const key = at.is === 'member' ? text(at.name) : valueIn(at.key, view, meter());
    if (key.is !== 'string') return undefined;
    chain.unshift(key.value);
    at = at.of;
  }
  if (at.is !== 'name') return undefined;
  if (at.name === 'auth' && chain[0] === 'token' && chain.length > 1) return { in: 'token', path: chain.slice(1) };
  return at.name === 'query' && chain[0] !== undefined ? { in: 'query', name: chain[0] } : undefined;
}

const nameOf = (place: Place): string => ('path' in place ? (place.path.at(-1) ?? '') : place.name);
const opposite: Readonly<Record<string, string>> = { '<': '>=', '>=': '<', '>': '<=', '<=': '>' };
const mirrored: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function compared(
  { operator, left, right }: Extract<Expression, { is: 'binary' }>,
  want: boolean,
  view: View,
  mark: string,
): RealtimeEdit[] {
  const isSame = operator === '==' || operator === '!=';
  return (
    [
      [left, right, operator],
      [right, left, mirrored[operator] ?? operator],
    ] as const
  ).flatMap(([side, other, sign]) => {
    const value = valueIn(other, view, meter());
    if (isSame) {
      if (value.is === 'snapshot' || value.is === 'error' || value.is === 'any') return [];
      const equal = (operator === '==') === want;
      if (value.is === 'bool' && !placeOf(side, view)) return demandRealtime(side, equal ? value.value : !value.value, view, mark, 30);
      const place = placeOf(side, view);
      if (!place) return [];
      const found = equal ? value : value.is === 'null' ? madeUp(nameOf(place), mark) : text(`${mark}-other`);
      // Two places that are empty both: the same new value in both.
      const both = equal && value.is === 'null' ? placeOf(other, view) : undefined;
      return both ? [...put(place, madeUp(nameOf(place), mark))] : put(place, found);
    }
    return ordered(side, value, want ? sign : (opposite[sign] ?? sign), view, mark);
  });
}

/** `x.length < 10`, `newData.val() <= now`. */
function ordered(side: Expression, bound: Seen, operator: string, view: View, mark: string): RealtimeEdit[] {
  if (!isNumber(bound as Value)) return [];
  const number = (bound as { value: number }).value;
  const wanted = operator === '<' ? number - 1 : operator === '>' ? number + 1 : number;
  if (side.is === 'member' && side.name === 'length')
    return put(placeOf(side.of, view), text(mark.padEnd(Math.min(1000, Math.max(0, wanted)), 'a').slice(0, Math.max(0, wanted))));
  return put(placeOf(side, view), { is: 'float', value: wanted });
}

function asked({ callee, args }: Extract<Expression, { is: 'call' }>, want: boolean, view: View, mark: string): RealtimeEdit[] {
  if (callee.is !== 'member') return [];
  const of = valueIn(callee.of, view, meter());
  const [arg] = args;
  if (callee.name === 'val') return put(placeOf({ is: 'call', callee, args, at: 0 }, view), { is: 'bool', value: want });
  if (of.is === 'snapshot') return ofPlace(of, callee.name, arg && valueIn(arg, view, meter()), want, view, mark);
  if (callee.name === 'matches' && arg?.is === 'regex') {
    try {
      return put(placeOf(callee.of, view), text(want ? sampleOf(compileRegex(arg.value, arg.flags).pattern) : `${mark} other!`));
    } catch {
      return [];
    }
  }
  const given = arg && valueIn(arg, view, meter());
  if (!want || given?.is !== 'string' || !['contains', 'beginsWith', 'endsWith'].includes(callee.name)) return [];
  return put(placeOf(callee.of, view), given);
}

function ofPlace(
  of: Extract<Seen, { is: 'snapshot' }>,
  name: string,
  arg: Seen | undefined,
  want: boolean,
  view: View,
  mark: string,
): RealtimeEdit[] {
  const here = (path: readonly string[], value: Value): RealtimeEdit => ({ in: of.of, path, value });
  const made = (path: readonly string[]): RealtimeEdit =>
    here(path, want ? (/^uid-/.test(path.at(-1) ?? '') ? { is: 'bool', value: true } : madeUp(path.at(-1) ?? '', mark)) : NULL);
  if (name === 'exists') return [made(of.path)];
  if (name === 'hasChild') return arg?.is === 'string' ? [made([...of.path, ...arg.value.split('/')])] : [];
  if (name === 'hasChildren') {
    const wanted = arg?.is === 'list' ? arg.items.flatMap((item) => (item.is === 'string' ? [item.value] : [])) : [`${mark}-child`];
    const now = valueAt(of, view);
    const missing = wanted.filter((child) => !(now.is === 'map' && now.fields.has(child)));
    return want ? missing.slice(0, 1).map((child) => made([...of.path, child])) : [here(of.path, NULL)];
  }
  const label = of.path.at(-1) ?? '';
  if (name === 'isString') return [here(of.path, want ? text(`${mark}-${label}`) : { is: 'float', value: 1 })];
  if (name === 'isNumber') return [here(of.path, want ? { is: 'float', value: 1 } : text(mark))];
  return name === 'isBoolean' ? [here(of.path, want ? { is: 'bool', value: false } : text(mark))] : [];
}
