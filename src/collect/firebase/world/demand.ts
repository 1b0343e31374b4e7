import { type Frame, frameOf } from '../evaluate/frame.ts';
import { keyOf } from '../evaluate/scene.ts';
import type { Expression } from '../language/syntax.ts';
import { compareDemand, demandType } from './demand-compare.ts';
import { demandMethod } from './demand-method.ts';
import { type Asking, madeUp, put, type Step } from './edits.ts';
import { functionOf, locate, type Location } from './locate.ts';

const deepest = 60;
/** Ways by which a condition may come nearer to being true (or false). None of them is sure to do: the evaluator has the last word. */
export function demand(expression: Expression, want: boolean, frame: Frame, asking: Asking): Step[] {
  if (asking.depth > deepest || (asking.budget.left -= 1) < 0) return [];
  asking.depth += 1;
  const found = demandOf(expression, want, frame, asking);
  asking.depth -= 1;
  return found;
}

function demandOf(expression: Expression, want: boolean, frame: Frame, asking: Asking): Step[] {
  switch (expression.is) {
    case 'not':
      return demand(expression.of, !want, frame, asking);
    case 'binary':
      return demandBinary(expression, want, frame, asking);
    case 'choice':
      return demandChoice(expression, want, frame, asking);
    case 'call':
      return demandCall(expression, want, frame, asking);
    case 'name': {
      for (let at: Frame | undefined = frame; at; at = at.outer) {
        const thunk = at.names.get(expression.name);
        if (thunk?.expression && thunk.frame) return demand(thunk.expression, want, thunk.frame, asking);
        if (thunk) return [];
      }
      return [];
    }
    case 'member':
    case 'index':
      return [
        ...put(locate(expression, frame, asking.run, asking.own), { is: 'bool', value: want }),
        ...provide(expression, frame, asking),
      ];
    default:
      return [];
  }
}

function demandBinary(expression: Extract<Expression, { is: 'binary' }>, want: boolean, frame: Frame, asking: Asking): Step[] {
  const { operator, left, right } = expression;
  if (operator === '&&' || operator === '||') {
    const sides = [left, right].filter((side) => {
      const value = asking.run.condition(side, frame);
      return !(value.is === 'bool' && value.value === want);
    });
    // All of them have to come about, one after the other; or one is enough.
    const needed = (operator === '&&') === want ? sides.slice(0, 1) : sides;
    return needed.flatMap((side) => demand(side, want, frame, asking));
  }
  if (operator === 'is') return demandType(expression, want, frame, asking);
  return [...compareDemand(expression, want, frame, asking), ...absentDocuments(expression, frame, asking)];
}

function demandChoice({ test, met, unmet }: Extract<Expression, { is: 'choice' }>, want: boolean, frame: Frame, asking: Asking): Step[] {
  const value = asking.run.condition(test, frame);
  const turn = (to: boolean): Step[] => (value.is === 'bool' && value.value === to ? [] : demand(test, to, frame, asking));
  if (value.is !== 'bool') return [...turn(true), ...turn(false)];
  return [...demand(value.value ? met : unmet, want, frame, asking), ...turn(!value.value)];
}

function demandCall(expression: Extract<Expression, { is: 'call' }>, want: boolean, frame: Frame, asking: Asking): Step[] {
  const { callee, args } = expression;
  if (callee.is === 'name') {
    const called = functionOf(callee.name, frame);
    if (called && called.function.parameters.length === args.length)
      return demand(called.function.returns, want, frameOf(called.function, args, frame, called.home).frame, asking);
  }
  const name = callee.is === 'name' ? callee.name : callee.is === 'member' ? callee.name : '';
  const [arg] = args;
  const isLookUp = callee.is === 'name' || (callee.is === 'member' && callee.of.is === 'name' && callee.of.name === 'firestore');
  if (isLookUp && (name === 'exists' || name === 'existsAfter') && arg) return demandDocument(arg, want, frame, asking);
  if (callee.is === 'name' && ['debug', 'bool'].includes(name) && arg) return demand(arg, want, frame, asking);
  return callee.is === 'member' ? demandMethod(expression, callee, want, frame, asking) : [];
}

function demandDocument(at: Expression, want: boolean, frame: Frame, asking: Asking): Step[] {
  const path = asking.run.condition(at, frame);
  const key = path.is === 'path' ? keyOf(path.segments) : undefined;
  if (key === undefined) return provide(at, frame, asking);
  const location: Location = { base: 'doc', key, keys: [] };
  return want ? [[{ location, value: { is: 'map', fields: new Map() }, creates: true }]] : put(location, undefined);
}

/** Documents that an expression looks up and that are not there: with them it may come to something else. */
export function absentDocuments(expression: Expression, frame: Frame, asking: Asking): Step[] {
  const found = new Map<string, Step>();
  let left = 300;
  const visit = (part: Expression, within: Frame, depth: number): void => {
    if ((left -= 1) < 0 || depth > 30) return;
    const name =
      part.is !== 'call' ? '' : part.callee.is === 'name' ? part.callee.name : part.callee.is === 'member' ? part.callee.name : '';
    const [arg] = part.is === 'call' ? part.args : [];
    if (arg && /^(?:get|getAfter)$/.test(name)) {
      const path = asking.run.condition(arg, within);
      const key = path.is === 'path' ? keyOf(path.segments) : undefined;
      if (key !== undefined && !asking.run.scene.store.has(key))
        found.set(key, [{ location: { base: 'doc', key, keys: [] }, value: { is: 'map', fields: new Map() }, creates: true }]);
    }
    for (const { part: inner, within: frameOfPart } of partsOf(part, within)) visit(inner, frameOfPart, depth + 1);
  };
  visit(expression, frame, 0);
  return [...found.values()].slice(0, 4);
}

/** Ways to give a value to what fails because something is missing in it. */
export function provide(expression: Expression, frame: Frame, asking: Asking): Step[] {
  if (asking.depth > deepest || (asking.budget.left -= 1) < 0) return [];
  asking.depth += 1;
  const found = provideOf(expression, frame, asking);
  asking.depth -= 1;
  return found;
}

function provideOf(expression: Expression, frame: Frame, asking: Asking): Step[] {
  const value = asking.run.condition(expression, frame);
  if (value.is !== 'error' && value.is !== 'any' && value.is !== 'null') return [];
  const location = locate(expression, frame, asking.run, asking.own);
  if (location && location.base !== 'path' && location.keys.length > 0) {
    const name = location.keys.at(-1) ?? '';
    return put(location, madeUp(name, asking.mark));
  }
  const parts = partsOf(expression, frame);
  return parts.flatMap(({ part, within }) => provide(part, within, asking)).slice(0, 8);
}

function partsOf(expression: Expression, frame: Frame): { readonly part: Expression; readonly within: Frame }[] {
  const here = (...parts: readonly Expression[]) => parts.map((part) => ({ part, within: frame }));
  switch (expression.is) {
    case 'member':
    case 'not':
    case 'minus':
      return here(expression.of);
    case 'index':
      return here(expression.of, expression.key);
    case 'slice':
      return here(expression.of);
    case 'binary':
      return here(expression.left, expression.right);
    case 'choice':
      return here(expression.test, expression.met, expression.unmet);
    case 'list':
      return here(...expression.items);
    case 'path':
      return here(...expression.segments.filter((segment) => typeof segment !== 'string'));
    case 'name': {
      for (let at: Frame | undefined = frame; at; at = at.outer) {
        const thunk = at.names.get(expression.name);
        if (thunk) return thunk.expression && thunk.frame ? [{ part: thunk.expression, within: thunk.frame }] : [];
      }
      return [];
    }
    case 'call': {
      const { callee, args } = expression;
      const called = callee.is === 'name' ? functionOf(callee.name, frame) : undefined;
      if (called && called.function.parameters.length === args.length)
        return [{ part: called.function.returns, within: frameOf(called.function, args, frame, called.home).frame }];
      return here(...(callee.is === 'member' ? [callee.of] : []), ...args);
    }
    default:
      return [];
  }
}
