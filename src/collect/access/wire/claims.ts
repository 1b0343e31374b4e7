/** What a JSON web token says (RFC 7519), unverified; `undefined` for what is none. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, claims] = token.split('.');
  if (claims === undefined || token.split('.').length !== 3) return undefined;
  try {
    const read: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
    return read !== null && typeof read === 'object' ? (read as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
