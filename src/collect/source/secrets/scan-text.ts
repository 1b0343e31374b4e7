import { assignments } from './assignment.ts';
import { findForms, type Hit, maxCandidates, overlaps } from './form.ts';
import { findGlued, findWrapped } from './hidden.ts';
import { judgeNamed } from './named.ts';
import { isHarmlessThere } from './surroundings.ts';
import { isWellKnown } from './well-known.ts';

export type { Hit } from './form.ts';

/** How closely a text is read. */
export interface ReadAs {
  /** Also judge values by the name they stand under; off for docs, minified and binary content. */
  readonly names: boolean;
  /** Unquoted `NAME=value` lines count (env, YAML, properties, shell). */
  readonly lines: boolean;
  /** Program code: a guessable signing secret is a fault of its own. */
  readonly code: boolean;
  /** Keep only what its content proves real: test code and fixtures. */
  readonly certainOnly: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Finds the credentials of a text that holds one character a byte (latin1): by their own form, also when split over literals or wrapped
 * in base64, and by the name they stand under. Pure.
 */
export function findSecrets(text: string, read: ReadAs): Hit[] {
  const { hits, wrapped } = findForms(text, read.now);
  for (const hit of [...findWrapped(text, wrapped, read.now), ...findGlued(text, read.now)]) if (!overlaps(hits, hit)) hits.push(hit);
  if (read.names) addNamed(hits, text, read);
  // In old and test code, and where nothing runs, a guessable secret signs nothing.
  return hits.filter(
    (hit) =>
      !isWellKnown(hit.value) && (!read.certainOnly || hit.certain === true) && (read.code || !/^(?:guessable|fallback)-/.test(hit.kind)),
  );
}

function addNamed(hits: Hit[], text: string, read: ReadAs): void {
  let count = 0;
  // The second half of a pair was told with the first.
  const told = new Set(hits.flatMap(({ traces }) => traces ?? []));
  for (const found of assignments(text, read.lines)) {
    if (count++ > maxCandidates) return;
    if (overlaps(hits, found)) continue;
    const { name, value, start, end } = found;
    if (told.has(value)) continue;
    const meaning = judgeNamed({ ...found, lines: read.lines, code: read.code });
    if (meaning && !isHarmlessThere(text, found, meaning.kind))
      hits.push({ ...meaning, value, start, end, toldBy: 'name', variable: name.split('.').pop() ?? name });
  }
}
