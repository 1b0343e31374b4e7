/** A publishable key of Clerk: `$` ends the host of the Frontend API in it. */
export const publishableKeys = /\bpk_(test|live)_([A-Za-z0-9+/_-]{8,}={0,2})/g;

/** Where Clerk has the Frontend API of development instances. */
const ofDevelopment = /^[a-z0-9-]+\.clerk\.accounts\.dev$/;
const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d{1,5})?$/;

/**
 * Address of the Frontend API that a publishable key of a development instance names; `undefined` for every other text. Those of production are no
 * address of ours: real customers sign in there.
 */
export function frontendApiOf(key: string): URL | undefined {
  const [, kind, encoded = ''] = new RegExp(`^${publishableKeys.source}$`).exec(key) ?? [];
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  if (kind !== 'test' || !text.endsWith('$')) return undefined;
  const host = text.slice(0, -1);
  if (local.test(host)) return new URL(`http://${host}`);
  return ofDevelopment.test(host) ? new URL(`https://${host}`) : undefined;
}
