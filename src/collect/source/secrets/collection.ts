import { createHash } from 'node:crypto';
import type { Place } from '../../../core/finding.ts';
import type { Vault } from '../../../core/vault.ts';
import type { Secret, SecretLocation } from '../../../evidence/secrets.ts';
import { shown } from './decode.ts';
import { publicPrefixOf } from './public-variable.ts';
import type { Meaning } from './rule.ts';
import type { Hit } from './form.ts';

/** One place where a secret was seen. */
export interface Sighting {
  readonly location: SecretLocation;
  readonly place: Place;
  readonly variable?: string;
  readonly tracked?: boolean;
  readonly ignored?: boolean;
  readonly commit?: string;
  readonly reachedFromClient?: readonly string[];
}

/** A secret while it is being collected: everything but its value. */
export interface Collected {
  meaning: Omit<Meaning, 'traces'> & { readonly toldBy: Secret['toldBy'] };
  readonly hash: string;
  readonly preview: string;
  readonly sightings: Sighting[];
  readonly seenBy: Set<string>;
}

/** The secrets of a scan by hash. Values go into the vault and nowhere else. */
export interface Collection {
  /** Returns the secret the hit belongs to. */
  add(hit: Hit, sighting: Sighting): Collected;
  /** The secret with this value, if it was seen; hides the value in any case. */
  find(value: string): Collected | undefined;
  all(): Iterable<Collected>;
}

const maxPlaces = 60;

/** First 16 hex digits of SHA-256; a private key counts as the same whether its line breaks are real or escaped. */
export const hashOf = (value: string): string =>
  createHash('sha256')
    .update(value.startsWith('-----BEGIN') ? value.replace(/\\+[rn]|[^A-Za-z0-9+/=]/g, '') : value)
    .digest('hex')
    .slice(0, 16);

/** A new, empty collection. */
export function createCollection(vault: Vault): Collection {
  const known = new Map<string, Collected>();
  return {
    add(hit, sighting) {
      const value = shown(hit.value);
      hideSecret(vault, hit);
      const hash = hashOf(value);
      const { value: _value, start: _start, end: _end, traces: _traces, variable, ...meaning } = hit;
      let secret = known.get(hash);
      if (!secret)
        known.set(
          hash,
          (secret = { meaning, hash, preview: value.slice(0, Math.min(4, value.length >> 2)), sightings: [], seenBy: new Set() }),
        );
      const seen = { ...sighting, ...(variable !== undefined && { variable }) };
      if (tells(meaning) <= tells(secret.meaning)) secret.sightings.push(seen);
      else {
        // The place that told what it is comes first: an id alone in a report says less than the pair in a setting.
        secret.meaning = meaning;
        secret.sightings.unshift(seen);
      }
      return secret;
    },
    find(value) {
      vault.hide(value);
      return known.get(hashOf(value));
    },
    all: () => known.values(),
  };
}

// The same value may be told apart in one file and not in another: the most telling reading counts.
const tells = (meaning: Collected['meaning']): number =>
  ({ secret: 4, public: 2, low: 0 })[meaning.sensitivity] + (meaning.toldBy === 'form' ? 1 : 0);

/** Puts everything that gives a secret away into the vault: the value, its parts and wrappings, the lines of a key, the password of an address. */
export function hideSecret(vault: Vault, hit: Hit): void {
  const value = shown(hit.value);
  // Publishable keys need no hiding, and hiding a dictionary word would blank it out of every report.
  if (hit.sensitivity === 'public' || (/guessable|fallback/.test(hit.kind) && /^[A-Za-z]+$/.test(value))) return;
  vault.hide(value);
  for (const trace of hit.traces ?? []) vault.hide(shown(trace));
  if (value.startsWith('-----BEGIN')) for (const line of value.split(/\\+[rn]|[^A-Za-z0-9+/=]+/)) if (line.length >= 24) vault.hide(line);
  const password = /^[a-z+]{3,12}:\/\/[^:@/]*:([^@]+)@/.exec(value)?.[1];
  if (password !== undefined) vault.hide(password);
}

/**
 * The collected secrets as evidence: one entry a secret, location and standing (tracked, ignored, reached from the browser, public prefix).
 * `live`: the prefixes that a build tool of this repo makes public.
 */
export function secretsOf(collected: Iterable<Collected>, live: ReadonlySet<string>): Secret[] {
  const isPublic = (variable: string | undefined): boolean => variable !== undefined && live.has(publicPrefixOf(variable) ?? '');
  return [...collected].flatMap((secret) => {
    const groups = new Map<string, Sighting[]>();
    for (const sighting of secret.sightings) {
      const { location, tracked, ignored, reachedFromClient, variable } = sighting;
      const prefix = isPublic(variable);
      const key = [location, tracked, ignored, reachedFromClient !== undefined, prefix].join(' ');
      groups.set(key, [...(groups.get(key) ?? []), sighting]);
    }
    return [...groups.values()].map((sightings) => entryOf(secret, sightings, isPublic));
  });
}

function entryOf(
  { meaning: { certain: _certain, ...meaning }, hash, preview, seenBy }: Collected,
  sightings: readonly Sighting[],
  isPublic: (variable: string | undefined) => boolean,
): Secret {
  const places = [...new Map(sightings.map(({ place }) => [`${place.file ?? place.url}:${place.line}:${place.name}`, place])).values()];
  const first = sightings[0];
  const variable = sightings.find((sighting) => sighting.variable !== undefined)?.variable;
  return {
    ...meaning,
    location: first?.location ?? 'source',
    places: places.slice(0, maxPlaces),
    ...(places.length > maxPlaces && { morePlaces: places.length - maxPlaces }),
    preview,
    hash,
    ...(variable !== undefined && { variable, publicPrefix: isPublic(variable) }),
    ...(first?.reachedFromClient && { reachedFromClient: first.reachedFromClient }),
    ...(first?.tracked !== undefined && { tracked: first.tracked }),
    ...(first?.ignored !== undefined && { ignored: first.ignored }),
    ...(first?.commit !== undefined && { commit: first.commit }),
    ...(seenBy.size > 0 && { alsoSeenBy: [...seenBy].toSorted() }),
  };
}
