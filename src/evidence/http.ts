import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Marker, Builder, Gap } from './source.ts';
import type { Secret } from './secrets.ts';

/** One page fetched, body not kept. Header names are lower case. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  /** URLs passed on the way, first first. */
  readonly redirects: readonly string[];
  readonly builders: readonly Marker<Builder>[];
  readonly host: readonly Marker[];
}

/** What the app's scripts gave away. */
export interface Bundles {
  readonly scripts: readonly { readonly url: string; readonly bytes: number; readonly sourceMap?: string }[];
  readonly secrets: readonly Secret[];
  /** API paths and hosts seen in the scripts, with the script that names them. */
  readonly endpoints: readonly { readonly method?: string; readonly url: string; readonly script: string }[];
  readonly backends: readonly { readonly kind: 'supabase' | 'firebase'; readonly project: string; readonly place: Place }[];
  /** Tables, functions and buckets the scripts name. */
  readonly tables: readonly { readonly kind: 'table' | 'rpc' | 'storage' | 'function'; readonly name: string; readonly script: string }[];
  readonly gaps: readonly Gap[];
}

/** A file that should not be public: asked for, and told from the app's "not found" page. */
export interface Exposure {
  readonly path: string;
  readonly outcome: 'exposed' | 'not-exposed' | 'unknown';
  readonly kind: 'env' | 'git' | 'source-map' | 'debug' | 'backup' | 'config';
  readonly status?: number;
  readonly what: string;
  readonly secrets: readonly Secret[];
}

export const livePage = evidence<Page>()('http.page', 'the page at the given address');
export const liveBundles = evidence<Bundles>()('http.bundles', "the app's scripts as the browser gets them");
export const liveExposures = evidence<readonly Exposure[]>()('http.exposures', 'files that should not be public');
