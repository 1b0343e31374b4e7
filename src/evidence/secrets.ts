import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Gap } from './source.ts';

/**
 * Where a secret was seen. `env-file` is one that is committed or would be with the next commit; `ignored-env-file` stays on this
 * disk. `bundle` and `source-map` are what the browser or the phone downloads; `chat` is an exported talk with a person or an AI tool.
 */
export type SecretLocation = 'source' | 'env-file' | 'ignored-env-file' | 'history' | 'bundle' | 'source-map' | 'log' | 'chat' | 'page';

/** `secret` must never be public; `public` is public by design; `low` has little power (test keys, limited scope) or could not be told apart. */
export type Sensitivity = 'secret' | 'low' | 'public';

/** What it opens: `total` a whole database, payment or cloud account, or the right to sign in as anyone; `service` one service and its bill; `limited` little. */
export type Power = 'total' | 'service' | 'limited';

/** One credential in one kind of location. Its value is never kept: `preview` shows four characters at most. */
export interface Secret {
  /** Kind, e.g. `supabase-service-role`, `stripe-live-secret`, `private-key`, `database-url`. */
  readonly kind: string;
  /** In words: "Supabase service_role key". */
  readonly label: string;
  readonly sensitivity: Sensitivity;
  readonly power: Power;
  /** What whoever has it can do, as a whole sentence. */
  readonly harm: string;
  /** Where to replace it, as a whole sentence. */
  readonly rotate: string;
  /** How it was told: by its own form or content, by the name it stands under, or by an outside scanner alone. */
  readonly toldBy: 'form' | 'name' | 'scanner';
  readonly location: SecretLocation;
  readonly places: readonly Place[];
  /** Places beyond those listed, when the same value stands in very many. */
  readonly morePlaces?: number;
  readonly preview: string;
  /** SHA-256 of the value, first 16 hex digits: joins findings of the same secret. */
  readonly hash: string;
  /** Names what it opens: two different values with the same name are keys to one door. */
  readonly opens?: string;
  /** Decoded meaning: Supabase project ref, JWT role, expiry, host of a database URL. */
  readonly meaning?: string;
  /** Name of the variable it stands under. */
  readonly variable?: string;
  /** True when the variable's prefix puts it into the browser's bundle (VITE_, NEXT_PUBLIC_, EXPO_PUBLIC_ ...). */
  readonly publicPrefix?: boolean;
  /** Import chain from browser code to the file, files relative to the root, when one exists. */
  readonly reachedFromClient?: readonly string[];
  /** True when git tracks the file, false when it does not; absent without a git checkout. */
  readonly tracked?: boolean;
  /** True when a .gitignore keeps the file out of commits. */
  readonly ignored?: boolean;
  /** For `history`: the commit that brought it in. */
  readonly commit?: string;
  /** Names of the outside scanners that saw it as well. */
  readonly alsoSeenBy?: readonly string[];
}

/** A variable that is secret by name and public by prefix, whatever its value. */
export interface PublicSecretVariable {
  readonly variable: string;
  /** First place it is named. */
  readonly place: Place;
  /** All places, code that reads it first. */
  readonly places: readonly Place[];
  /** What its name says it holds: "a service key", "a password". */
  readonly says: string;
  /** Whether code that the browser loads reads it, only other code does, or it is only declared. */
  readonly usedBy: 'client' | 'other-code' | 'declared';
}

export interface SecretScan {
  readonly secrets: readonly Secret[];
  readonly publicVariables: readonly PublicSecretVariable[];
  readonly scanned: {
    readonly files: number;
    readonly bytes: number;
    readonly commits: number;
    /** Old versions of files read from the history. */
    readonly blobs: number;
    /** Files searched by where they belong; for `history` the versions, those still in the tree included. */
    readonly where: readonly { readonly location: SecretLocation; readonly files: number }[];
  };
  /** How much of it: `partial` when the clone is shallow or a bound was reached. */
  readonly history: 'scanned' | 'partial' | 'no-git' | 'not-asked' | 'failed';
  /** Why history is `partial` or `failed`, as a whole sentence. */
  readonly historyWhy?: string;
  readonly outsideScanners: readonly string[];
  readonly gaps: readonly Gap[];
}

export const sourceSecrets = evidence<SecretScan>()('source.secrets', 'secrets in the working tree, history, bundles and logs');
