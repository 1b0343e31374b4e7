/**
 * What is asked of how people are signed in to the running app. `idle`: whether a session ends that nobody uses; `second-step`: whether a password alone opens an account that has a second factor;
 * `code-twice`: whether a code of an authenticator app works again; `refresh`: whether a refresh token outlives signing out;
 * `sso-state`, `sso-code`, `sso-bound`: whether a sign-in at an identity provider ends where it began, once, and is tied to its request;
 * `sso-redirect`: whether the provider hands a code to an address that is not the app's.
 */
export type SessionQuestion =
  | 'logout'
  | 'cookie'
  | 'fixation'
  | 'forged-token'
  | 'cross-site'
  | 'enumeration'
  | 'lifetime'
  | 'idle'
  | 'second-step'
  | 'code-twice'
  | 'refresh'
  | 'sso-state'
  | 'sso-code'
  | 'sso-bound'
  | 'sso-redirect';

/** What came of one question. `none`: the app has nothing of the kind. */
export interface SessionTrial {
  readonly question: SessionQuestion;
  readonly outcome: 'holds' | 'broken' | 'none' | 'unknown';
  /** For whoever reads it: what was seen, or why nothing can be said. */
  readonly text: string;
  /** What was done, in order. */
  readonly steps: readonly string[];
  /** Milder than it would be by itself. */
  readonly mild?: true;
  /** For `unknown`: what it would take to know. */
  readonly toKnow?: string;
}
