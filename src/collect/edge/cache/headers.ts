/** Headers by which caches say what they did (RFC 9111, RFC 9211, and those of Cloudflare, Fastly, CloudFront, Vercel, Netlify, Varnish). */
const names = [
  'age',
  'cf-cache-status',
  'cache-status',
  'x-cache',
  'x-cache-status',
  'x-proxy-cache',
  'x-vercel-cache',
  'x-nextjs-cache',
  'x-varnish',
  'x-served-by',
  'cdn-cache',
  'via',
];

type Headers = Readonly<Record<string, string>>;

/** What an answer says of caches, for people. */
export const cacheNotes = (headers: Headers): string[] =>
  [...names, 'cache-control', 'vary'].flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name].slice(0, 120)}`]));

/** Whether an answer says that it came out of a cache; `undefined` where it says nothing of it. */
export function isHit(headers: Headers): boolean | undefined {
  const age = Number(headers['age'] ?? Number.NaN);
  if (age > 0) return true;
  const said = ['cf-cache-status', 'cache-status', 'x-cache', 'x-cache-status', 'x-proxy-cache', 'x-vercel-cache', 'cdn-cache'].flatMap(
    (name) => headers[name] ?? [],
  );
  // Two numbers: its own request, and the one that it was kept from.
  if (/^\d+ \d+$/.test(headers['x-varnish'] ?? '')) return true;
  if (said.some((one) => /\b(?:hit|stale|updating|revalidated)\b/i.test(one))) return true;
  if (said.some((one) => /\b(?:miss|bypass|dynamic|expired|pass|none|fwd)\b/i.test(one)) || age === 0 || headers['x-varnish'] !== undefined)
    return false;
  return undefined;
}
