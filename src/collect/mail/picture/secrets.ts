import type { Mail } from '../../access/mail/mailbox.ts';
import { keyOf, tokensIn } from '../../access/mail/read.ts';
import { addressesIn } from '../proof/links.ts';

/** Shorter ones are words and numbers that stand everywhere. */
const shortest = 4;

/** What must not be read off a picture of a mail: tokens of its links, in each way that they are written, its codes, and passwords that it tells. Long ones first. */
export function secretsOf(mail: Mail): string[] {
  const found = new Set<string>();
  const add = (secret: string | undefined): void => {
    if (secret === undefined) return;
    for (const form of [secret, encodeURIComponent(secret), decoded(secret)]) if (form.length >= shortest) found.add(form);
  };
  for (const address of addressesIn(mail.html, mail.text)) addressSecrets(address).forEach(add);
  const words = `${mail.subject}\n${mail.text}\n${readable(mail.html)}`;
  for (const address of words.matchAll(/https?:\/\/[^\s<>"'\]]+/g)) addressSecrets(address[0]).forEach(add);
  const code = keyOf(mail)?.code;
  add(code);
  // Where there is one code there may be more of its kind, as those that are kept for later.
  if (code !== undefined)
    for (const [number] of words.matchAll(/(?<![\w.,#])(?:\d{4,8}|\d{3}[ -]\d{3})(?!\w|[.,]\d)/g))
      if (number.replace(/\D/g, '').length === code.length && !isYear(number)) add(number);
  for (const [, password] of words.matchAll(
    /\b(?:pass ?word|passwort|mot de passe|contrase\S{1,2}a|passcode|secret|api[ -]key)\b[^\S\n]*(?:is|ist|:|=)\s*(\S{6,})/gi,
  ))
    add(password);
  for (const [word] of words.matchAll(/\S{16,}/g)) if (looksMade(word)) add(word);
  return [...found].toSorted((a, b) => b.length - a.length);
}

/** What of an address only the receiver may know: its tokens, those of the address that it wraps, and all that stands behind the path. */
function addressSecrets(address: string): string[] {
  const url = URL.parse(address);
  if (!url) return [];
  const wrapped = [...url.searchParams.values()].flatMap((value) => (/^https?:\/\//i.test(value) ? addressSecrets(value) : []));
  return [
    ...tokensIn(url),
    ...wrapped,
    url.search.slice(1),
    url.hash.slice(1),
    ...[...url.searchParams.values()].filter((value) => /\d/.test(value) || value.length >= 16),
  ];
}

const isYear = (number: string): boolean => /^(?:19|20)\d\d$/.test(number);

/** A word that nobody would write: letters and digits in turns, of both cases or all hexadecimal. */
const looksMade = (word: string): boolean =>
  !/^(?:https?:|[^\s@]+@)/i.test(word) &&
  /^[\w+/=.~-]+$/.test(word) &&
  /\d/.test(word) &&
  (/^[0-9a-f-]+$/i.test(word) || (/[a-z]/.test(word) && /[A-Z]/.test(word)));

/** The text of HTML, roughly: enough to find what looks like a secret. */
const readable = (html: string): string =>
  html
    .replace(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<(?:wbr|\/?(?:span|b|strong|i|em|font|code|u|small))\b[^>]*>/gi, '')
    .replace(/<[^>]*>/g, '\n')
    .replace(/&nbsp;|&#160;/g, ' ')
    .replace(/&amp;/g, '&');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
