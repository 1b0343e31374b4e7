import { type Alternative, alternativesOf, isNullish, unknown, type Value } from '../interpret/value.ts';

/** What a status may be. `statusOf[error.code]`: codes that the table lacks are not thrown. */
export function told(status: Value): readonly Alternative[] {
  const all = alternativesOf(status);
  const known = all.filter((item) => !isNullish(item.value));
  return known.length > 0 ? known : all;
}

/** True when a status certainly refuses the caller, `undefined` when it may. A status computed at run time is, in practice, that of an error. */
export function refuses(status: Value): boolean | undefined {
  if (status.alternatives) {
    const each = told(status).map((item) => refuses(item.value));
    return each.every(Boolean) ? true : each.some((one) => one !== false) ? undefined : false;
  }
  const code = status.literal?.is;
  if (typeof code === 'number') return code >= 300;
  if (typeof code === 'string') return /^[345]/.test(code);
  return status !== unknown && !status.literal;
}
