/** "Did you mean ...?" for a mistyped word, or nothing when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const best = nearest(word, candidates);
  return best === undefined ? undefined : `Did you mean ${best}?`;
}

/** The candidate with the fewest edits, at most a third of the word; a candidate that contains the word counts as one edit. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  // Distances grow with the square of the length, and nobody mistypes a word of that length.
  if (word.length > 100) return undefined;
  let best: string | undefined;
  let bestEdits = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const contained = word.length >= 3 && candidate.toLowerCase().includes(word.toLowerCase());
    const edits = contained ? 1 : editsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

// Levenshtein, one row kept.
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
