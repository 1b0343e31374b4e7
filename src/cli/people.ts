import type { GivenKey, GivenPerson } from '../core/target.ts';
import type { Config, ConfiguredPerson } from './config.ts';
import { UsageError } from './usage-error.ts';

/** Those who sign in to the running app, with their secrets out of the environment. Throws `UsageError` where one is not set, or nothing lets somebody in. */
export function peopleOf({ access, file }: Config, environment: NodeJS.ProcessEnv = process.env): GivenPerson[] {
  const secret = (variable: string, what: string): string => {
    const value = environment[variable];
    if (value !== undefined && value !== '') return value;
    throw new UsageError(
      `The ${what} is to be found in the environment variable ${variable}, which is not set.`,
      `Set it before the call (it is named in ${file ?? 'the config'}), e.g. in your shell or as a secret of your CI.`,
    );
  };
  return (access?.people ?? []).map(({ passwordFrom, totpFrom, key, headers, ...person }) => {
    if (passwordFrom === undefined && key === undefined && (access?.mail === undefined || person.basic))
      throw new UsageError(
        `${person.name} has no password, and no mailbox is named in which a sign-in link could be read.`,
        `Name the environment variable that holds the password (passwordFrom) or a key, or a mailbox under access.mail in ${file ?? 'the config'}.`,
      );
    return {
      ...person,
      ...(passwordFrom !== undefined && { password: secret(passwordFrom, `password of ${person.name}`) }),
      ...(totpFrom !== undefined && { totp: totpOf(secret(totpFrom, `secret of ${person.name}'s authenticator app`), totpFrom) }),
      ...(key && { key: keyOf(key, secret(key.from, `key of ${person.name}`), person.name) }),
      ...(headers && { headers: headers.map(headerOf) }),
    };
  });
}

function totpOf(secret: string, variable: string): string {
  if (/^(?:[A-Z2-7\s-]{8,}=*|otpauth:\/\/totp\/\S+)$/i.test(secret)) return secret;
  throw new UsageError(
    `What the environment variable ${variable} holds is no secret of an authenticator app.`,
    'It is what stands beside the QR code when the app is set up: letters and the digits 2 to 7 (base32), or an address that begins with otpauth://totp/.',
  );
}

/** `X-Tenant: acme`, as the schema has it. */
function headerOf(line: string): readonly [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
}

function keyOf({ header, scheme, query }: NonNullable<ConfiguredPerson['key']>, value: string, name: string): GivenKey {
  if (query !== undefined && (header !== undefined || scheme !== undefined))
    throw new UsageError(
      `The key of ${name} goes into a header or into the query, not into both.`,
      'Leave out header and scheme, or query.',
    );
  if (query !== undefined) return { value, in: 'query', name: query };
  const word = scheme ?? (header === undefined ? 'Bearer' : undefined);
  return { value, in: 'header', name: (header ?? 'authorization').toLowerCase(), ...(word !== undefined && { scheme: word }) };
}
