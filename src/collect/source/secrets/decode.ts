/** Turns bytes into text of one character a byte, so that offsets stay byte offsets; UTF-16 (PowerShell's `>`) becomes UTF-8 first. */
export function textOf(content: Buffer): string {
  const utf16 = (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff);
  if (!utf16) return content.toString('latin1');
  const little =
    content[0] === 0xff
      ? content
      : Buffer.from(content)
          .subarray(0, content.length & ~1)
          .swap16();
  return Buffer.from(little.toString('utf16le').slice(1), 'utf8').toString('latin1');
}

/** True for content with a NUL in its first 8 KiB, UTF-16 text apart. */
export function isBinary(content: Buffer): boolean {
  const marked = (content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff);
  return !marked && content.subarray(0, 8192).includes(0);
}

/** The value as its file shows it: bytes above 127 are UTF-8. */
export const shown = (value: string): string => Buffer.from(value, 'latin1').toString('utf8');

/** Line and column of an offset, both from 1. `column` counts characters, not bytes. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let begin = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    begin = at + 1;
  }
  return { line, column: shown(text.slice(Math.max(begin, offset - 4096), offset)).length + 1 + Math.max(0, offset - 4096 - begin) };
}
