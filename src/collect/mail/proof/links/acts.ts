import { type MailedPage, tokensIn } from '../../../access/mail/read.ts';
import { deedIn } from '../../../access/surface/safety.ts';

/** What a link does, by one word of what the mail says of it or of its address. */
const deeds = new Set(
  (
    'approve reject decline deny accept refuse confirm pay unsubscribe optout delete remove cancel revoke ' +
    'genehmigen freigeben ablehnen annehmen zustimmen bestätigen bezahlen zahlen abmelden abbestellen löschen stornieren kündigen ' +
    'approuver rejeter refuser accepter confirmer payer désinscrire annuler supprimer aprobar rechazar aceptar confirmar pagar cancelar eliminar'
  ).split(' '),
);
/** In an address they say what becomes of a thing; in a text, what became of it. */
const outcomes = new Set(['approved', 'rejected', 'declined', 'denied', 'accepted', 'confirmed']);
/** An answer as all of a part of an address, and as the begin of a text. */
const answer = /^(?:yes|no|y|n|ja|nein|oui|non)$/i;
const answering = /^\W*(?:yes|no|ja|nein|oui)\b(?!\.)/i;
const optsOut = /\bopt(?:ing)?[ _-]?out\b|\bde-?register\b/i;

const wordsOf = (text: string): string[] =>
  text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u);
const isDeed = (text: string): boolean => optsOut.test(text) || wordsOf(text).some((word) => deeds.has(word));

/** Why a link to an ordinary page is not opened, as it goes on after “it was not opened:”; `undefined` where opening it only shows something. */
export function whyHeldBack({ url, said }: MailedPage): string | undefined {
  const [, first = '', ...rest] = url.pathname.split('/').map(decoded);
  const query = [...url.searchParams];
  // `/no/` at the front is Norwegian.
  const answers = [...rest, ...query.map(([, value]) => value)].some((part) => answer.test(part));
  const says = [first, ...rest, ...query.flat()].some((part) => isDeed(part) || wordsOf(part).some((word) => outcomes.has(word)));
  if (answers || says || deedIn(url.search) !== undefined) return 'by its address it may do something';
  if (said.split('\n').some((line) => answering.test(line) || isDeed(line))) return 'by what the mail says of it it may do something';
  return isOpaque(url) ? 'it holds a token, and may do something for whoever has that' : undefined;
}

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const number = /^\d{1,12}$/;
/** Words and years: `berths-in-december-2026`. */
const slug = /^(?:[a-z]+|\d{1,4})(?:[-_](?:[a-z]+|\d{1,4}))*$/i;
const kindOfThing = /^(?!(?:tokens|unsubscribes|confirmations|verifications|links|clicks|actions|answers|responses)$)[a-z][a-z-]{2,}s$/i;

/** Whether an address holds what only names a way in: nothing in it tells a thing that is shown, as `/requests/17` and `?id=17` do. */
function isOpaque(url: URL): boolean {
  const named = new Set<string>();
  const path = url.pathname.split('/').map(decoded);
  path.forEach((part, nth) => {
    if (number.test(part) || slug.test(part) || (isThing(part) && kindOfThing.test(path[nth - 1] ?? ''))) named.add(part);
  });
  for (const [name, value] of url.searchParams)
    if (/(?:^|[_-])id$|Id$/.test(name) && (number.test(value) || uuid.test(value))) named.add(value);
  // What stands behind the # is not sent.
  return tokensIn(new URL(`${url.origin}${url.pathname}${url.search}`)).some((token) => !named.has(token));
}

/** Ids by which apps name things in addresses: a UUID, and short ones as `INV-2041`. */
const isThing = (part: string): boolean => uuid.test(part) || (part.length <= 14 && /^[A-Za-z]+[-_]?\d+$/.test(part));

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
