import type { LivePerson } from '../../../evidence/live-access.ts';
import type { Begun, Session } from '../wire/session.ts';
import type { Account } from './account.ts';
import type { Door } from './doors.ts';
import type { Witness } from './sign-in.ts';
import type { Seen } from '../objects/seen.ts';

/** Somebody with a session, and what he has seen of the app. */
export interface Person extends LivePerson {
  readonly account?: Account;
  readonly session: Session;
  /** By which he was signed in. */
  readonly door?: Door;
  /** Where the app led him once he was in. */
  readonly landing?: string;
  /** How we signed him up, where that alone let him in. */
  readonly joined?: Begun;
  /** Tells whether a session is his. */
  readonly witness: Witness;
  /** An account made for testing. */
  readonly expendable: boolean;
  readonly seen: Seen;
}

/** What `who` is to the things of `whose`. */
export function relationOf(who: Person, whose: Person): 'own' | 'peer' | 'stranger' | 'visitor' | 'administrator' {
  if (who.name === whose.name) return 'own';
  if (!who.account) return 'visitor';
  if (who.administrator) return 'administrator';
  return who.tenant === whose.tenant ? 'peer' : 'stranger';
}
