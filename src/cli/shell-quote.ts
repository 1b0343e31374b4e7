/** `text` as one word of a POSIX shell, so that a command we print can be pasted whatever the file names are. */
export function shellQuote(text: string): string {
  // A word that starts with a dash would be read as an option.
  const word = text.startsWith('-') ? `./${text}` : text;
  if (/^[\w/:=.,@%+-]+$/.test(word)) return word;
  // Control characters would break the line or the terminal; $'...' writes them as escapes.
  if (/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/.test(word)) return `$'${word.replace(/[\\']|[^\x20-\x7e]/gu, escaped)}'`;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const escaped = (character: string): string =>
  character === '\\' || character === "'"
    ? `\\${character}`
    : [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
