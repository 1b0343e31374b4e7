import { recordGap } from '../interpret/log.ts';
import { alternativesOf, isNullish, type NativeCall, type Value } from '../interpret/value.ts';

const callerName = /^(?:user|auth|authUser|currentUser|userId|account|admin|member|session|claims|jwt|jwtPayload|principal|identity)$/;

/** True for a value of which nothing is known, on every path on which there is one. */
function isBlank(value: Value): boolean {
  const there = alternativesOf(value).filter((item) => !isNullish(item.value));
  return there.length > 0 && there.every((item) => Object.keys(item.value).every((key) => key === 'from' || key === 'wraps'));
}

/**
 * What code put on the request under a name for the caller, as it is read again. Where it came out of code that could not be followed,
 * its presence may be the login: that is said, and not taken for none.
 */
export function readCaller(value: Value, name: string, call: Pick<NativeCall, 'machine' | 'node' | 'module'>): Value {
  if (callerName.test(name) && isBlank(value))
    recordGap(call.machine.log, `the caller (${name})`, 'is found by code that could not be followed', call.module.placeOf(call.node));
  return value;
}
