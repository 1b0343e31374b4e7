import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';

/** Something that could not be read or resolved. Listed by name, never guessed. */
export interface Gap {
  readonly what: string;
  readonly why: string;
  readonly place?: Place;
}

/** What was found on disk. */
export interface SourceFiles {
  /** Files looked at, all kinds. */
  readonly files: number;
  /** JavaScript and TypeScript sources. */
  readonly sources: number;
  readonly bytes: number;
  /** True inside a git checkout. */
  readonly git: boolean;
  /** Left out with the reason: too large, no permission, symlink out of the repo, syntax error. */
  readonly gaps: readonly Gap[];
}

export type Builder =
  | 'lovable'
  | 'bolt'
  | 'cursor'
  | 'v0'
  | 'react-native'
  | 'flutter'
  | 'flutterflow'
  | 'framer'
  | 'webflow'
  | 'gohighlevel'
  | 'replit'
  | 'base44';

/** A marker that told us what the project is made with. */
export interface Marker<Name extends string = string> {
  readonly name: Name;
  readonly version?: string;
  readonly evidence: readonly { readonly place: Place; readonly what: string }[];
}

/** A switch of a build tool that decides whether the source code is published with the app. */
export interface SourceMapSetting {
  readonly tool: string;
  readonly place: Place;
  readonly on: boolean;
}

export interface Stack {
  readonly builders: readonly Marker<Builder>[];
  readonly frameworks: readonly Marker[];
  readonly backends: readonly Marker[];
  /** Every Next.js dependency: known holes depend on its exact version. `locked` when a lock file gave it, else it is the lowest of the range. */
  readonly next: readonly { readonly place: Place; readonly range: string; readonly version?: string; readonly locked?: boolean }[];
  readonly sourceMaps: readonly SourceMapSetting[];
}

export type AuthMethodKind =
  | 'session-cookie'
  | 'jwt'
  | 'magic-link'
  | 'email-code'
  | 'password'
  | 'sso-oidc'
  | 'saml'
  | 'social'
  | 'passkey'
  | 'api-key'
  | 'basic'
  | 'totp';

/** A way to sign in or to prove who is calling, with the place that told. */
export interface AuthMethod {
  readonly kind: AuthMethodKind;
  /** Library or provider, e.g. `Supabase Auth`, `next-auth`, `own code (jsonwebtoken)`. */
  readonly provider: string;
  readonly places: readonly Place[];
}

export const sourceFiles = evidence<SourceFiles>()('source.files', 'the files of the repo');
export const sourceStack = evidence<Stack>()('source.stack', 'what the project is built with');
export const authMethods = evidence<readonly AuthMethod[]>()('source.auth-methods', 'the ways to sign in');
