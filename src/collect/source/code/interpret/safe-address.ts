import { walk } from '../codebase.ts';
import type { Module } from '../module.ts';
import { both, flagged, type State } from './state.ts';
import { alternativesOf, type Closure, inputOf, type Machine, oneOf, type Span, truthiness, type Value } from './value.ts';

/** Names of functions that hold an address to fetch against what may be fetched. */
const checkName =
  /ssrf|(?:safe|public|private|internal|external|allowed|trusted|forbidden|blocked|reserved|loopback)_?(?:remote|fetch|external|network)?_?(?:url|uri|host|hostname|address|ip|origin|domain)/i;
/** Of those, the ones that are true of what must not be fetched. */
const badName = /^is_?\w*(?:private|internal|forbidden|blocked|reserved|loopback|unsafe)/i;
// A look at the scheme alone leaves every host open.
const looksAtHost = /host|lookup|resolve|isIP|\b127\b|169|ipaddr|allow/i;

/**
 * The result of such a function of the app, asked of what the request names: where it has not thrown, or was found true (of what is
 * forbidden: false), the address is a permitted one. `undefined` for any other call.
 */
export function addressChecked(
  machine: Machine,
  closure: Closure,
  args: readonly Value[],
  result: Value,
  node: Span,
  module: Module,
): Value | undefined {
  const name = closure.name ?? '';
  if (!machine.state || !checkName.test(name) || !args.some((arg) => inputOf(arg) !== undefined)) return undefined;
  if (!looksAtHost.test(closure.module.text.slice(closure.node.start, closure.node.end))) return undefined;
  const permitted = flagged('restricted-url', module.snippet(node, 90), module.placeOf(node));
  if (!badName.test(name) && throws(closure)) {
    machine.state = both(machine.state, permitted);
    return result;
  }
  return answered(result, !badName.test(name), permitted);
}

// What each answer means: `good` is the one of an address that may be fetched.
const answered = (result: Value, good: boolean, permitted: State): Value =>
  oneOf(
    alternativesOf(result).map(({ value, state }) => {
      const truth = truthiness(value);
      if (truth !== undefined) return { value, state: truth === good ? both(state, permitted) : state };
      return { value: good ? { ...value, whenTrue: permitted } : { ...value, whenFalse: permitted }, state };
    }),
  );

function throws({ node }: Closure): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.type === 'ThrowStatement') found = true;
    return !found;
  });
  return found;
}
