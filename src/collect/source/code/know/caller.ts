import { recordGap } from '../interpret/log.ts';
import { alternativesOf, isNullish, type NativeCall, type Value } from '../interpret/value.ts';

const callerName = /^(?:user|auth|authUser|currentUser|userId|account|admin|member|session|claims|jwt|jwtPayload|principal|identity)$/;

/** True for a value that code we cannot see made, and of which nothing else is known. */
const isBlank = (value: Value): boolean =>
  Object.keys(value).every(
    (key) =>
      key === 'from' ||
      key === 'wraps' ||
      key === 'of' ||
      (key === 'input' && (value.from !== undefined || value.input?.name === 'derived')),
  );

/**
 * What code put on the request under a name for the caller, as it is read again. Where it came out of code that could not be followed,
 * its presence may be the login: that is said, and not taken for none.
 */
export function readCaller(value: Value, name: string, call: Pick<NativeCall, 'machine' | 'node' | 'module'>): Value {
  if (!callerName.test(name)) return value;
  const there = alternativesOf(value).filter((item) => !isNullish(item.value));
  if (there.length > 0 && there.every((item) => isBlank(item.value)))
    recordGap(call.machine.log, `the caller (${name})`, 'is found by code that could not be followed', call.module.placeOf(call.node));
  return value;
}
