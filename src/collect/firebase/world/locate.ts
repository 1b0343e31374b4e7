import type { Evaluation } from '../evaluate/expression.ts';
import { type Frame, frameOf } from '../evaluate/frame.ts';
import { keyOf } from '../evaluate/scene.ts';
import type { Expression } from '../language/syntax.ts';

/**
 * Where the value of an expression is kept, so that it could be made another: in what is sent, in a document, in the caller's token, in the
 * path, or in the conditions of a query.
 */
export type Location =
  | { readonly base: 'sent' | 'token' | 'where' | 'query'; readonly keys: readonly string[] }
  | { readonly base: 'doc'; readonly key: string; readonly keys: readonly string[] }
  /** The `part`-th part of the path, counted from the service's root. */
  | { readonly base: 'path'; readonly part: number };

/** A chain of names from one of the roots of the language. */
interface Chain {
  readonly root: 'request' | 'resource' | { readonly document: string } | { readonly part: number };
  readonly keys: readonly string[];
}

/** Where the value is kept; nothing when it is computed, or nobody can change it. */
export function locate(expression: Expression, frame: Frame, run: Evaluation, own: string): Location | undefined {
  const chain = chainOf(expression, frame, run, 0);
  return chain && locationOf(chain, run, own);
}

function locationOf({ root, keys }: Chain, run: Evaluation, own: string): Location | undefined {
  const { product, method } = run.scene;
  const [first, second, ...others] = keys;
  if (typeof root === 'object') {
    if ('part' in root) return keys.length === 0 ? { base: 'path', part: root.part } : undefined;
    return first === 'data' ? { base: 'doc', key: root.document, keys: keys.slice(1) } : undefined;
  }
  if (root === 'resource') {
    const inner = product === 'firestore' ? keys.slice(1) : keys;
    if (first === 'id' && product === 'firestore') return { base: 'path', part: -1 };
    if (product === 'firestore' && first !== 'data') return undefined;
    return method === 'list' ? { base: 'where', keys: inner } : { base: 'doc', key: own, keys: inner };
  }
  if (first === 'auth') return second === 'token' && others.length > 0 ? { base: 'token', keys: others } : undefined;
  if (first === 'query') return second === undefined ? undefined : { base: 'query', keys: [second] };
  if (first !== 'resource') return undefined;
  if (product === 'storage') return { base: 'sent', keys: keys.slice(1) };
  return second === 'data' ? { base: 'sent', keys: others } : second === 'id' ? { base: 'path', part: -1 } : undefined;
}

function chainOf(expression: Expression, frame: Frame, run: Evaluation, depth: number): Chain | undefined {
  if (depth > 60) return undefined;
  const inner = (of: Expression, within = frame): Chain | undefined => chainOf(of, within, run, depth + 1);
  const below = (of: Expression, keys: readonly string[]): Chain | undefined => {
    const chain = inner(of);
    return chain && { ...chain, keys: [...chain.keys, ...keys] };
  };
  switch (expression.is) {
    case 'name':
      return ofName(expression.name, frame, run, depth);
    case 'member':
      return below(expression.of, [expression.name]);
    case 'index': {
      const key = run.condition(expression.key, frame);
      return key.is === 'string' ? below(expression.of, [key.value]) : undefined;
    }
    case 'choice': {
      const test = run.condition(expression.test, frame);
      return test.is === 'bool' ? inner(test.value ? expression.met : expression.unmet) : undefined;
    }
    case 'call':
      return ofCall(expression, frame, run, depth, below);
    default:
      return undefined;
  }
}

function ofName(name: string, frame: Frame, run: Evaluation, depth: number): Chain | undefined {
  for (let at: Frame | undefined = frame; at; at = at.outer) {
    const thunk = at.names.get(name);
    if (!thunk) continue;
    if (thunk.part !== undefined) return { root: { part: thunk.part }, keys: [] };
    return thunk.expression && thunk.frame ? chainOf(thunk.expression, thunk.frame, run, depth + 1) : undefined;
  }
  return name === 'request' || name === 'resource' ? { root: name, keys: [] } : undefined;
}

function ofCall(
  { callee, args }: Extract<Expression, { is: 'call' }>,
  frame: Frame,
  run: Evaluation,
  depth: number,
  below: (of: Expression, keys: readonly string[]) => Chain | undefined,
): Chain | undefined {
  const [arg] = args;
  if (callee.is === 'name') {
    const called = functionOf(callee.name, frame);
    if (called && called.function.parameters.length === args.length) {
      const inside = frameOf(called.function, args, frame, called.home).frame;
      return chainOf(called.function.returns, inside, run, depth + 1);
    }
  }
  const name = callee.is === 'name' ? callee.name : callee.is === 'member' ? callee.name : '';
  const lookedUp = callee.is === 'name' || (callee.is === 'member' && callee.of.is === 'name' && callee.of.name === 'firestore');
  if (lookedUp && (name === 'get' || name === 'getAfter') && arg) {
    const path = run.condition(arg, frame);
    const document = path.is === 'path' ? keyOf(path.segments) : undefined;
    return document === undefined ? undefined : { root: { document }, keys: [] };
  }
  if (callee.is !== 'member' || callee.name !== 'get' || !arg) return undefined;
  const key = run.condition(arg, frame);
  const keys = key.is === 'string' ? [key] : key.is === 'list' ? key.items : [];
  return keys.length > 0 && keys.every((part) => part.is === 'string')
    ? below(
        callee.of,
        keys.map((part) => part.value),
      )
    : undefined;
}

/** A function of the rules file that is seen at a place, with the frame that it is written in. */
export function functionOf(name: string, frame: Frame) {
  for (let at: Frame | undefined = frame; at; at = at.outer) {
    const found = at.functions.get(name);
    if (found) return { function: found, home: at };
  }
  return undefined;
}
