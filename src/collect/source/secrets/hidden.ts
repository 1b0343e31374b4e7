import { findForms, type Hit } from './form.ts';

const plus = /\+[ \t\r\n]{0,20}["'`]/g;
const literal = /(["'`])([\w./:@+=-]{1,300})\1(\s{0,20}\+\s{0,20}(?=["'`]))?/y;
const base64 = /[A-Za-z0-9+/]{20,12000}={0,2}/y;
const maxFound = 2000;

/** Credentials split over string literals that are glued together: `"sk_live_" + "abc..."`, also over several lines. */
export function findGlued(text: string, now: number): Hit[] {
  const hits: Hit[] = [];
  plus.lastIndex = 0;
  for (let match = plus.exec(text), count = 0; match && count < maxFound; match = plus.exec(text), count++) {
    const start = literalBefore(text, match.index);
    if (start === undefined) continue;
    const { value, parts, end } = chain(text, start);
    plus.lastIndex = Math.max(plus.lastIndex, end);
    if (parts.length < 2) continue;
    // One literal holding the whole credential is found without us.
    const found = findForms(value, now).hits.filter((hit) => !parts.some((part) => part.includes(hit.value)));
    for (const hit of found) hits.push({ ...hit, start, end, traces: [...(hit.traces ?? []), ...parts] });
  }
  return hits;
}

/** Credentials wrapped in base64 that begins at the given offsets. Places are those of the wrapping. */
export function findWrapped(text: string, offsets: readonly number[], now: number): Hit[] {
  return offsets.slice(0, maxFound).flatMap((start) => {
    if (/[A-Za-z0-9+/]/.test(text[start - 1] ?? '')) return [];
    base64.lastIndex = start;
    const wrapped = base64.exec(text)?.[0] ?? '';
    const decoded = Buffer.from(wrapped, 'base64').toString('latin1');
    if (/[\x00-\x08\x0e-\x1f]/.test(decoded.slice(0, 200))) return [];
    return findForms(decoded, now).hits.map((hit) => ({
      ...hit,
      start,
      end: start + wrapped.length,
      traces: [...(hit.traces ?? []), wrapped],
    }));
  });
}

// The opening quote of the literal that ends before a plus sign.
function literalBefore(text: string, at: number): number | undefined {
  let end = at - 1;
  while (end > 0 && at - end < 20 && /\s/.test(text[end] ?? '')) end--;
  const quote = text[end] ?? '';
  if (!/["'`]/.test(quote)) return undefined;
  const start = text.lastIndexOf(quote, end - 1);
  return start >= 0 && end - start <= 302 ? start : undefined;
}

function chain(text: string, start: number): { value: string; parts: string[]; end: number } {
  const parts: string[] = [];
  let at = start;
  for (let count = 0; count < 40; count++) {
    literal.lastIndex = at;
    const match = literal.exec(text);
    if (!match) break;
    parts.push(match[2] ?? '');
    at += match[0].length;
    if (match[3] === undefined) break;
  }
  return { value: parts.join(''), parts, end: at };
}
