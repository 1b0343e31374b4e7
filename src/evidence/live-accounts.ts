/**
 * What is asked of how people get into their accounts of the running app. `reset-twice`, `magic-twice`, `invite-twice`: whether a link works again;
 * `link-expiry`: whether a mailed link works after the time it is good for;
 * `link-host`: whether the caller says where a link leads; `token`: whether a link can be guessed; `reset-page`: whether its page hands it on;
 * `old-session`: whether sessions outlive a new password; `removed-session`: whether they outlive being
 * removed from a team; `lowered-session`: whether they outlive a lowered role; `changed-address`: whether a reset link outlives the address it was sent to; `password-unproven`, `login-unproven`: whether an address alone is enough;
 * `login-throttle`, `reset-throttle`: whether tries are limited.
 */
export type AccountQuestion =
  | 'reset-twice'
  | 'magic-twice'
  | 'link-expiry'
  | 'invite-twice'
  | 'link-host'
  | 'token'
  | 'reset-page'
  | 'old-session'
  | 'removed-session'
  | 'lowered-session'
  | 'changed-address'
  | 'password-unproven'
  | 'login-unproven'
  | 'login-throttle'
  | 'reset-throttle';

/** What the question was asked of. */
export type AccountFlow = 'password reset' | 'password change' | 'sign-in by mail' | 'invitation' | 'sign-in';

/** What came of one question. `none`: the app has nothing of the kind. */
export interface AccountTrial {
  readonly question: AccountQuestion;
  readonly flow: AccountFlow;
  readonly outcome: 'holds' | 'broken' | 'none' | 'unknown';
  /** For whoever reads it: what was seen, or why nothing can be said. */
  readonly text: string;
  /** What was done, in order; no token, password or whole link stands in it. */
  readonly steps: readonly string[];
  /** Milder than it would be by itself. */
  readonly mild?: true;
  /** For `unknown`: what it would take to know. */
  readonly toKnow?: string;
}
