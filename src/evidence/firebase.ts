import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Gap } from './source.ts';

/** Rules of Firestore, Storage or Realtime Database, read from the rules files. */
export interface FirebaseRule {
  readonly product: 'firestore' | 'storage' | 'database';
  readonly place: Place;
  /** Path pattern, e.g. `/invoices/{id}`. */
  readonly match: string;
  readonly operations: readonly string[];
  readonly condition: string;
  /** `any-user`: whoever is signed in; `resource`: depends on stored or sent data only; `owner`, `role`: ties the caller to the data. */
  readonly kind: 'open' | 'any-user' | 'until-date' | 'owner' | 'role' | 'resource' | 'never' | 'other';
  /** For `until-date`: the day (ISO 8601) on which the rule closes. */
  readonly until?: string;
  /** Collections and fields the condition takes the caller's role or tenant from. */
  readonly trusts: readonly { readonly collection: string; readonly field: string }[];
  /** True when a write may change certain fields only. */
  readonly limitsFields: boolean;
}

export const firebaseRules = evidence<{ readonly rules: readonly FirebaseRule[]; readonly gaps: readonly Gap[] }>()(
  'source.firebase-rules',
  'the Firebase rules of the repo',
);
