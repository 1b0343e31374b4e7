/** The two ways in which a mail may be changed on its way without its signature breaking (RFC 6376 §3.4). */
export type Canonical = 'simple' | 'relaxed';

/** A header field as it is signed, without the line break at its end. */
export function canonicalField(raw: string, way: Canonical): string {
  if (way === 'simple') return raw;
  const colon = raw.indexOf(':');
  const value = raw
    .slice(colon + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/^ | $/g, '');
  return `${raw
    .slice(0, colon)
    .replace(/[ \t]+$/, '')
    .toLowerCase()}:${value}`;
}

/** A body as it is signed. */
export function canonicalBody(body: string, way: Canonical): string {
  const lines = body.split('\r\n');
  const changed = way === 'simple' ? lines : lines.map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  let end = changed.length;
  while (end > 0 && changed[end - 1] === '') end -= 1;
  const whole = changed.slice(0, end).join('\r\n');
  if (whole !== '') return `${whole}\r\n`;
  return way === 'simple' ? '\r\n' : '';
}
