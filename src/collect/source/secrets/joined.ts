import { findSecrets, type Hit, type ReadAs } from './scan-text.ts';

/** A string glued together from literals: `"sk_live_" + "abc..."`, also over several lines. */
const glued = /(["'`])([\w./:@+=-]{2,200})\1\s{0,20}\+\s{0,20}["'`](?=[\w./:@+=-]{2,})/g;
const literal = /(["'`])([\w./:@+=-]{1,300})\1(\s{0,20}\+\s{0,20}(?=["'`]))?/y;
/** Beginnings of known credentials in base64: sk_live_, -----BEGIN, a JWT, a service account, sb_secret_, postgres://. */
const wrapped =
  /(?<![A-Za-z0-9+/=])(?:c2tfbGl2Z|LS0tLS1CRUdJTi|ZXlKaGJHY2|eyJ0eXBlIjoic2Vydml|ewogICJ0eXBlIjog|ewogICAgInR5cGUiO|eyAidHlwZSI6|c2Jfc2VjcmV0X|cG9zdGdyZX|c2stcHJvai|c2stYW50L)[A-Za-z0-9+/]{20,12000}={0,2}/g;
const maxFound = 2000;

/** Secrets that a plain search misses: split over concatenated literals, or wrapped in base64. Places are those of the wrapping. */
export function findHidden(text: string, read: ReadAs): Hit[] {
  const hits: Hit[] = [];
  const inner = { ...read, names: false };
  const add = (found: readonly Hit[], start: number, end: number, traces: readonly string[]): void => {
    for (const hit of found) hits.push({ ...hit, start, end, traces });
  };
  glued.lastIndex = 0;
  for (let match = glued.exec(text), count = 0; match && count < maxFound; match = glued.exec(text), count++) {
    const { value, parts, end } = chain(text, match.index);
    glued.lastIndex = Math.max(glued.lastIndex, end);
    // One literal holding the whole credential is found without us.
    const whole = findSecrets(value, inner).filter((hit) => !parts.some((part) => part.includes(hit.value)));
    add(whole, match.index, end, parts);
  }
  wrapped.lastIndex = 0;
  for (let match = wrapped.exec(text), count = 0; match && count < maxFound; match = wrapped.exec(text), count++) {
    const decoded = Buffer.from(match[0], 'base64').toString('latin1');
    if (/[\x00-\x08\x0e-\x1f]/.test(decoded.slice(0, 200))) continue;
    add(findSecrets(decoded, inner), match.index, match.index + match[0].length, [match[0]]);
  }
  return hits;
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
