import { parseRegex, type Pattern } from './regex-parse.ts';

/** A step of the machine; `next` are indexes, the preferred one first. */
type Step =
  | { readonly is: 'set'; readonly pattern: Extract<Pattern, { is: 'set' }>; readonly next: number }
  | { readonly is: 'fork'; readonly next: readonly number[] }
  | { readonly is: 'start' | 'end' | 'word' | 'no-word'; readonly next: number }
  | { readonly is: 'done' };

/** A regular expression that is matched in time linear in the text: JavaScript's own could be made to hang by whoever wrote the rules. */
export interface Regex {
  /** The whole text. */
  fullMatch(text: string): boolean;
  /** The leftmost match at or after `from`, as offsets into the characters. */
  find(text: readonly string[], from: number): readonly [number, number] | undefined;
  readonly pattern: Pattern;
  readonly steps: number;
}

const mostSteps = 5000;

/** Compiles RE2 syntax. Throws an Error for what is none, or is too large. */
export function compileRegex(source: string, flags = ''): Regex {
  const pattern = parseRegex(source, flags);
  const steps: Step[] = [{ is: 'done' }];
  const add = (step: Step): number => {
    if (steps.push(step) > mostSteps) throw new Error('a regular expression that is too large');
    return steps.length - 1;
  };
  const build = (of: Pattern, next: number): number => {
    if (of.is === 'set') return add({ is: 'set', pattern: of, next });
    if (of.is === 'sequence') return of.of.reduceRight((after, part) => build(part, after), next);
    if (of.is === 'either') return add({ is: 'fork', next: of.of.map((part) => build(part, next)) });
    if (of.is !== 'repeat') return add({ is: of.is, next });
    return buildRepeat(of, next);
  };
  const buildRepeat = (repeat: Extract<Pattern, { is: 'repeat' }>, next: number): number => {
    const choose = (inner: number, after: number): readonly number[] => (repeat.lazy ? [after, inner] : [inner, after]);
    let at = next;
    if (repeat.to === Infinity) {
      const fork = add({ is: 'fork', next: [] });
      steps[fork] = { is: 'fork', next: choose(build(repeat.of, fork), next) };
      at = fork;
    } else for (let count = repeat.from; count < repeat.to; count += 1) at = add({ is: 'fork', next: choose(build(repeat.of, at), next) });
    for (let count = 0; count < repeat.from; count += 1) at = build(repeat.of, at);
    return at;
  };
  const begin = build(pattern, 0);
  return {
    pattern,
    steps: steps.length,
    fullMatch: (text) => {
      const characters = [...text];
      return run(steps, begin, characters, 0, true) === characters.length;
    },
    find: (text, from) => {
      for (let at = from; at <= text.length; at += 1) {
        const end = run(steps, begin, text, at, false);
        if (end !== undefined) return [at, end];
      }
      return undefined;
    },
  };
}

const inSet = ({ ranges, negated }: Extract<Pattern, { is: 'set' }>, code: number): boolean =>
  ranges.some(([low, high]) => code >= low && code <= high) !== negated;
const isWord = (one: string | undefined): boolean => one !== undefined && /\w/.test(one);

/** Where a match that begins at `from` ends: the preferred one, or with `whole` only one that reaches the end of the text. */
function run(steps: readonly Step[], begin: number, text: readonly string[], from: number, whole: boolean): number | undefined {
  let threads = [begin];
  let found: number | undefined;
  for (let at = from; ; at += 1) {
    const seen = new Set<number>();
    const open = threads.toReversed();
    const next: number[] = [];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (seen.has(step)) continue;
      seen.add(step);
      const here = steps[step] as Step;
      if (here.is === 'done') {
        if (whole && at < text.length) continue;
        found = at;
        // What is less preferred than this match is of no interest.
        break;
      }
      if (here.is === 'fork') open.push(...here.next.toReversed());
      else if (here.is === 'set') {
        const code = text[at]?.codePointAt(0);
        if (code !== undefined && inSet(here.pattern, code)) next.push(here.next);
      } else {
        const edge = isWord(text[at - 1]) !== isWord(text[at]);
        if (here.is === 'start' ? at === 0 : here.is === 'end' ? at === text.length : edge === (here.is === 'word')) open.push(here.next);
      }
    }
    if (next.length === 0 || at >= text.length) return found;
    threads = next;
  }
}

/** A text that the pattern matches, if a simple one does: the shortest way through, with `a` or the first character of each set. */
export function sampleOf(pattern: Pattern): string {
  switch (pattern.is) {
    case 'set':
      return characterOf(pattern);
    case 'sequence':
      return pattern.of.map(sampleOf).join('');
    case 'either':
      return sampleOf(pattern.of[0] ?? { is: 'sequence', of: [] });
    case 'repeat':
      return sampleOf(pattern.of).repeat(Math.min(100, Math.max(pattern.from, Math.min(1, pattern.to))));
    default:
      return '';
  }
}

function characterOf(set: Extract<Pattern, { is: 'set' }>): string {
  for (const code of [97, 65, 49, 32, 45, 64]) if (inSet(set, code)) return String.fromCodePoint(code);
  return String.fromCodePoint(set.negated ? 0x100 : (set.ranges[0]?.[0] ?? 97));
}
