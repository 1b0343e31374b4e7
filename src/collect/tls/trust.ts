import { createSecureContext, rootCertificates, type SecureContext, type SecureContextOptions } from 'node:tls';

const made = new Map<string, SecureContext>();
const most = 16;

/**
 * What connections trust besides the authorities of Node (PEM), with their other settings. Kept for the next connection: it takes the processor some 15 ms to
 * read all that Node knows. `undefined` where nothing is added; Node itself has read its own but once.
 */
export function contextTrusting(authorities: readonly string[], settings: SecureContextOptions = {}): SecureContext | undefined {
  if (authorities.length === 0) return undefined;
  const key = JSON.stringify([authorities, settings]);
  const context = made.get(key) ?? createSecureContext({ ...settings, ca: [...rootCertificates, ...authorities] });
  made.set(key, context);
  const [oldest] = made.keys();
  if (made.size > most && oldest !== undefined) made.delete(oldest);
  return context;
}
