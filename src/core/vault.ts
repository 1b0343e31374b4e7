/** Shortest value worth hiding: shorter ones would blank out ordinary words. */
const shortest = 8;

/** Remembers raw secrets during a run and takes them out of every text that leaves it. */
export interface Vault {
  /** Hides `value` in everything that leaves the run. Values under 8 characters are ignored. */
  hide(value: string): void;
  /** `text` with every hidden value masked. */
  scrub(text: string): string;
  /** Deep copy of `value` with all its strings scrubbed. */
  scrubAll<T>(value: T): T;
}

/** First four characters and the length: enough to find the secret, useless to use it. */
export const mask = (value: string): string => `${value.slice(0, 4)}…(${value.length} characters, hidden)`;

/** A new, empty vault. */
export function createVault(): Vault {
  const hidden = new Set<string>();
  let sorted: readonly string[] = [];
  const longestFirst = (): readonly string[] => {
    if (sorted.length !== hidden.size) sorted = [...hidden].toSorted((a, b) => b.length - a.length);
    return sorted;
  };
  const scrub = (text: string): string => {
    let clean = text;
    // Longest first: a secret inside another must not leave the other's tail. A function, because `$&` in a secret would bring it back.
    for (const value of longestFirst()) if (clean.includes(value)) clean = clean.replaceAll(value, () => mask(value));
    return clean;
  };
  const scrubAll = (value: unknown): unknown => {
    if (typeof value === 'string') return scrub(value);
    if (Array.isArray(value)) return value.map(scrubAll);
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [scrub(key), scrubAll(item)]));
    return value;
  };
  return {
    hide(value) {
      if (value.length >= shortest) hidden.add(value);
    },
    scrub,
    scrubAll: <T>(value: T): T => (hidden.size === 0 ? value : (scrubAll(value) as T)),
  };
}
