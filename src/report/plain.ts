/**
 * Characters that do something to the reader's screen instead of showing: controls (escape, NUL), zero-width and bidirectional marks (they make
 * text read other than it is), line separators, lone surrogates, invisible letters, and what XML forbids. Newlines stay.
 */
const unseen = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\ufffe\uffff]/gu;

/** The same, and what opens a tag: for texts that keep every character but may be pasted into a page. */
export const risky = /(?!\n)[<>&\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\ufffe\uffff]/gu;

const named = (character: string): string => `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;

/** Text of the target made harmless and visible, lines kept: every character that would not show is named instead. */
export const visible = (text: string): string => text.replaceAll('\r\n', '\n').replaceAll('\t', '  ').replace(unseen, named);

/** The same on one line. */
export const oneLine = (text: string): string => visible(text.replace(/\s*[\r\n]+\s*/g, ' ')).trim();

/** At most `most` characters, cut with a note of how many are missing. */
export function clip(text: string, most: number): string {
  const characters = text.length <= most ? [] : [...text];
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}… (${characters.length - most} more characters)`;
}

/** A sentence shown in running text: visible, on one line, at most 600 characters. */
export const sentence = (text: string): string => clip(oneLine(text), 600);

/** A quotation of code or a response: visible, at most 30 lines of 240 characters. */
export function quotation(text: string): string {
  const lines = visible(text).split('\n');
  const shown = lines.slice(0, 30).map((line) => clip(line, 240));
  return (lines.length > 30 ? [...shown, `… (${lines.length - 30} more lines)`] : shown).join('\n');
}

/** A text to be copied whole, such as a prompt: visible, all lines, each at most 1,000 characters. */
export const verbatim = (text: string): string =>
  visible(text)
    .split('\n')
    .map((line) => clip(line, 1000))
    .join('\n');

/** At most `most` characters, cut at a word with an ellipsis: for a line that has room for the gist only. */
export function gist(text: string, most: number): string {
  const line = oneLine(text);
  return line.length <= most ? line : `${line.slice(0, most).replace(/\s+\S*$/, '')}…`;
}

/** Advice in lines, such as a statement and what comes after it: each a sentence, at most 20 of them. */
export const lines = (text: string): string[] =>
  text
    .split(/[\r\n]+/)
    .map(sentence)
    .filter((line) => line !== '')
    .slice(0, 20);
