/**
 * Another password for a while, of which the n-th is different from all others. Made from the one that its owner knows, so that he can get in and set
 * it back when a run breaks off, and nothing has to be written down. In front, because some apps look at the first 72 bytes alone (bcrypt).
 */
export const trialPassword = (own: string, nth: number): string => `Lr${nth}!${own}`;

/** What a trial that broke off leaves a password at, for its owner. */
export const passwordLeft = 'may have got “Lr1!” (or another digit) in front of it: set it back by hand';
