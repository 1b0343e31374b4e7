import { assignments, variableAt } from './assignment.ts';
import { judgeNamed } from './named.ts';
import { entropyOf, isPlaceholder } from './placeholder.ts';
import type { Around, Meaning, Rule } from './rule.ts';
import { rules as formRules } from './rules/all.ts';
import { signingRules } from './rules/signing.ts';

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

/** One credential in a text. `value` never leaves the collector. */
export interface Hit extends Meaning {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly variable?: string;
  readonly toldBy: 'form' | 'name' | 'scanner';
  /** Other texts that give it away: its parts, its wrapped form. */
  readonly traces?: readonly string[];
}

/** Candidates judged in one text at most: generated data full of markers must not take for ever. */
const maxCandidates = 20_000;
const rules: readonly Rule[] = [...formRules, ...signingRules];
const markers = [...new Set(rules.flatMap((rule) => rule.markers))].toSorted((a, b) => b.length - a.length);
const escaped = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const prefilter = new RegExp(markers.map(escaped).join('|'), 'g');
const rulesByMarker = new Map(
  markers.map((marker) => [marker, rules.filter((rule) => rule.markers.some((own) => marker.startsWith(own)))]),
);

/** Finds the credentials of a text that holds one character a byte (latin1). Pure. */
export function findSecrets(text: string, read: ReadAs): Hit[] {
  const hits: Hit[] = [];
  const within = (start: number, end: number): boolean => hits.some((hit) => start < hit.end && end > hit.start);
  let candidates = 0;
  prefilter.lastIndex = 0;
  for (let match = prefilter.exec(text); match && candidates < maxCandidates; match = prefilter.exec(text)) {
    for (const rule of rulesByMarker.get(match[0]) ?? []) {
      candidates++;
      const hit = tryRule(rule, text, match.index, read);
      if (!hit || within(hit.start, hit.end)) continue;
      hits.push(hit);
      // A token inside a web address says more than the address does.
      if (hit.kind !== 'web-address-password') prefilter.lastIndex = Math.max(prefilter.lastIndex, hit.end);
      break;
    }
  }
  if (read.names) addNamed(hits, text, read, within);
  return hits.filter((hit) => !read.certainOnly || hit.certain === true);
}

function tryRule(rule: Rule, text: string, at: number, read: ReadAs): Hit | undefined {
  const begin = rule.back === undefined ? at : beginOf(rule, text, at);
  if (begin === undefined) return undefined;
  if (rule.inside !== true && isWordBefore(text, begin)) return undefined;
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
  const around: Around = { text, start, end, now: read.now, ...(variable !== undefined && { variable }) };
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
  if (!/[A-Za-z0-9_+/-]/.test(before)) return false;
  if (before === '/' || before === '-') return /[A-Za-z0-9+]/.test(text[begin - 2] ?? '') && before === '-';
  return !(/[nrt]/.test(before) && text[begin - 2] === '\\');
}

function addNamed(hits: Hit[], text: string, read: ReadAs, within: (start: number, end: number) => boolean): void {
  let count = 0;
  for (const found of assignments(text, read.lines)) {
    if (count++ > maxCandidates) return;
    const { name, value, start, end } = found;
    if (within(start, end)) continue;
    const meaning = judgeNamed({ ...found, code: read.code });
    if (meaning) hits.push({ ...meaning, value, start, end, toldBy: 'name', variable: name.split('.').pop() ?? name });
  }
}
