import { both, guarded, nothing } from './state.ts';
import { literal, type NativeCall, oneOf, type Value } from './value.ts';

type Site = Pick<NativeCall, 'machine' | 'node' | 'module'>;

/**
 * What a token says that is read without checking its signature. Where the platform has checked it before (`verify_jwt` of Supabase), it
 * tells who is calling as soon as there is a `sub`, which the public key's token lacks.
 */
export function decodedToken(call: Site, what: string, rest: Value = {}): Value {
  const { machine, module, node } = call;
  const place = module.placeOf(node);
  if (!machine.state?.flags.has('verified-token')) {
    if (machine.state) machine.state = both(machine.state, guarded('unverified-session', `${what}, which checks no signature`, place));
    return { ...rest, who: { level: 'unverified-session', part: 'user' } };
  }
  const claim = (part: 'id' | 'email', name: string): Value =>
    oneOf([
      {
        value: { who: { level: 'identity', part } },
        state: guarded('identity', `${name} of the token, whose signature the platform has checked`, place),
      },
      { value: literal(undefined), state: nothing },
    ]);
  const claims = new Map<string, Value>([
    ['sub', claim('id', 'sub')],
    ['user_id', claim('id', 'user_id')],
    ['email', claim('email', 'email')],
    ['role', { who: { level: 'identity', part: 'role' } }],
  ]);
  return { ...rest, props: claims, open: true };
}

/** True for the text of an Authorization header: only a token taken apart by hand is parsed as JSON. */
export const isBearerText = (value: Value['input']): boolean => value?.source === 'header' && value.name === 'authorization';
