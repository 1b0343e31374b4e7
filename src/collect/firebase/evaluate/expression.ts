import type { Expression, RuleFunction } from '../language/syntax.ts';
import { type Frame, frameOf, isBound, type Thunk } from './frame.ts';
import { callMethod, isIn, isType } from './methods.ts';
import { callPlain, namespaces, plain } from './namespaces.ts';
import { compare, index, minus, slice, arithmetic } from './operators.ts';
import { documentOf, keyOf, requestOf, resourceOf, type Scene } from './scene.ts';
import {
  bearable,
  bool,
  Exhausted,
  failed,
  isFalse,
  isTrue,
  list,
  type Meter,
  NULL,
  same,
  spend,
  text,
  truth,
  type Unknown,
  unresolved,
  type Value,
  worse,
} from './value.ts';

export const deepestCalls = 20;
const mostReads = 10;
/** Steps for one request: Firebase stops at a thousand expressions. */
export const steps = 8000;

/** Evaluates expressions for one request. */
export class Evaluation {
  readonly scene: Scene;
  readonly meter: Meter;
  private readonly reads = new Set<string>();
  private depth = 0;
  private nested = 0;
  private request: Value | undefined;
  private resource: Value | undefined;
  constructor(scene: Scene, meter: Meter = { left: steps }) {
    this.scene = scene;
    this.meter = meter;
  }

  /** Never throws: an error is a value, and what takes too long is not known. */
  condition(expression: Expression, frame: Frame): Value {
    try {
      return this.value(expression, frame);
    } catch (error) {
      this.nested = 0;
      this.depth = 0;
      if (error instanceof Exhausted) return unresolved(error.message);
      throw error;
    }
  }

  /** The value of an expression. Throws `Exhausted`. */
  value(expression: Expression, frame: Frame): Value {
    spend(this.meter, 1);
    if (this.nested > 2000) throw new Exhausted('the rule is nested too deeply');
    this.nested += 1;
    const found = this.evaluate(expression, frame);
    this.nested -= 1;
    return found;
  }

  private evaluate(expression: Expression, frame: Frame): Value {
    switch (expression.is) {
      case 'literal':
        return expression.value === null ? NULL : typeof expression.value === 'boolean' ? bool(expression.value) : text(expression.value);
      case 'number':
        return { is: expression.float ? 'float' : 'int', value: expression.value };
      case 'bytes':
        return { is: 'bytes', value: Buffer.from(expression.value) };
      case 'regex':
        return unresolved('a regular expression as a value');
      case 'name':
        return this.name(expression.name, frame);
      case 'member':
        return member(this.value(expression.of, frame), expression.name);
      case 'call':
        return this.call(expression, frame);
      case 'index':
        return index(this.value(expression.of, frame), this.value(expression.key, frame));
      case 'slice':
        return slice(
          this.value(expression.of, frame),
          expression.from && this.value(expression.from, frame),
          expression.to && this.value(expression.to, frame),
        );
      case 'not':
        return negated(this.value(expression.of, frame));
      case 'minus':
        return minus(this.value(expression.of, frame));
      case 'binary':
        return this.binary(expression, frame);
      case 'choice':
        return this.choice(expression, frame);
      case 'list':
        return this.items(expression.items, frame, list);
      case 'map':
        return this.map(expression.entries, frame);
      case 'path':
        return this.path(expression.segments, frame);
    }
  }

  private items(expressions: readonly Expression[], frame: Frame, make: (items: readonly Value[]) => Value): Value {
    const items = expressions.map((item) => this.value(item, frame));
    return items.find((item) => item.is === 'error') ?? bearable(make(items));
  }

  private map(entries: Extract<Expression, { is: 'map' }>['entries'], frame: Frame): Value {
    const fields = new Map<string, Value>();
    for (const [key, item] of entries) {
      const name = this.value(key, frame);
      const value = this.value(item, frame);
      if (name.is === 'error' || name.is === 'any') return name;
      if (value.is === 'error') return value;
      if (name.is !== 'string') return failed('a key that is no text');
      fields.set(name.value, value);
    }
    return bearable({ is: 'map', fields });
  }

  private path(segments: readonly (string | Expression)[], frame: Frame): Value {
    const found: string[] = [];
    for (const segment of segments) {
      const value = typeof segment === 'string' ? text(segment) : this.value(segment, frame);
      if (value.is === 'any' || value.is === 'error') return value;
      if (value.is === 'path') found.push(...value.segments);
      else if (value.is === 'string') found.push(value.value);
      else if (value.is === 'int') found.push(String(value.value));
      else return failed(`${value.is} in a path`);
    }
    return { is: 'path', segments: found };
  }

  /** The value of a name, where it is one of a variable. */
  private name(name: string, frame: Frame): Value {
    for (let at: Frame | undefined = frame; at; at = at.outer) {
      const thunk = at.names.get(name);
      if (thunk) return this.force(thunk);
    }
    if (name === 'request') return (this.request ??= requestOf(this.scene));
    if (name === 'resource') return (this.resource ??= resourceOf(this.scene, 'before'));
    return unresolved(`the name ${name}`);
  }

  private force(thunk: Thunk): Value {
    return (thunk.value ??= thunk.expression && thunk.frame ? this.value(thunk.expression, thunk.frame) : failed('a name without a value'));
  }

  private call({ callee, args }: Extract<Expression, { is: 'call' }>, frame: Frame): Value {
    if (callee.is === 'name') return this.callNamed(callee.name, args, frame);
    if (callee.is !== 'member') return unresolved('a call of what is no function');
    if (callee.of.is === 'name' && !isBound(callee.of.name, frame)) {
      const space = callee.of.name;
      if (space === 'firestore') return this.lookUp(callee.name, args, frame);
      const functions = namespaces[space];
      if (functions) {
        const called = Object.hasOwn(functions, callee.name) ? functions[callee.name] : undefined;
        const values = args.map((arg) => this.value(arg, frame));
        return called ? callPlain(called, callee.name, values, this.meter) : unresolved(`${space}.${callee.name}`);
      }
    }
    const of = this.value(callee.of, frame);
    return callMethod(
      of,
      callee.name,
      args.map((arg) => this.value(arg, frame)),
      this.meter,
    );
  }

  private callNamed(name: string, args: readonly Expression[], frame: Frame): Value {
    for (let at: Frame | undefined = frame; at; at = at.outer) {
      const called = at.functions.get(name);
      if (called) return this.callOwn(called, args, frame, at);
    }
    const known = Object.hasOwn(plain, name) ? plain[name] : undefined;
    if (known)
      return callPlain(
        known,
        name,
        args.map((arg) => this.value(arg, frame)),
        this.meter,
      );
    return this.scene.product === 'firestore' ? this.lookUp(name, args, frame) : unresolved(`the function ${name}`);
  }

  private callOwn(called: RuleFunction, args: readonly Expression[], caller: Frame, home: Frame): Value {
    if (args.length !== called.parameters.length) return unresolved(`${called.name} with ${args.length} arguments`);
    if (this.depth >= deepestCalls) return failed('functions that call each other too deeply');
    this.depth += 1;
    const { frame, lets } = frameOf(called, args, caller, home);
    const found = this.value(called.returns, frame);
    this.depth -= 1;
    // Whether Firebase evaluates what is not needed is not written down, so a mistake in it makes the answer uncertain.
    if (isTrue(found))
      for (const thunk of lets) if (this.force(thunk).is === 'error') return unresolved(`a let in ${called.name} that fails`);
    return found;
  }

  /** `get`, `exists` and their like. */
  private lookUp(name: string, args: readonly Expression[], frame: Frame): Value {
    if (!['get', 'exists', 'getAfter', 'existsAfter'].includes(name) || args.length !== 1) return unresolved(`the function ${name}`);
    const at = this.value(args[0] as Expression, frame);
    if (at.is === 'error' || at.is === 'any') return at;
    const key = at.is === 'path' ? keyOf(at.segments) : undefined;
    if (at.is !== 'path' || key === undefined) return failed(`${name} of what is no path of a document`);
    if (this.scene.unknown) return this.scene.unknown;
    this.reads.add(key);
    if (this.reads.size > mostReads) return failed(`more than ${mostReads} documents looked up`);
    const store = name.endsWith('After') ? (this.scene.after ?? this.scene.store) : this.scene.store;
    const found = store.get(key);
    if (name.startsWith('exists')) return bool(found !== undefined);
    return found ? documentOf(at.segments.slice(3), found) : NULL;
  }

  private binary({ operator, left, right }: Extract<Expression, { is: 'binary' }>, frame: Frame): Value {
    if (operator === '&&' || operator === '||') return this.logic(operator, left, right, frame);
    const a = this.value(left, frame);
    if (operator === 'is') return isType(a, right.is === 'name' ? right.name : right.is === 'literal' ? String(right.value) : '');
    const b = this.value(right, frame);
    if (a.is === 'error') return a;
    if (b.is === 'error') return b;
    if (operator === '==') return truth(same(a, b, this.meter));
    if (operator === '!=') return negated(truth(same(a, b, this.meter)));
    if (operator === 'in') return isIn(a, b, this.meter);
    if (a.is === 'any') return a;
    if (b.is === 'any') return b;
    return ['<', '>', '<=', '>='].includes(operator) ? compare(operator, a, b) : arithmetic(operator, a, b, this.meter);
  }

  /** `false && x` is false and `true || x` is true, whatever x is, an error included and whichever side comes first. */
  private logic(operator: '&&' | '||', left: Expression, right: Expression, frame: Frame): Value {
    const decides = operator === '&&' ? isFalse : isTrue;
    const a = this.value(left, frame);
    if (decides(a)) return a;
    const b = this.value(right, frame);
    if (decides(b)) return b;
    if (a.is === 'any' && b.is === 'any') return operator === '||' ? worse(a, b) : worse(a, b) === a ? b : a;
    if (a.is === 'any' || b.is === 'any') {
      const [open, other] = a.is === 'any' ? [a, b] : [b as Unknown, a];
      // What fails, or is no truth value, can at best not harm: `&&` cannot come true, `||` only by the side that is open.
      return other.is === 'bool' || operator === '||' ? open : other;
    }
    const odd = [a, b].find((value) => value.is !== 'bool');
    if (!odd) return operator === '&&' ? bool(isTrue(a) && isTrue(b)) : bool(isTrue(a) || isTrue(b));
    return odd.is === 'error' ? odd : failed(`${odd.is} with ${operator}`);
  }

  private choice({ test, met, unmet }: Extract<Expression, { is: 'choice' }>, frame: Frame): Value {
    const found = this.value(test, frame);
    if (found.is === 'bool') return this.value(found.value ? met : unmet, frame);
    if (found.is !== 'any') return found.is === 'error' ? found : failed(`${found.is} before ?`);
    const [a, b] = [this.value(met, frame), this.value(unmet, frame)];
    return a.is !== 'error' && b.is !== 'error' && same(a, b, this.meter) === true ? a : found;
  }
}

export function member(of: Value, name: string): Value {
  if (of.is === 'any' || of.is === 'error') return of;
  if (of.is === 'map') return of.fields.get(name) ?? of.open ?? failed(`there is no ${name}`);
  return failed(of.is === 'null' ? `${name} of null` : `${of.is} has no ${name}`);
}

const negated = (value: Value): Value =>
  value.is === 'bool' ? bool(!value.value) : value.is === 'any' || value.is === 'error' ? value : failed(`! of ${value.is}`);
