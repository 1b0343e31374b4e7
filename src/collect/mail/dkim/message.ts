/** A header field as it stands in a mail. Texts hold a character for each byte. */
export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  /** With its name and all line breaks, without the one at its end. */
  readonly raw: string;
  /** Behind the colon, unfolded; cut where it is longer than any that is meant. */
  readonly value: string;
}

/** A mail taken apart (RFC 5322 §2.1). */
export interface RawMessage {
  readonly fields: readonly HeaderField[];
  readonly body: string;
}

/** Header fields of one mail; more are made to keep somebody busy. */
const mostFields = 2_000;
/** Characters of a value. */
const longestValue = 2 ** 14;

/** Takes a mail apart. Line breaks are CRLF as on the wire; a mail that was kept with bare line feeds gets them back. */
export function splitMessage(bytes: Uint8Array): RawMessage {
  const kept = Buffer.from(bytes).toString('latin1');
  const text = kept.includes('\r\n') ? kept : kept.replace(/\n/g, '\r\n');
  const end = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n');
  const head = end < 0 ? text.replace(/\r\n$/, '') : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end + (text.startsWith('\r\n') ? 2 : 4));
  const fields: HeaderField[] = [];
  for (const raw of head.split(/\r\n(?![ \t])/).slice(0, mostFields)) {
    const colon = raw.indexOf(':');
    if (colon < 1) continue;
    const name = raw.slice(0, colon).trim().toLowerCase();
    fields.push({
      name,
      raw,
      value: raw
        .slice(colon + 1, colon + 1 + longestValue)
        .replace(/\r\n(?=[ \t])/g, '')
        .trim(),
    });
  }
  return { fields, body };
}

/** Values of the fields of a name, from the top. */
export const valuesOf = ({ fields }: RawMessage, name: string): string[] =>
  fields.filter((one) => one.name === name).map(({ value }) => value);
