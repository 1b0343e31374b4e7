import { oneLine } from '../plain.ts';

/** Colours of the first screen; each leaves the text alone when colours are off. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const sgr =
  (on: boolean, code: number, off: number) =>
  (text: string): string =>
    on && text !== '' ? `\u001b[${code}m${text}\u001b[${off}m` : text;

/** ANSI colours of the basic sixteen: they follow the reader's own theme. */
export const paint = (colour: boolean): Paint => ({
  bold: sgr(colour, 1, 22),
  dim: sgr(colour, 2, 22),
  red: sgr(colour, 31, 39),
  yellow: sgr(colour, 33, 39),
  green: sgr(colour, 32, 39),
  cyan: sgr(colour, 36, 39),
});

/** Columns a text takes: none for combining marks, two for wide scripts and emoji. */
export function columns(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let count = 0;
  for (const character of text)
    if (!/\p{Mn}|\p{Me}|\u200d|\ufe0f/u.test(character))
      count += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  return count;
}

/** Breaks a text at spaces into lines of at most `width` columns; a longer word is broken where the line ends. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(/ +/)) {
    for (const piece of columns(word) > width ? pieces(word, width) : [word]) {
      if (line !== '' && columns(line) + 1 + columns(piece) > width) {
        lines.push(line);
        line = piece;
      } else line = line === '' ? piece : `${line} ${piece}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const cut: string[] = [''];
  for (const character of word) {
    const last = cut.length - 1;
    if (columns(cut[last] ?? '') + columns(character) > width) cut.push(character);
    else cut[last] += character;
  }
  return cut;
}

/** Wrapped lines, each behind an indent; the first behind `first` where given (same width). */
export const indented = (text: string, width: number, indent: string, first = indent): string[] =>
  wrap(text, Math.max(20, width - indent.length)).map((line, index) => (index === 0 ? first : indent) + line);
