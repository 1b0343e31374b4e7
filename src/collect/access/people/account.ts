import { randomBytes } from 'node:crypto';
import type { GivenPerson } from '../../../core/target.ts';
import { codeNow } from './totp.ts';

/** What somebody signs in with. `made`: signed up by us. */
export interface Account extends Pick<GivenPerson, 'email' | 'username' | 'password' | 'headers' | 'key' | 'basic'> {
  readonly made?: true;
  /** As in `GivenPerson`; an account that we signed up gets it when the app asks for it. */
  totp?: string;
}

/** An account that is signed in to by a password. */
export type AccountWithPassword = Account & { readonly password: string };

/** A new account; example.com is kept for this by RFC 2606 and passes as an address everywhere. `email`: where we can read its mails. */
export function newAccount(email?: string): AccountWithPassword {
  const tag = randomBytes(5).toString('hex');
  return {
    email: email ?? `launch-ready-${tag}@example.com`,
    username: `lr${tag}`,
    password: `Lr9!${randomBytes(9).toString('base64url')}`,
    made: true,
  };
}

/**
 * How a request is marked by which somebody comes in: it begins a session and changes nothing else, unless the account is one of ours, which such requests
 * make, confirm and set up.
 */
export const asEntry = ({ made }: Pick<Account, 'made'>): { readonly harmless?: true } => (made ? {} : { harmless: true });

/** How somebody calls himself where a field asks for it. */
export const loginName = ({ email, username }: Account): string => username ?? email;

/** The same account without its authenticator app: it stops where a code is asked for. */
export function withoutCode(account: Account): Account {
  const bare = { ...account };
  delete bare.totp;
  return bare;
}

const named: readonly (readonly [RegExp, (account: Account) => string | undefined])[] = [
  [/totp|^otp|_otp|2fa|mfa_?code|one_?time/i, ({ totp }) => (totp === undefined ? undefined : codeNow(totp))],
  [/pass|pwd|passphrase/i, ({ password }) => password],
  [/e?-?mail/i, ({ email }) => email],
  [/user-?_?name|login|user|handle|nick/i, ({ email, username }) => username ?? email],
  [/identifier|account/i, ({ email }) => email],
];

/** What of an account a field of this name takes; `undefined` where it takes something else. */
export const credentialFor = (field: string, account: Account): string | undefined =>
  named.find(([name]) => name.test(field))?.[1](account);
