import type { Evaluation } from '../evaluate/expression.ts';
import type { Frame } from '../evaluate/frame.ts';
import { text, type Value } from '../evaluate/value.ts';
import type { Expression } from '../language/syntax.ts';
import { locate, type Location } from './locate.ts';

/** One thing made another: a value put, or with `value` absent taken away. `creates` a document that is empty but for what others put in. */
export interface Edit {
  readonly location: Location;
  readonly value?: Value;
  readonly creates?: true;
}
/** Edits that go together. */
export type Step = readonly Edit[];

export interface Asking {
  readonly run: Evaluation;
  /** Key in the store of the document that the request is about. */
  readonly own: string;
  /** Part of every text that is made up. */
  readonly mark: string;
  /** What the request would store, and what is stored. */
  readonly sent: Value;
  readonly before: Value | undefined;
  depth: number;
  /** Expressions that may still be looked into: functions that use a thing many times over multiply. */
  readonly budget: { left: number };
  /** The search goes on in the parts of an expression. */
  demand(expression: Expression, want: boolean, frame: Frame, asking: Asking): Step[];
  provide(expression: Expression, frame: Frame, asking: Asking): Step[];
}

export const put = (location: Location | undefined, value: Value | undefined): Step[] =>
  location ? [[{ location, ...(value && { value }) }]] : [];

export function below(location: Location, key: string): Location | undefined {
  return 'keys' in location ? { ...location, keys: [...location.keys, key] } : undefined;
}

/** The map whose keys these are: `x.keys()`, `x.keys().toSet()`. */
export function keysOf(expression: Expression, frame: Frame, asking: Asking): Location | undefined {
  if (expression.is === 'name') {
    for (let frameAt: Frame | undefined = frame; frameAt; frameAt = frameAt.outer) {
      const thunk = frameAt.names.get(expression.name);
      if (thunk) return thunk.expression && thunk.frame ? keysOf(thunk.expression, thunk.frame, asking) : undefined;
    }
  }
  if (expression.is !== 'call' || expression.callee.is !== 'member') return undefined;
  const { name, of } = expression.callee;
  if (name === 'toSet') return keysOf(of, frame, asking);
  return name === 'keys' ? locate(of, frame, asking.run, asking.own) : undefined;
}

/** Another value for a field that holds this one. */
export function changedValue(value: Value | undefined, name: string, mark: string): Value {
  if (!value || value.is === 'null') return madeUp(name, mark);
  if (value.is === 'bool') return { is: 'bool', value: !value.value };
  if (value.is === 'int' || value.is === 'float') return { ...value, value: value.value + 1 };
  if (value.is === 'timestamp') return { ...value, nanos: value.nanos + 1_000_000_000n };
  if (value.is === 'list') return { is: 'list', items: [...value.items, text(`${mark}-more`)] };
  if (value.is === 'map') return { is: 'map', fields: new Map([...value.fields, [`${mark}-more`, text(mark)]]) };
  return text(`${mark}-${name}-changed`);
}

/** The value with another length; unchanged when `keep` says that it is right as it is. */
export function resized(value: Value, size: number, mark: string, keep?: (now: number) => boolean): Value[] {
  if (value.is === 'string') {
    if (keep?.([...value.value].length)) return [];
    return [text([...value.value].slice(0, size).join('').padEnd(size, 'a'))];
  }
  if (value.is === 'list') {
    if (keep?.(value.items.length)) return [];
    const more = Array.from({ length: Math.max(0, Math.min(50, size) - value.items.length) }, (_, index) => text(`${mark}-${index}`));
    return [{ is: 'list', items: [...value.items.slice(0, size), ...more] }];
  }
  return value.is === 'error' || value.is === 'null' ? [text('a'.repeat(Math.min(size, 1000)))] : [];
}
const namesNumber =
  /(?:amount|price|total|count|quantity|qty|size|age|score|rating|order|index|number|duration|balance|cents|level|limit|year)s?$/i;
const namesTime = /(?:At|_at|Date|date|Time|timestamp|expires|deadline)$|^time$/;

/** A value for a field of which only the name is known. */
export function madeUp(name: string, mark: string): Value {
  if (namesTime.test(name)) return { is: 'timestamp', nanos: 1_700_000_000_000_000_000n };
  if (namesNumber.test(name)) return { is: 'int', value: 1 };
  return text(`${mark}-${name}`);
}

export const isAbsent = (value: Value): boolean => value.is === 'error' || value.is === 'any' || value.is === 'null';
