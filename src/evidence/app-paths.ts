import { evidence } from '../core/evidence.ts';

/** Addresses of the app that people are sent to from elsewhere, as its code names them; most likely first. */
export interface AppPaths {
  /** Pages to sign in at, e.g. `/login`. */
  readonly login: readonly string[];
  /** What a sign-in elsewhere comes back to, e.g. `/auth/callback`. */
  readonly callbacks: readonly string[];
  /** What links in mails lead to, e.g. `/reset-password`. */
  readonly mailedLinks: readonly string[];
}

export const appPaths = evidence<AppPaths>()('source.app-paths', 'the addresses of the app that sign-ins and mails lead to');
