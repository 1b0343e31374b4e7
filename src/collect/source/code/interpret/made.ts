import type { Value } from './value.ts';

/** A number or a yes or no that says nothing of what it was asked of. */
export const tally: Value = { of: [] };

/** True where nothing is known of a value but what it was computed from. */
export const tellsNothing = (value: Value): boolean => Object.keys(value).every((key) => key === 'of');
