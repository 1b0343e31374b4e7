import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Secret } from './secrets.ts';
import type { Builder, Gap, Marker } from './source.ts';

/** A cookie that a page set, without its value. */
export interface Cookie {
  readonly name: string;
  /** The page that set it. */
  readonly url: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** `not-set` when the attribute is absent or not understood. */
  readonly sameSite: 'strict' | 'lax' | 'none' | 'not-set';
  readonly domain?: string;
  /** True when it outlives the browser window. */
  readonly persistent: boolean;
}

/** The page at the given address, body not kept. Header names are lower case; `set-cookie` is told in `cookies` alone. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly Cookie[];
  /** Addresses passed on the way, first first. */
  readonly redirects: readonly string[];
  /** True when the app runs on this machine (localhost): https and hosting are not judged there. */
  readonly local: boolean;
  readonly title?: string;
  /** Content-Security-Policy given in the page itself. */
  readonly metaPolicy?: string;
  readonly builders: readonly Marker<Builder>[];
  readonly frameworks: readonly Marker[];
  /** Where it is hosted, told by headers and host name. */
  readonly host: readonly Marker[];
  /** The pages read: the first one, and others linked from it that are likely to matter (login, sign-up, dashboard). */
  readonly pages: readonly { readonly url: string; readonly status: number }[];
  /** A page that asks for a password, or sends one. */
  readonly login?: { readonly url: string; readonly what: string; /** Where the form sends it. */ readonly action?: string };
  /** What plain http answers when the app is served over https. */
  readonly plainHttp?: { readonly url: string; readonly answer: 'redirects' | 'serves' | 'nothing'; readonly detail: string };
  /** Marks of a development server instead of a production build. */
  readonly development?: { readonly name: string; readonly what: string };
  readonly gaps: readonly Gap[];
}

export interface Script {
  readonly url: string;
  readonly bytes: number;
  readonly sourceMap?: SourceMap;
}

/** A source map that anybody can read. */
export interface SourceMap {
  /** The script's own address when the map is part of it. */
  readonly url: string;
  /** Sources in all, packages included. */
  readonly sources: number;
  /** The app's own sources, at most 30 of them. */
  readonly own: readonly string[];
  readonly ownCount: number;
  /** True when it carries the text of the sources, not only their names. */
  readonly content: boolean;
}

/** What the app's scripts gave away. */
export interface Bundles {
  readonly scripts: readonly Script[];
  readonly secrets: readonly Secret[];
  /** API addresses named in pages and scripts: a path on the app's own host or a whole URL, unknown parts as `:param`. */
  readonly endpoints: readonly Endpoint[];
  readonly backends: readonly { readonly kind: 'supabase' | 'firebase'; readonly project: string; readonly place: Place }[];
  /** Tables, functions and buckets the scripts name. */
  readonly tables: readonly {
    readonly kind: 'table' | 'rpc' | 'storage' | 'function';
    readonly name: string;
    readonly script: string;
  }[];
  /** Hosts whose scripts run in the page and were not read: analytics, widgets, payment forms. */
  readonly thirdParties: readonly string[];
  readonly gaps: readonly (Gap & { /** True for code the first page itself loads. */ readonly entry?: boolean })[];
}

export interface Endpoint {
  readonly method?: string;
  readonly url: string;
  readonly script: string;
}

export type ExposureKind = 'env' | 'git' | 'config' | 'backup' | 'source' | 'debug' | 'listing' | 'api-docs';

/** A file that should not be public: asked for, and told from the app's "not found" page by its content. */
export interface Exposure {
  readonly path: string;
  readonly url: string;
  readonly outcome: 'exposed' | 'not-exposed' | 'unknown';
  readonly kind: ExposureKind;
  readonly status?: number;
  /** What came back, in words; for `unknown`, why it could not be told. */
  readonly what: string;
  /** Names found inside: variables of a .env, files of a listing, paths of an API description. At most 60. */
  readonly names: readonly string[];
  readonly secrets: readonly Secret[];
}

export const livePage = evidence<Page>()('http.page', 'the page at the given address');
export const liveBundles = evidence<Bundles>()('http.bundles', "the app's scripts as the browser gets them");
export const liveExposures = evidence<readonly Exposure[]>()('http.exposures', 'files that should not be public');
