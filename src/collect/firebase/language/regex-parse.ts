/** A regular expression as a tree. Characters are code points. */
export type Pattern =
  | { readonly is: 'set'; readonly ranges: readonly (readonly [number, number])[]; readonly negated: boolean }
  | { readonly is: 'start' | 'end' | 'word' | 'no-word' }
  | { readonly is: 'sequence'; readonly of: readonly Pattern[] }
  | { readonly is: 'either'; readonly of: readonly Pattern[] }
  | { readonly is: 'repeat'; readonly of: Pattern; readonly from: number; readonly to: number; readonly lazy: boolean };

const deepest = 50;
const mostRepeats = 1000;
const digits = [[48, 57]] as const;
const words = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
] as const;
const spaces = [
  [9, 10],
  [12, 13],
  [32, 32],
] as const;
type Ranges = readonly (readonly [number, number])[];
const posix: Readonly<Record<string, Ranges>> = {
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  alpha: [
    [65, 90],
    [97, 122],
  ],
  digit: digits,
  lower: [[97, 122]],
  upper: [[65, 90]],
  space: [
    [9, 13],
    [32, 32],
  ],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  word: words,
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};
const last = 0x10ffff;

/** All characters that are not in the ranges. */
function outside(ranges: Ranges): Ranges {
  const found: [number, number][] = [];
  let from = 0;
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (low > from) found.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  if (from <= last) found.push([from, last]);
  return found;
}

/** Reads RE2 syntax, as far as rules use it. Throws an Error for what RE2 does not have (back references, looking around) and what we do not read. */
export function parseRegex(source: string, flags = ''): Pattern {
  if (source.length > 2000) throw new Error('a regular expression that is too long');
  return new Reader([...source], flags.includes('i')).whole();
}

class Reader {
  private at = 0;
  private depth = 0;
  private readonly source: readonly string[];
  private anyCase: boolean;
  private dotAll = false;
  constructor(source: readonly string[], anyCase: boolean) {
    this.source = source;
    this.anyCase = anyCase;
  }

  whole(): Pattern {
    const found = this.either();
    if (this.at < this.source.length) throw new Error('a ) too many in a regular expression');
    return found;
  }

  private take(text: string): boolean {
    if (this.source[this.at] !== text) return false;
    this.at += 1;
    return true;
  }

  private either(): Pattern {
    if ((this.depth += 1) > deepest) throw new Error('a regular expression nested too deeply');
    const of = [this.sequence()];
    while (this.take('|')) of.push(this.sequence());
    this.depth -= 1;
    return of.length === 1 ? (of[0] as Pattern) : { is: 'either', of };
  }

  private sequence(): Pattern {
    const of: Pattern[] = [];
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') of.push(this.repeated());
    return { is: 'sequence', of };
  }

  private repeated(): Pattern {
    let of = this.atom();
    for (;;) {
      const bounds = this.bounds();
      if (!bounds) return of;
      const [from, to] = bounds;
      if (from > mostRepeats || (to !== Infinity && (to > mostRepeats || to < from))) throw new Error('a repetition that RE2 refuses');
      of = { is: 'repeat', of, from, to, lazy: this.take('?') };
    }
  }

  private bounds(): readonly [number, number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    const written = /^\{(\d{1,5})(,(\d{1,5})?)?\}/.exec(this.source.slice(this.at, this.at + 14).join(''));
    if (!written) return undefined;
    this.at += written[0].length;
    const from = Number(written[1]);
    return [from, written[2] === undefined ? from : written[3] === undefined ? Infinity : Number(written[3])];
  }

  private atom(): Pattern {
    const one = this.source[this.at] ?? '';
    this.at += 1;
    if (one === '(') return this.group();
    if (one === '[') return this.brackets();
    if (one === '.') return this.set(this.dotAll ? [] : [[10, 10]], true);
    if (one === '^') return { is: 'start' };
    if (one === '$') return { is: 'end' };
    if (one === '\\') return this.escape();
    if (one === '*' || one === '+' || one === '?') throw new Error('a repetition of nothing');
    return this.set([[one.codePointAt(0) ?? 0, one.codePointAt(0) ?? 0]]);
  }

  private group(): Pattern {
    const before = [this.anyCase, this.dotAll] as const;
    if (this.take('?')) {
      const head = /^(?:P?<\w+>|([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)]))/.exec(this.source.slice(this.at, this.at + 40).join(''));
      if (!head) throw new Error('a group that RE2 does not have');
      this.at += head[0].length;
      if ([head[1], head[2]].some((flags) => /[^is]/.test(flags ?? ''))) throw new Error('a flag that we do not read');
      if (head[1]?.includes('i')) this.anyCase = true;
      if (head[1]?.includes('s')) this.dotAll = true;
      if (head[2]?.includes('i')) this.anyCase = false;
      if (head[2]?.includes('s')) this.dotAll = false;
      if (head[3] === ')') return { is: 'sequence', of: [] };
    }
    const of = this.either();
    if (!this.take(')')) throw new Error('a ( that is not closed in a regular expression');
    [this.anyCase, this.dotAll] = before;
    return of;
  }

  private set(ranges: Ranges, negated = false): Pattern {
    if (!this.anyCase) return { is: 'set', ranges, negated };
    const both = ranges.flatMap(([low, high]): [number, number][] => [
      [low, high],
      ...shifted(low, high, 65, 90, 32),
      ...shifted(low, high, 97, 122, -32),
    ]);
    return { is: 'set', ranges: both, negated };
  }

  private brackets(): Pattern {
    const negated = this.take('^');
    const ranges: (readonly [number, number])[] = [];
    for (let first = true; first || this.source[this.at] !== ']'; first = false) {
      if (this.at >= this.source.length) throw new Error('a [ that is not closed in a regular expression');
      const name = /^\[:(\^?)(\w+):\]/.exec(this.source.slice(this.at, this.at + 14).join(''));
      if (name) {
        this.at += name[0].length;
        const known = posix[name[2] ?? ''];
        if (!known) throw new Error('a class of characters that we do not know');
        ranges.push(...(name[1] === '^' ? outside(known) : known));
        continue;
      }
      const low = this.member();
      if (typeof low !== 'number') ranges.push(...low);
      else if (this.source[this.at] === '-' && this.source[this.at + 1] !== ']' && this.at + 1 < this.source.length) {
        this.at += 1;
        const high = this.member();
        if (typeof high !== 'number' || high < low) throw new Error('a range of characters the wrong way round');
        ranges.push([low, high]);
      } else ranges.push([low, low]);
    }
    this.at += 1;
    return this.set(ranges, negated);
  }

  private member(): number | Ranges {
    const one = this.source[this.at] ?? '';
    this.at += 1;
    if (one !== '\\') return one.codePointAt(0) ?? 0;
    const found = this.escape();
    if (found.is !== 'set') throw new Error('an escape that means nothing in brackets');
    const [range] = found.ranges;
    return found.ranges.length === 1 && range && range[0] === range[1] && !found.negated ? range[0] : found.ranges;
  }

  private escape(): Pattern {
    const one = this.source[this.at] ?? '';
    this.at += 1;
    const named: Readonly<Record<string, Ranges>> = {
      d: digits,
      w: words,
      s: spaces,
      D: outside(digits),
      W: outside(words),
      S: outside(spaces),
    };
    const ranges = named[one];
    if (ranges) return { is: 'set', ranges, negated: false };
    if (one === 'b') return { is: 'word' };
    if (one === 'B') return { is: 'no-word' };
    if (one === 'A') return { is: 'start' };
    if (one === 'z') return { is: 'end' };
    const control = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7 }[one];
    if (control !== undefined) return { is: 'set', ranges: [[control, control]], negated: false };
    const hex = /^(?:x([\da-fA-F]{2})|x\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4}))/.exec(
      [one, ...this.source.slice(this.at, this.at + 9)].join(''),
    );
    if (hex) {
      this.at += hex[0].length - 1;
      const code = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16);
      return this.set([[code, code]]);
    }
    if (one === '' || /[A-Za-z\d]/.test(one)) throw new Error(`\\${one} in a regular expression`);
    return this.set([[one.codePointAt(0) ?? 0, one.codePointAt(0) ?? 0]]);
  }
}

/** What of [low, high] lies in [from, to], moved by the distance between upper and lower case. */
function shifted(low: number, high: number, from: number, to: number, by: number): [number, number][] {
  const [first, end] = [Math.max(low, from), Math.min(high, to)];
  return first > end ? [] : [[first + by, end + by]];
}
