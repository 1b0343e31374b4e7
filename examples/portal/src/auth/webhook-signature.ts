import { createHmac, timingSafeEqual } from 'node:crypto';

/** How old a delivery may be; older ones are replays or come from a clock that is wrong. */
const TOLERANCE_SECONDS = 300;

/**
 * Checks the payment provider's signature header, "t=<unix seconds>,v1=<hex>[,v1=<hex>...]": an HMAC-SHA256 over the
 * time, a dot and the body exactly as it arrived. Several v1 appear while the secret is being changed.
 */
export function isSignedByProvider(body: Buffer, header: string | undefined, secret: string): boolean {
  const parts = (header ?? '').split(',').map((part) => part.split('=', 2));
  const time = Number(parts.find(([name]) => name === 't')?.[1]);
  if (!Number.isInteger(time)) return false;
  if (Math.abs(Date.now() / 1000 - time) > TOLERANCE_SECONDS) return false;
  const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest();
  return parts.some(([name, value]) => {
    const given = Buffer.from(value ?? '', 'hex');
    return name === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
