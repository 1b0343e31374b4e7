import { readHtml } from '../../http/html.ts';
import { splitMessage, valuesOf } from '../../mail/dkim/message.ts';
import { isId } from '../surface/template.ts';
import { serviceOf } from './link-service.ts';
import type { Mail } from './mailbox.ts';

/** What a mail hands over: a link to open, a code to type, or both. */
export interface Key {
  /** As it stands in the mail, unwrapped from what counts clicks. */
  readonly link?: URL;
  readonly code?: string;
  /** How long the mail says it is good for, e.g. `within 30 minutes`. */
  readonly lifetime?: string;
}

/** Characters of a mail that are looked through: what it was sent for stands further up, and a mail must not keep us busy. */
const readable = 2 ** 18;
/** Characters of an address. */
const longestLink = 4_096;
/** Links of a mail. */
const mostLinks = 2_000;

const shortened = ({ subject, html, text, ...rest }: Mail): Mail => ({
  ...rest,
  subject: subject.slice(0, 1_000),
  html: html.slice(0, readable),
  text: text.slice(0, readable),
});

/** The link or code that a mail was sent for; `undefined` where it has none. */
export function keyOf(whole: Mail): Key | undefined {
  const mail = shortened(whole);
  const link = linkOf(mail);
  const code = codeOf(mail);
  const lifetime = lifetimeOf(mail);
  if (!link && code === undefined) return undefined;
  return { ...(link && { link }), ...(code !== undefined && { code }), ...(lifetime !== undefined && { lifetime }) };
}

const purposes = /reset|recover|password|confirm|verif|activat|invit|accept|join|magic|log-?_?in|sign-?_?in|token|code=|otp|key=/i;
/** Links that stand in every mail. */
const furniture =
  /unsubscribe|preferences|privacy|terms|imprint|help|support|contact|facebook\.|twitter\.|\/\/x\.com|linkedin\.|instagram\.|youtube\.|apps\.apple|play\.google|\.(?:png|jpe?g|gif|svg|css|ico)(?:$|\?)/i;

/** Links that undo or end something say so. */
const ends = /\b(?:unsubscribe|opt[ -]?out|abmelden|d[ée]sinscrire|cancel|decline|reject|revoke|not me|wasn.?t me|wasn.?t you|not you)\b/i;

/** The link with a token in it; of several the one that says what it is for, and of those the first. */
function linkOf(mail: Mail): URL | undefined {
  const isEnding = unsubscribing(mail);
  const best = linksOf(mail)
    .filter(({ url }) => !isEnding(url))
    .map(({ url, label }) => ({ url, worth: worthOf(url, label) }))
    .toSorted((a, b) => b.worth - a.worth)[0];
  return best && best.worth > 0 ? best.url : undefined;
}

/** A link of a mail, and what the mail says of it. */
export interface MailedPage {
  readonly url: URL;
  /** Its text, that of its pictures, and of plain text what stands before it. */
  readonly said: string;
}

/** The links of a mail that are about the mail itself, secret or not, as they stand in it; each once. */
export function pagesOf(mail: Mail): MailedPage[] {
  const isEnding = unsubscribing(mail);
  const found = new Map<string, MailedPage>();
  for (const { url, said } of linksOf(shortened(mail))) {
    if (furniture.test(url.href) || isEnding(url)) continue;
    const known = found.get(url.href);
    found.set(url.href, { url, said: known ? `${known.said}\n${said}` : said });
  }
  return [...found.values()];
}

/** Whether a link is named in List-Unsubscribe (RFC 2369): opening it may unsubscribe. Where a token stands in its path, the query may be another one. */
function unsubscribing({ raw }: Mail): (url: URL) => boolean {
  const named = valuesOf(splitMessage(raw), 'list-unsubscribe')
    .flatMap((value) => [...value.slice(0, 8_000).matchAll(/<\s*(https?:[^>\s]+)\s*>/gi)])
    .slice(0, 10)
    .flatMap(([, address = '']) => URL.parse(address) ?? []);
  return (url) =>
    named.some(
      (one) =>
        one.href === url.href ||
        (one.host === url.host && one.pathname === url.pathname && tokensIn(new URL(one.pathname, one.origin)).length > 0),
    );
}

function worthOf(url: URL, label: string): number {
  const tokens = tokensIn(url);
  // A random token may hold any word.
  const { href, origin } = withoutWayOn(url);
  const plain = tokens.reduce((whole, one) => whole.replace(one, ''), href);
  if (furniture.test(plain) || ends.test(plain.slice(origin.length)) || ends.test(label)) return -1;
  const token = tokens.length > 0;
  const purpose = purposes.test(`${url.pathname}${url.search}${url.hash}`);
  // A page of the app without a token (its sign-in, its forgotten password) is no key.
  return token ? 2 + Number(purpose) + Number(purposes.test(label)) : 0;
}

/** The parts of an address that only the receiver of the mail can know; first the one that is most likely the secret. */
export function tokensIn(url: URL): string[] {
  // Apps that draw their pages in the browser keep their own path behind the `#`.
  const [, behind = ''] = url.hash.split('#');
  const [path = '', query = ''] = behind.split('?');
  const named = [...url.searchParams, ...new URLSearchParams(query || (path.includes('=') ? path : ''))].filter(
    ([name]) => !sideline.test(name),
  );
  const parts = [
    ...named.map(([name, value]) => ({ value, worth: secretName.test(name) ? 2 : 0 })),
    ...[...url.pathname.split('/'), ...path.split('/')].map((part) => ({ value: decoded(part), worth: 0 })),
  ].filter(({ value }) => looksRandom(value));
  // The id of an account is often a UUID, and longer than the token beside it.
  const worth = (one: (typeof parts)[number]): number => one.worth + (one.value.length >= 16 && !uuid.test(one.value) ? 1 : 0);
  return parts.toSorted((a, b) => worth(b) - worth(a) || b.value.length - a.value.length).map(({ value }) => value);
}

/** Parameters that say something of the mail or the way on, and are no secret. */
const sideline = /^(?:utm_|mc_|e?mail$|redirect|next$|lang|type$|locale$)/i;
const secretName = /token|code|key|hash|otp|secret|ticket/i;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A JSON web token, or what names one thing of many; words of an address (`reset-password`) are none. */
const looksRandom = (part: string): boolean =>
  /^[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]{8,})?$/.test(part) ||
  (isId(part) && !/^[a-z]+(?:[-_][a-z]+)+$/.test(part)) ||
  // Random letters without a digit among them; no word changes between small and capital letters like that.
  (/^[\w-]{16,}$/.test(part) && /[a-z][A-Z].*[a-z][A-Z]/.test(part)) ||
  // Base64 with its padding.
  /^(?=.*\d)[A-Za-z0-9+/]{12,}={0,2}$/.test(part);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

interface Link extends MailedPage {
  /** What the reader sees of a link in HTML. */
  readonly label: string;
}

function linksOf({ html, text }: Mail): Link[] {
  const found: Link[] = [];
  const add = (href: string, label: string, said = label): void => {
    const url = href.length > longestLink ? null : URL.parse(href);
    if (url && /^https?:$/.test(url.protocol)) found.push({ url: unwrapped(url), label, said });
  };
  // A link ends where the next one begins, closed or not.
  const ends = [...html.matchAll(/<(\/?)a(?=[\s/>])/gi)].slice(0, 2 * mostLinks);
  for (const [nth, { 1: slash, index }] of ends.entries()) {
    if (slash === '/') continue;
    const link = html.slice(index, ends[nth + 1]?.index);
    const [tag, ...inside] = readHtml(link).tags;
    const href = tag?.attributes.get('href');
    if (href === undefined) continue;
    const plain = withoutTags(link);
    const pictures = inside.flatMap(({ name, attributes }) => (name === 'img' ? [attributes.get('alt') ?? ''] : []));
    add(href.trim(), plain, [plain, ...pictures, tag?.attributes.get('title') ?? '', tag?.attributes.get('aria-label') ?? ''].join('\n'));
  }
  for (const one of [...text.matchAll(/https?:\/\/[^\s<>"'\]]+/g)].slice(0, mostLinks))
    add(withoutEnd(one[0]), '', saidBefore(text.slice(Math.max(0, one.index - 200), one.index)));
  return found;
}

/** What plain text says of the link behind it: on its line, else on the one right above, as of a button. */
function saidBefore(before: string): string {
  const [line = '', above = ''] = before.split('\n').toReversed();
  return /\p{L}/u.test(line) ? line.replace(/https?:\/\/\S+/g, '') : above.length < 80 ? above : '';
}

/** Parameters that say where to go on once the link did what it is for. */
const wayOn = /^(?:redirect|callback|next$|continue|return)/i;

/** What stands in the address of the page to go on to says nothing of the link. */
function withoutWayOn(url: URL): URL {
  const plain = new URL(url);
  for (const [name, value] of url.searchParams) if (wayOn.test(name) || isAddress.test(value)) plain.searchParams.delete(name);
  return plain;
}

const isAddress = /^https?:\/\//i;

/** Without the dot of the sentence. */
export function withoutEnd(href: string): string {
  let end = href.length;
  while ('.,;:!?)'.includes(href[end - 1] ?? ' ')) end -= 1;
  return href.slice(0, end);
}

/** What is read of HTML: a blank for each tag, a new line where one begins. In one pass: time grows with the length, whatever it holds. */
function withoutTags(html: string): string {
  const never = new Set<string>();
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const open = html.indexOf('<', at);
    const end = open < 0 ? -1 : html.indexOf('>', open);
    if (end < 0) return parts.join('') + html.slice(at);
    const [, name = ''] = /^<(\/?[a-z]\w*)/i.exec(html.slice(open, open + 12)) ?? [];
    const tag = name.toLowerCase();
    parts.push(html.slice(at, open), newLine.test(tag) ? '\n' : ' ');
    at = end + 1;
    if (!unread.test(tag) || never.has(tag)) continue;
    const close = new RegExp(`</${tag}\\s*>`, 'gi');
    close.lastIndex = at;
    if (close.exec(html)) at = close.lastIndex;
    else never.add(tag);
  }
}

const newLine = /^(?:br|\/p|\/div|\/tr|\/h\d|\/td|\/li)$/;
const unread = /^(?:style|script|head)$/;

/** Mail services send readers by an address of their own that holds the true one; opening that would be telling them. */
function unwrapped(url: URL): URL {
  for (const [name, value] of url.searchParams) {
    const inner = isAddress.test(value) ? URL.parse(value) : null;
    if (!inner || tokensIn(inner).length === 0 || wayOn.test(name)) continue;
    const outer = new URL(url);
    outer.searchParams.delete(name);
    // A link of the app may say where to go on; its token stands beside that. What counts clicks has tokens of its own.
    if (tokensIn(outer).length === 0 || serviceOf(url)?.does === 'counts clicks') return inner;
  }
  return url;
}

/** Text of a mail as it is read: of the HTML where there is no plain one. */
function plainText({ text, html }: Mail): string {
  if (text.trim() !== '') return text;
  return withoutTags(html).replace(/&nbsp;|&#160;/g, ' ');
}

const codeWords = /\b(?:code|otp|pin|passcode|one-time|verification)\b/i;

/** The code to type: four to eight digits or capitals that stand alone on a line, or near a word for it. */
function codeOf(mail: Mail): string | undefined {
  const text = plainText(mail).replace(/https?:\/\/\S+/g, ' ');
  const whole = `${mail.subject}\n${text}`;
  if (!codeWords.test(whole)) return undefined;
  const alone = /^[ \t*]*(\d{4,8}|\d{3}[ -]\d{3}|(?=[A-Z0-9]*\d)[A-Z0-9]{5,8})[ \t*.]*$/m.exec(text)?.[1];
  const beside = /\b(?:code|otp|pin|passcode)\b[^\n\d]{0,40}?[\s:#*]((?:\d{4,8}|\d{3}[ -]\d{3}|(?=[A-Z]*\d)[A-Z0-9]{5,8}))\b/i.exec(
    whole,
  )?.[1];
  const before = /(?:^|[\s*])(\d{4,8}|\d{3}[ -]\d{3}) (?:is|as) your\b/im.exec(whole)?.[1];
  return (alone ?? beside ?? before)?.replace(/[ -]/g, '');
}

const inWords: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  five: 5,
  six: 6,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  sixty: 60,
  'twenty-four': 24,
};
const inSeconds: Readonly<Record<string, number>> = { sec: 1, min: 60, hou: 3_600, day: 86_400, wee: 604_800 };
const span = String.raw`(?:\d+|${Object.keys(inWords).join('|')})[ -](?:seconds?|secs?|minutes?|mins?|hours?|days?|weeks?)`;
const lifetimes = new RegExp(String.raw`\b(?:within|valid for|expires? (?:in|after)|for|in)(?: the next| only)? ${span}`, 'i');

const lifetimeOf = (mail: Mail): string | undefined => lifetimes.exec(plainText(mail).replace(/\s+/g, ' '))?.[0];

/** How long a mail says that its link or code is good for, in seconds; `undefined` where it does not say. */
export function secondsOf({ lifetime = '' }: Key): number | undefined {
  const [, count = '', unit = ''] = /(\S+)[ -](sec|min|hou|day|wee)[a-z]*$/i.exec(lifetime) ?? [];
  const each = inSeconds[unit.toLowerCase()];
  return each === undefined ? undefined : each * (inWords[count.toLowerCase()] ?? Number(count));
}
