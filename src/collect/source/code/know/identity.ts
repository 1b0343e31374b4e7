import { type AuthLevel } from '../../../../evidence/routes.ts';
import { type State, both, guarded, nothing } from '../interpret/state.ts';
import { type NativeCall, type Value, literal, oneOf } from '../interpret/value.ts';

/** A value that names the caller, or null: the test for null is the guard. */
export const maybeUser = (
  call: Pick<NativeCall, 'node' | 'module'>,
  what: string,
  level: AuthLevel = 'identity',
  wrap: (who: Value) => Value = (who) => who,
): Value =>
  oneOf([
    { value: wrap({ who: { level, part: 'user' } }), state: guarded(level, what, call.module.placeOf(call.node)) },
    { value: literal(null), state: nothing },
  ]);

/** A verification that throws when it fails: what follows it knows the caller. */
export function sureUser(call: NativeCall, what: string, level: AuthLevel = 'identity', wrap: (who: Value) => Value = (who) => who): Value {
  raise(call, guarded(level, what, call.module.placeOf(call.node)));
  return wrap({ who: { level, part: 'user' } });
}

/** From here on `state` holds on this path. */
export function raise(call: Pick<NativeCall, 'machine'>, state: State): void {
  const { machine } = call;
  if (!machine.state) return;
  const auth = state.auth === 'none' ? machine.state.auth : state.auth;
  const order: AuthLevel[] = ['none', 'presence', 'unverified-session', 'identity', 'role', 'tenant'];
  const rest = machine.state.unanswered;
  machine.state = {
    ...(rest !== undefined && { unanswered: rest && both(rest, state) }),
    auth: order.indexOf(auth) > order.indexOf(machine.state.auth) ? auth : machine.state.auth,
    guards: [...machine.state.guards, ...state.guards],
    roles: [...new Set([...machine.state.roles, ...state.roles])],
    flags: new Map([...machine.state.flags, ...state.flags]),
    maybe: machine.state.maybe,
    maybeFlags: machine.state.maybeFlags,
  };
}
