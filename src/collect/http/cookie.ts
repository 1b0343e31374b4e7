import type { Cookie } from '../../evidence/http.ts';

/** Reads a Set-Cookie header (RFC 6265, section 5.2); the value is left behind. `undefined` when it names nothing, or takes a cookie away. */
export function readCookie(header: string, url: string): Cookie | undefined {
  const [pair = '', ...rest] = header.split(';');
  const name = (pair.split('=', 1)[0] ?? '').trim();
  if (name === '' || !pair.includes('=')) return undefined;
  const attributes = new Map(
    rest.map((part) => {
      const [key = '', ...value] = part.split('=');
      return [key.trim().toLowerCase(), value.join('=').trim()] as const;
    }),
  );
  if (isOver(attributes)) return undefined;
  const sameSite = attributes.get('samesite')?.toLowerCase();
  const domain = attributes.get('domain');
  return {
    name,
    url,
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : 'not-set',
    ...(domain !== undefined && domain !== '' && { domain }),
    persistent: attributes.has('expires') || attributes.has('max-age'),
  };
}

/** Max-Age counts before Expires (RFC 6265, section 5.3, step 3). */
function isOver(attributes: ReadonlyMap<string, string>): boolean {
  const seconds = attributes.get('max-age') ?? '';
  if (/^-?\d{1,15}$/.test(seconds)) return Number(seconds) <= 0;
  return Date.parse(attributes.get('expires') ?? '') <= Date.now();
}
