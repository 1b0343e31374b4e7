import { variableAt } from './assignment.ts';
import { entropyOf, isPlaceholder } from './placeholder.ts';
import type { Around, Meaning, Rule } from './rule.ts';
import { rules as formRules } from './rules/all.ts';
import { signingRules } from './rules/signing.ts';

/** One credential in a text. `value` never leaves the collector. */
export interface Hit extends Meaning {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly variable?: string;
  readonly toldBy: 'form' | 'name' | 'scanner';
}

/** Beginnings of known credentials in base64: sk_live_, -----BEGIN, a JWT, a service account, sb_secret_, postgres://, sk-proj, sk-ant-. */
const wrappings = [
  'c2tfbGl2Z',
  'LS0tLS1CRUdJTi',
  'ZXlKaGJHY2',
  'eyJ0eXBlIjoic2Vydml',
  'ewogICJ0eXBlIjog',
  'ewogICAgInR5cGUiO',
  'eyAidHlwZSI6',
  'c2Jfc2VjcmV0X',
  'cG9zdGdyZX',
  'c2stcHJvai',
  'c2stYW50L',
];

/** Candidates tried in one text at most: generated data full of markers must not take for ever. */
export const maxCandidates = 20_000;
const rules: readonly Rule[] = [...formRules, ...signingRules];
const markers = [...new Set([...rules.flatMap((rule) => rule.markers), ...wrappings])].toSorted((a, b) => b.length - a.length);
const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
// One expression of plain literals: its engine skips over text in which none of them can stand.
const prefilter = new RegExp(markers.map(escaped).join('|'), 'g');
const rulesByMarker = new Map(
  markers.map((marker) => [marker, rules.filter((rule) => rule.markers.some((own) => marker.startsWith(own)))]),
);
const address = 'web-address-password';
const isWrapping = new Set(wrappings);

/** Credentials that show themselves by their own form, and where base64 begins that may wrap one. */
export function findForms(text: string, now: number): { hits: Hit[]; wrapped: number[] } {
  const hits: Hit[] = [];
  const wrapped: number[] = [];
  let candidates = 0;
  prefilter.lastIndex = 0;
  for (let match = prefilter.exec(text); match && candidates < maxCandidates; match = prefilter.exec(text)) {
    const at = match.index;
    let next = prefilter.lastIndex;
    if (isWrapping.has(match[0])) wrapped.push(at);
    for (const rule of rulesByMarker.get(match[0]) ?? []) {
      candidates++;
      const hit = tryRule(rule, text, at, now);
      if (!hit) continue;
      const last = hits.at(-1);
      // A token inside a web address says more than the address does.
      if (last?.kind === address && hit.kind !== address && hit.start < last.end) hits.pop();
      if (overlaps(hits, hit)) continue;
      hits.push(hit);
      if (hit.kind !== address) next = Math.max(next, hit.end);
      break;
    }
    prefilter.lastIndex = next;
  }
  return { hits, wrapped };
}

/** True when a hit shares characters with one of the others. */
export const overlaps = (hits: readonly Hit[], { start, end }: { readonly start: number; readonly end: number }): boolean =>
  hits.some((hit) => start < hit.end && end > hit.start);

function tryRule(rule: Rule, text: string, at: number, now: number): Hit | undefined {
  const begin = rule.back === undefined ? at : beginOf(rule, text, at);
  if (begin === undefined || (rule.inside !== true && isWordBefore(text, begin))) return undefined;
  rule.pattern.lastIndex = begin;
  const match = rule.pattern.exec(text);
  if (!match) return undefined;
  const value = match[1] ?? match[0];
  const start = begin + match[0].lastIndexOf(value);
  const end = start + value.length;
  if (rule.entropy !== 0) {
    const body = value.slice(Math.min(value.length - 8, longestMarker(rule, value)));
    if (/^[A-Za-z0-9_-]$/.test(text[end] ?? '') || isPlaceholder(body) || entropyOf(body) < (rule.entropy ?? 3)) return undefined;
  }
  const variable = variableAt(text, start);
  const around: Around = { text, start, end, now, ...(variable !== undefined && { variable }) };
  const judged = rule.judge ? rule.judge(value, around) : {};
  if (!judged) return undefined;
  const { kind, label, sensitivity, power, harm, rotate } = rule;
  return {
    kind,
    label,
    sensitivity,
    power,
    harm,
    rotate,
    ...judged,
    value,
    start,
    end,
    toldBy: 'form',
    ...(variable !== undefined && { variable }),
  };
}

const longestMarker = (rule: Rule, value: string): number =>
  Math.max(0, ...rule.markers.filter((marker) => value.startsWith(marker)).map((marker) => marker.length));

// The marker stands inside the value: its beginning is looked for backwards, the longest form first.
function beginOf(rule: Rule, text: string, at: number): number | undefined {
  for (let begin = Math.max(0, at - (rule.back ?? 0)); begin < at; begin++) {
    rule.pattern.lastIndex = begin;
    if (rule.pattern.test(text) && rule.pattern.lastIndex > at) return begin;
  }
  return undefined;
}

// `\n` before a token is an escaped line break, not a letter n.
function isWordBefore(text: string, begin: number): boolean {
  const before = text[begin - 1] ?? '';
  if (!/[A-Za-z0-9_+-]/.test(before)) return false;
  if (before === '-') return /[A-Za-z0-9+]/.test(text[begin - 2] ?? '');
  return !(/[nrt]/.test(before) && text[begin - 2] === '\\');
}
