import { entropyOf, isPlaceholder, isWordy } from '../placeholder.ts';
import { type Meaning, type Rule, token } from '../rule.ts';

export const signingHarm = 'Whoever has it can make valid logins for any of your users, administrators included.';
export const signingRotate =
  'Make a new random value (for example `openssl rand -base64 32`), set it as an environment variable on the server, and read it from there only; everyone has to sign in again.';

/** True for a signing secret that a stranger would try first: a sample's text, a word, something short. */
export const isGuessable = (value: string): boolean =>
  value.length < 16 || isPlaceholder(value) || isWordy(value) || entropyOf(value) < 2.8;

/** What a literal signing secret in code is worth to a stranger; `fallback` when it only counts while a variable is not set. */
export function judgeSigningSecret(value: string, fallback: boolean, name: string): Partial<Meaning> {
  if (!isGuessable(value)) return {};
  const label = 'guessable secret for signing logins';
  if (!fallback) return { kind: 'guessable-signing-secret', label };
  const set = /[A-Z][A-Z0-9_]{4,}$/.exec(name)?.[0];
  return {
    kind: 'fallback-signing-secret',
    label,
    meaning: set === undefined ? 'used whenever no other is set' : `used whenever ${set} is not set`,
  };
}

export const signingRules: readonly Rule[] = [
  token(
    ['jwt.sign(', 'jwt.verify(', 'jsonwebtoken.sign(', 'jsonwebtoken.verify('],
    /(?:jwt|jsonwebtoken)\.(?:sign|verify)\([^'"`;]{1,120}?,\s{0,20}(?:process\.env\.\w{1,40}\s{0,3}(?:\|\||\?\?)\s{0,3})?["'`]([^"'`\s${}]{4,200})["'`]/,
    {
      kind: 'signing-secret',
      label: 'secret for signing logins',
      power: 'total',
      entropy: 0,
      harm: signingHarm,
      rotate: signingRotate,
      judge: (value, { text, start }) => {
        const before = text.slice(Math.max(0, start - 60), start);
        const variable = /env\.(\w{1,40})\s{0,3}(?:\|\||\?\?)\s{0,3}["'`]$/.exec(before)?.[1];
        // `jwt.verify(token, 'RS256')` and option names are no secrets.
        if (/^(?:[HREP]S\d{3}|base64(?:url)?|hex|utf-?8)$/i.test(value)) return undefined;
        return judgeSigningSecret(value, variable !== undefined, variable ?? '');
      },
    },
  ),
];
