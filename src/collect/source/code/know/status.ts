import { tellsNothing } from '../interpret/made.ts';
import { type Value } from '../interpret/value.ts';

/** True when a status certainly refuses the caller, `undefined` when it may. A status computed at run time is, in practice, that of an error. */
export function refuses(status: Value): boolean | undefined {
  if (status.alternatives) {
    const each = status.alternatives.map((item) => refuses(item.value));
    return each.every(Boolean) ? true : each.some((one) => one !== false) ? undefined : false;
  }
  const code = status.literal?.is;
  if (typeof code === 'number') return code >= 300;
  if (typeof code === 'string') return /^[345]/.test(code);
  return !tellsNothing(status) && !status.literal;
}
