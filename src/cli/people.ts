import { isSecretName, isSecretValue } from '../collect/access/traffic/secrets.ts';
import { claimsOf } from '../collect/access/wire/claims.ts';
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
      ...(headers && { headers: headers.map((line) => headerOf(line, person.name)) }),
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

/** `X-Tenant: acme`, as the schema has it. Headers are shown in reports and kept in notes, so none may hold what lets somebody in. */
function headerOf(line: string, whose: string): readonly [string, string] {
  const at = line.indexOf(':');
  const name = line.slice(0, at);
  const value = line.slice(at + 1).trim();
  if (!isCredential(name, value)) return [name.toLowerCase(), value];
  throw new UsageError(
    `The header ${name} under headers of ${whose} lets whoever knows it in, and headers are shown in reports.`,
    insteadOf(name, value),
  );
}

function isCredential(name: string, value: string): boolean {
  // The key of a project that its pages hand to everybody.
  if (/^sb_publishable_/.test(value) || claimsOf(value)?.['role'] === 'anon') return false;
  // Some apps want any value against forged requests: X-CSRF: 1.
  if (/csrf|xsrf/i.test(name) && value.length < 8) return false;
  return /api-?key|access-?key|credential|auth(?!or)|session(?:-?id)?$/i.test(name) || isSecretName(name) || isSecretValue(value);
}

function insteadOf(name: string, value: string): string {
  if (/cookie|csrf|xsrf|session/i.test(name)) return 'Leave it out, and name passwordFrom: signing in brings a session of its own.';
  if (/^basic /i.test(value)) return 'Leave it out, and say basic: true with passwordFrom instead.';
  const how = /^authorization$/i.test(name)
    ? /^bearer /i.test(value) || !value.includes(' ')
      ? ''
      : `, scheme: ${value.split(' ')[0]}`
    : `, header: ${name}`;
  return `Put its value into an environment variable, and name that under key instead: key: { from: VARIABLE${how} }.`;
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
