import type { ExposureKind } from '../../evidence/http.ts';
import type { Reading } from './secrets.ts';

/** What a body was recognised as. */
export interface Recognised {
  /** In words, as the end of "the server hands out ...". */
  readonly what: string;
  readonly names?: readonly string[];
}

/** An address that should not answer, and how its content would look if it did. A status alone never decides. */
export interface Probe {
  readonly path: string;
  readonly kind: ExposureKind;
  /** Bytes read of the answer; enough to recognise it and to find secrets in small files. */
  readonly bytes: number;
  /** How the content is searched for secrets. */
  readonly reading: Reading;
  /** `undefined`: this is something else (the app's page, an error, a harmless file). `text` is one character a byte. */
  readonly recognise: (text: string) => Recognised | undefined;
  /** True when the file is harmless as such and only counts with a secret inside. */
  readonly onlyWithSecrets?: boolean;
}

/**
 * An address of the same shape that cannot exist: `/.env.local` gives `/.lr1a2b.local`. A server that answers it alike says so to anybody
 * who asks for anything.
 */
export function decoyOf(path: string, random: string): string {
  const segments = path.split('/').slice(1);
  const hidden = segments[0]?.startsWith('.') === true;
  const folder = segments.at(-1) === '';
  const index = hidden ? 0 : folder ? segments.length - 2 : segments.length - 1;
  const changed = segments.map((segment, at) => (at === index ? segment.replace(/^(\.?)[^.]+/, `$1${random}`) : segment));
  return `/${changed.join('/')}`;
}
