/** A start tag with its attributes; names are lower case, values are decoded. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Text inside, for `script`, `style` and `title`; decoded, for `textarea`. */
  readonly text?: string;
}

/** The tags of a page in order, and its comments. Text between tags is left out: words on a page are no markers. */
export interface Html {
  readonly tags: readonly Tag[];
  readonly comments: readonly string[];
}

const maxTags = 20_000;
const rawText = new Set(['script', 'style', 'title', 'textarea']);
const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
  '#x27': "'",
  '#x2f': '/',
  '#x2F': '/',
  '#47': '/',
};

/** Reads tags the way a browser would tell them apart, in one pass: time grows with the length, whatever the page holds. */
export function readHtml(text: string): Html {
  const tags: Tag[] = [];
  const comments: string[] = [];
  let at = 0;
  while (tags.length < maxTags) {
    const open = text.indexOf('<', at);
    if (open < 0) break;
    const next = text[open + 1] ?? '';
    if (text.startsWith('<!--', open)) {
      const end = text.indexOf('-->', open + 4);
      comments.push(text.slice(open + 4, end < 0 ? undefined : end).slice(0, 500));
      if (end < 0) break;
      at = end + 3;
    } else if (/[a-z]/i.test(next)) {
      const { tag, end } = readTag(text, open + 1);
      at = end;

      if (rawText.has(tag.name)) {
        const close = closing(text, tag.name, at);
        const inside = text.slice(at, close);
        tags.push({ ...tag, text: tag.name === 'textarea' ? decode(inside) : inside });
        at = close;
      } else tags.push(tag);
    } else if (next === '/' || next === '!' || next === '?') {
      const end = text.indexOf('>', open);
      if (end < 0) break;
      at = end + 1;
    } else at = open + 1;
  }
  return { tags, comments };
}

function readTag(text: string, start: number): { tag: Tag; end: number } {
  const nameEnd = scan(text, start, /[\s/>]/g);
  const attributes = new Map<string, string>();
  let at = nameEnd;
  for (;;) {
    at = scan(text, at, /[^\s/]/g);
    if (at >= text.length || text[at] === '>') break;
    const keyEnd = scan(text, at + 1, /[\s/>=]/g);
    const key = text.slice(at, keyEnd).toLowerCase();
    at = scan(text, keyEnd, /\S/g);
    let value = '';
    if (text[at] === '=') {
      at = scan(text, at + 1, /\S/g);
      const quote = text[at];
      if (quote === '"' || quote === "'") {
        const close = text.indexOf(quote, at + 1);
        value = text.slice(at + 1, close < 0 ? undefined : close);
        at = close < 0 ? text.length : close + 1;
      } else {
        const close = scan(text, at, /[\s>]/g);
        value = text.slice(at, close);
        at = close;
      }
    }
    if (!attributes.has(key)) attributes.set(key, decode(value));
  }
  return { tag: { name: text.slice(start, nameEnd).toLowerCase(), attributes }, end: at + 1 };
}

/** Index of the first match at or after `from`, else the end of the text. */
function scan(text: string, from: number, what: RegExp): number {
  what.lastIndex = from;
  return what.exec(text)?.index ?? text.length;
}

const closing = (text: string, name: string, from: number): number => scan(text, from, new RegExp(`</${name}(?=[\\s/>])`, 'gi'));

const decode = (value: string): string => value.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole);
