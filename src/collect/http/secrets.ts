import type { Place } from '../../core/finding.ts';
import { mask, type Vault } from '../../core/vault.ts';
import type { Secret, SecretLocation } from '../../evidence/secrets.ts';
import { hashOf, hideSecret } from '../source/secrets/collection.ts';
import { findSecrets, type ReadAs } from '../source/secrets/scan-text.ts';

/** How a text is read: names mean nothing in minified code, and everything in a .env file. */
export type Reading = 'minified' | 'code' | 'variables';

const readings: Readonly<Record<Reading, Omit<ReadAs, 'now'>>> = {
  minified: { names: false, lines: false, code: false, certainOnly: false },
  code: { names: true, lines: false, code: true, certainOnly: false },
  variables: { names: true, lines: true, code: false, certainOnly: false },
};

const maxPlaces = 10;

/** Finds credentials in something the server handed out. Their values go into the vault and nowhere else. */
export function secretsIn(
  text: string,
  reading: Reading,
  at: { readonly location: SecretLocation; readonly place: Place },
  vault: Vault,
): Secret[] {
  return findSecrets(text, { ...readings[reading], now: Date.now() }).map((hit) => {
    hideSecret(vault, hit);
    const { kind, label, sensitivity, power, harm, rotate, toldBy, meaning, variable } = hit;
    return {
      kind,
      label,
      sensitivity,
      power,
      harm,
      rotate,
      toldBy,
      location: at.location,
      places: [{ ...at.place, ...(reading !== 'minified' && { line: text.slice(0, hit.start).split('\n').length }) }],
      preview: mask(hit.value),
      hash: hashOf(hit.value),
      ...(meaning !== undefined && { meaning }),
      ...(variable !== undefined && reading !== 'minified' && { variable }),
    };
  });
}

/** One entry for each value and kind of location, with all its places. */
export function mergeSecrets(secrets: readonly Secret[]): Secret[] {
  const merged = new Map<string, Secret>();
  for (const secret of secrets) {
    const key = `${secret.kind} ${secret.hash} ${secret.location}`;
    const known = merged.get(key);
    const places = [...(known?.places ?? []), ...secret.places].filter(
      (place, index, all) => all.findIndex((one) => one.url === place.url && one.name === place.name) === index,
    );
    merged.set(key, { ...secret, ...known, places: places.slice(0, maxPlaces) });
  }
  return [...merged.values()];
}
