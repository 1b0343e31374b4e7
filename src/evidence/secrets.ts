import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Gap } from './source.ts';

/** Where a secret was seen. */
export type SecretLocation = 'source' | 'env-file' | 'ignored-env-file' | 'history' | 'bundle' | 'source-map' | 'log' | 'chat' | 'page';

/** A credential found. Its value is never kept: `preview` shows four characters at most. */
export interface Secret {
  /** Kind, e.g. `supabase-service-role`, `stripe-live-secret`, `private-key`, `database-url`. */
  readonly kind: string;
  /** In words: "Supabase service_role key". */
  readonly label: string;
  /** `secret` must never be public; `public` is public by design; `low` has little power (test keys, limited scope). */
  readonly sensitivity: 'secret' | 'low' | 'public';
  readonly location: SecretLocation;
  readonly places: readonly Place[];
  readonly preview: string;
  /** SHA-256 of the value, first 16 hex digits: joins findings of the same secret. */
  readonly hash: string;
  /** Decoded meaning: Supabase project ref, JWT role, expiry, host of a database URL. */
  readonly meaning?: string;
  /** Name of the variable it stands under. */
  readonly variable?: string;
  /** True when the variable's prefix puts it into the browser's bundle (VITE_, NEXT_PUBLIC_, EXPO_PUBLIC_ ...). */
  readonly publicPrefix?: boolean;
  /** Import chain from browser code to the file, files relative to the root, when one exists. */
  readonly reachedFromClient?: readonly string[];
  /** True when git tracks the file. */
  readonly tracked?: boolean;
  readonly commit?: string;
  /** Names of the outside scanners that saw it as well. */
  readonly alsoSeenBy?: readonly string[];
}

/** A variable that is secret by name and public by prefix, whatever its value. */
export interface PublicSecretVariable {
  readonly variable: string;
  readonly place: Place;
}

export interface SecretScan {
  readonly secrets: readonly Secret[];
  readonly publicVariables: readonly PublicSecretVariable[];
  readonly scanned: { readonly files: number; readonly bytes: number; readonly commits: number; readonly blobs: number };
  /** `skipped` with the reason when history was not read. */
  readonly history: 'scanned' | 'no-git' | 'not-asked' | 'failed';
  readonly outsideScanners: readonly string[];
  readonly gaps: readonly Gap[];
}

export const sourceSecrets = evidence<SecretScan>()('source.secrets', 'secrets in the working tree, history, bundles and logs');
