import { Secret, TOTP, URI } from 'otpauth';
import { pause } from '../wire/pause.ts';
import type { Sender } from '../wire/sender.ts';

/**
 * The authenticator app of somebody (RFC 6238), by its secret: base32, in groups or not, or an `otpauth://totp/` address, which may say other digits,
 * periods and hashes. Throws where it is neither.
 */
export function authenticatorOf(secret: string): TOTP {
  if (!secret.startsWith('otpauth://')) return new TOTP({ secret: Secret.fromBase32(secret.replace(/[\s-]/g, '').toUpperCase()) });
  const parsed = URI.parse(secret);
  if (parsed instanceof TOTP) return parsed;
  throw new TypeError('its codes are counted (HOTP), and not made of the time');
}

/** Which code of each secret was sent last, by its number. Apps take each once (RFC 6238, section 5.2), whatever session it came in. */
const sent = new Map<string, number>();

/** The number of the code that was sent last; `undefined` where none was. */
export const lastSent = (secret: string): number | undefined => sent.get(secret);

/** Whether the code that holds now was sent before. */
export const wasSent = (secret: string): boolean => lastSent(secret) === authenticatorOf(secret).counter();

/** The code that holds now. */
export function codeNow(secret: string): string {
  const authenticator = authenticatorOf(secret);
  sent.set(secret, authenticator.counter());
  return authenticator.generate();
}

/** The code that holds now. One that ends within a second might come too late, and is let go. */
export async function codeOf(run: Pick<Sender, 'signal'>, secret: string): Promise<string> {
  if (authenticatorOf(secret).remaining() < 1_000) await nextCode(run, secret);
  return codeNow(secret);
}

/** Milliseconds that are waited for another code at most: codes hold for half a minute as a rule, for a minute here and there. */
const mostWait = 60_000;

/** Waits until another code holds; false where that takes more than a minute, and nothing was waited for. Throws where the run is called off. */
export async function nextCode(run: Pick<Sender, 'signal'>, secret: string): Promise<boolean> {
  const remaining = authenticatorOf(secret).remaining();
  if (remaining > mostWait) return false;
  await pause(run, remaining + 50);
  return true;
}

/** The secret that a page or an answer shows to whoever sets up his authenticator app; `undefined` where it shows none. */
export function secretIn(text: string): string | undefined {
  const address = /otpauth:\/\/totp\/[^\s"'<>\\]+/.exec(text)?.[0].replaceAll('&amp;', '&');
  if (address !== undefined) return address;
  // Base32 as people type it: 16 digits and more, in groups of four or not.
  const shown = /(?<![\w-])(?:[A-Z2-7]{4} ?){4,16}(?![\w-])/.exec(text.replace(/<[^>]*>/g, '\n'))?.[0];
  return shown !== undefined && /\d/.test(shown) ? shown.trim() : undefined;
}
