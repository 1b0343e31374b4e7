import type { Frame } from '../evaluate/frame.ts';
import { text, type Value } from '../evaluate/value.ts';
import { compileRegex, sampleOf } from '../language/regex.ts';
import type { Expression } from '../language/syntax.ts';
import { type Asking, below, changedValue, keysOf, madeUp, put, type Step } from './edits.ts';
import { locate, type Location } from './locate.ts';
import { at } from './world.ts';

type Call = Extract<Expression, { is: 'call' }>;
type Member = Extract<Expression, { is: 'member' }>;

/** Ways to make a method's answer true or false. */
export function demandMethod({ args }: Call, callee: Member, want: boolean, frame: Frame, asking: Asking): Step[] {
  const { name, of } = callee;
  const [arg] = args;
  const value = arg ? asking.run.condition(arg, frame) : undefined;
  if (name === 'matches' && value?.is === 'string')
    return [...demandMatch(of, value.value, want, frame, asking), ...asking.provide(of, frame, asking)];
  if (name === 'get') {
    const location = locate({ is: 'call', callee, args, at: callee.at }, frame, asking.run, asking.own);
    return put(location, { is: 'bool', value: want });
  }
  const wanted = value?.is === 'list' || value?.is === 'set' ? value.items : undefined;
  if (!wanted) return [...asking.provide(of, frame, asking), ...(arg ? asking.provide(arg, frame, asking) : [])];
  if (name !== 'hasAny' && name !== 'hasAll' && name !== 'hasOnly') return [];
  const keys = keysOf(of, frame, asking);
  if (keys) return demandKeys(keys, name, wanted, want, asking);
  if (isDiff(of, frame, asking)) return demandChanges(name, wanted, want, asking);
  return [
    ...demandItems(of, name, wanted, want, frame, asking),
    ...(arg ? demandOther(of, arg, name, want, frame, asking) : []),
    ...asking.provide(of, frame, asking),
  ];
}

function demandMatch(of: Expression, pattern: string, want: boolean, frame: Frame, asking: Asking): Step[] {
  const inner = of.is === 'call' && of.callee.is === 'member' && ['lower', 'upper', 'trim'].includes(of.callee.name) ? of.callee.of : of;
  const location = locate(inner, frame, asking.run, asking.own);
  if (!want) return put(location, text(`${asking.mark} other!`));
  try {
    return put(location, text(sampleOf(compileRegex(pattern).pattern)));
  } catch {
    return [];
  }
}

const named = (items: readonly Value[]): string[] => items.flatMap((item) => (item.is === 'string' ? [item.value] : []));

function demandKeys(map: Location, name: string, wanted: readonly Value[], want: boolean, asking: Asking): Step[] {
  const names = named(wanted);
  const there = valueAt(map, asking);
  const present = there?.is === 'map' ? [...there.fields.keys()] : [];
  const together = (keys: readonly string[], value: (key: string) => Value | undefined): Step[] => {
    const edits = keys.flatMap((key) => put(below(map, key), value(key)).flat());
    return edits.length > 0 ? [edits] : [];
  };
  if (name === 'hasOnly')
    return want
      ? together(
          present.filter((key) => !names.includes(key)),
          () => undefined,
        )
      : [];
  const missing = names.filter((key) => !present.includes(key));
  if (name === 'hasAll') return want ? together(missing, (key) => madeUp(key, asking.mark)) : together(names.slice(0, 1), () => undefined);
  return want ? missing.slice(0, 4).flatMap((key) => put(below(map, key), madeUp(key, asking.mark))) : together(names, () => undefined);
}

/** `request.resource.data.diff(resource.data).affectedKeys()` and what is made of it. */
function isDiff(expression: Expression, frame: Frame, asking: Asking): boolean {
  if (expression.is === 'name') {
    for (let at: Frame | undefined = frame; at; at = at.outer) {
      const thunk = at.names.get(expression.name);
      if (thunk) return thunk.expression !== undefined && thunk.frame !== undefined && isDiff(thunk.expression, thunk.frame, asking);
    }
  }
  return asking.run.condition(expression, frame).is === 'set' && JSON.stringify(expression).includes('Keys');
}

function demandChanges(name: string, wanted: readonly Value[], want: boolean, asking: Asking): Step[] {
  const names = named(wanted);
  const sent = asking.sent.is === 'map' ? asking.sent.fields : new Map<string, Value>();
  const before = asking.before?.is === 'map' ? asking.before.fields : new Map<string, Value>();
  const changed = [...new Set([...sent.keys(), ...before.keys()])].filter((key) => sent.get(key) !== before.get(key));
  const revert = (keys: readonly string[]): Step[] => {
    const edits = keys.flatMap((key) => put({ base: 'sent', keys: [key] }, before.get(key)).flat());
    return edits.length > 0 ? [edits] : [];
  };
  const change = (keys: readonly string[]): Step[] =>
    keys.slice(0, 6).flatMap((key) => put({ base: 'sent', keys: [key] }, changedValue(before.get(key), key, asking.mark)));
  if (name === 'hasOnly' && want) {
    const [back] = revert(changed.filter((key) => !names.includes(key)));
    return back ? [back, ...change(names).map((step) => [...back, ...step])] : change(names);
  }
  if (name === 'hasOnly') return change(['other']);
  if (!want) return revert(changed.filter((key) => names.includes(key)));
  return change(names.filter((key) => !changed.includes(key)));
}

/** A list kept somewhere gets what is asked of it. */
function demandItems(of: Expression, name: string, wanted: readonly Value[], want: boolean, frame: Frame, asking: Asking): Step[] {
  const inner = of.is === 'call' && of.callee.is === 'member' && of.callee.name === 'toSet' ? of.callee.of : of;
  const location = locate(inner, frame, asking.run, asking.own);
  if (!location) return [];
  const now = asking.run.condition(inner, frame);
  const items = now.is === 'list' ? now.items : [];
  if (name === 'hasOnly') return want ? put(location, { is: 'list', items: wanted.slice(0, 1) }) : [];
  if (!want) return put(location, { is: 'list', items: [] });
  if (name === 'hasAll') return put(location, { is: 'list', items: [...items, ...wanted] });
  return wanted.slice(0, 4).flatMap((item) => put(location, { is: 'list', items: [...items, item] }));
}

/** `[a, b].hasAny(x)`, `['admin'].hasAny(token.roles)`: the list that is asked about is the one that is kept. */
function demandOther(of: Expression, arg: Expression, name: string, want: boolean, frame: Frame, asking: Asking): Step[] {
  const location = locate(arg, frame, asking.run, asking.own);
  const value = asking.run.condition(of, frame);
  if (!location || !want || name === 'hasOnly' || (value.is !== 'list' && value.is !== 'set')) return [];
  return value.items.slice(0, 4).flatMap((item) => put(location, { is: 'list', items: [item] }));
}

function valueAt(location: Location, asking: Asking): Value | undefined {
  if (location.base === 'sent') return at(asking.sent, location.keys);
  if (location.base === 'doc')
    return at(location.key === asking.own ? asking.before : asking.run.scene.store.get(location.key), location.keys);
  return undefined;
}
