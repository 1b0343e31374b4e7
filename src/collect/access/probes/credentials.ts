import { keyName } from '../objects/seen.ts';
import type { Account } from '../people/account.ts';
import { record } from '../surface/schema.ts';

/** Fields that hold what somebody proves himself with. */
const secretField =
  /^(?:password|passwd|pwd|pass_?hash|password_?(?:hash|digest)|hashed_?password|encrypted_?password|totp_?secret|mfa_?secret|otp_?secret)$/;

/**
 * What passwords are kept as: bcrypt, argon2, scrypt, PBKDF2, Django's and Werkzeug's forms, or the bare digits of MD5 to SHA-512. A plain text under
 * such a key may be a label or a mask, and is none.
 */
const hash =
  /^(?:\$2[abxy]?\$\d\d\$.{53}|\$argon2(?:id?|d)\$.+|\$scrypt\$.+|\$?s[01]\$.+|(?:pbkdf2|scrypt|bcrypt|argon2)[\w:]*\$.+|(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})|[0-9a-f]{32,}[:.][0-9a-f]{16,}|[A-Z2-7]{16,64})$/i;

/** Who a record is about. */
const names = /^(?:e_?mail|user_?name|login|name|display_?name)$/;

/**
 * Hashes of passwords, and secrets of second factors, of others than `account` in an answer, in words that hold none of them (OWASP API3:2023). A record
 * counts where it says whom it is about.
 */
export function credentialsIn(json: unknown, account: Account | undefined): string[] {
  const found = new Map<string, number>();
  const own = account ? [account.email.toLowerCase(), account.username?.toLowerCase()] : [];
  const walk = (value: unknown, depth: number): void => {
    if (depth > 8) return;
    if (Array.isArray(value)) for (const one of value.slice(0, 500)) walk(one, depth + 1);
    else {
      const fields = Object.entries(record(value));
      const about = fields.flatMap(([key, one]) =>
        names.test(keyName(key)) && typeof one === 'string' && one !== '' ? [one.toLowerCase()] : [],
      );
      if (about.length > 0 && !about.some((name) => own.includes(name)))
        for (const [key, one] of fields)
          if (secretField.test(keyName(key)) && typeof one === 'string' && hash.test(one)) found.set(key, (found.get(key) ?? 0) + 1);
      for (const [, one] of fields) if (one !== null && typeof one === 'object') walk(one, depth + 1);
    }
  };
  walk(json, 0);
  return [...found].map(([key, count]) => `password hashes or other sign-in secrets under “${key}” (${count} times)`);
}
