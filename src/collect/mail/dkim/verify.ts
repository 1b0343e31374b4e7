import { createHash, verify } from 'node:crypto';
import type { DkimKey } from '../../../evidence/dkim.ts';
import type { DnsClient } from '../../dns/client.ts';
import { isBelow } from '../../dns/name.ts';
import { type Canonical, canonicalBody, canonicalField } from './canonical.ts';
import { type AskedKey, askKey, shownKey } from './key.ts';
import type { HeaderField, RawMessage } from './message.ts';
import { parseTags } from './tags.ts';

/** What came of one signature (RFC 8601 §2.7.1). `policy`: it fits, and receivers do not count it (a key that is too short, SHA-1). */
export interface DkimResult {
  readonly result: 'pass' | 'fail' | 'policy' | 'neutral' | 'permerror' | 'temperror';
  readonly domain: string;
  readonly selector: string;
  /** What is wrong, in words. */
  readonly why?: string;
  /** The hash of the body does not fit; nothing else was looked at. */
  readonly bodyChanged?: true;
  readonly bits?: number;
  readonly type?: string;
  /** Absent where it was not asked for: what was signed has changed. */
  readonly key?: Omit<DkimKey, 'told'>;
  /** Names of the header fields that it covers, lower case. */
  readonly covers: readonly string[];
}

/** Bits below which no receiver counts a key (RFC 8301 §3.2). */
export const fewestBits = 1024;
/** Signatures that are looked at; more are made to keep somebody busy (RFC 6376 §6.1). */
export const mostSignatures = 10;

/** Verifies the signatures of a mail, from the top. Never throws. */
export const verifyDkim = (dns: DnsClient, message: RawMessage, now = Date.now()): Promise<DkimResult[]> =>
  Promise.all(
    message.fields
      .filter(({ name }) => name === 'dkim-signature')
      .slice(0, mostSignatures)
      .map((field) => verifyOne(dns, message, field, now)),
  );

/** Who signed, and with what. */
export interface SignedBy {
  readonly domain: string;
  readonly selector: string;
  /** `rsa-sha256`. */
  readonly algorithm: string;
  readonly signature: Buffer;
  /** Domain of `i=`. */
  readonly identity: string;
}

/** What is signed, and how it is brought into its form. */
export interface SignedParts {
  readonly head: Canonical;
  readonly body: Canonical;
  /** Names of header fields, lower case. */
  readonly covers: readonly string[];
  /** Of the body, base64. */
  readonly hash: string;
  /** Bytes of the body that are signed; all where absent. */
  readonly length?: number;
}

type Signature = SignedBy & SignedParts;

async function verifyOne(dns: DnsClient, message: RawMessage, field: HeaderField, now: number): Promise<DkimResult> {
  const read = readSignature(field.value, now);
  if (typeof read === 'string') {
    const tags = parseTags(field.value);
    return { result: 'permerror', domain: (tags?.get('d') ?? '').toLowerCase(), selector: tags?.get('s') ?? '', why: read, covers: [] };
  }
  const { domain, selector, covers } = read;
  const about = { domain, selector, covers };
  if (read.algorithm === 'rsa-sha1')
    return { ...about, result: 'policy', why: 'it is made with SHA-1, which no receiver counts (RFC 8301)' };
  const changed = bodyFault(message, read);
  if (changed) return { ...about, ...changed, ...(changed.result === 'fail' && { bodyChanged: true }) };
  const key = await askKey(dns, domain, selector);
  const unfit = unfitness(read, key);
  const shown = {
    ...about,
    ...(key.bits !== undefined && { bits: key.bits }),
    ...(key.type !== undefined && { type: key.type }),
    key: shownKey(key),
  };
  if (unfit) return { ...shown, ...unfit };
  const signed = Buffer.from(signedText(message, field, read), 'latin1');
  const fits = key.key !== undefined && matches(read, key.key, signed);
  if (!fits) return { ...shown, result: 'fail', why: 'the signature does not fit the key and the header of the mail' };
  if ((key.bits ?? 0) < fewestBits && key.type !== 'ed25519')
    return {
      ...shown,
      result: 'policy',
      why: `the key has ${key.bits ?? 0} bits, and receivers count none below ${fewestBits} (RFC 8301)`,
    };
  return { ...shown, result: 'pass' };
}

/** What is wrong with the body; `undefined` where it is the one that was signed. */
export function bodyFault(
  message: RawMessage,
  { body: way, length, hash: signed }: SignedParts,
): Pick<DkimResult, 'result' | 'why'> | undefined {
  const body = canonicalBody(message.body, way);
  if (length !== undefined && length > body.length) return { result: 'permerror', why: 'l= is more than the body has' };
  const hash = createHash('sha256')
    .update(Buffer.from(length === undefined ? body : body.slice(0, length), 'latin1'))
    .digest('base64');
  return hash === signed ? undefined : { result: 'fail', why: 'the body is not the one that was signed' };
}

/** Whether a signature is one of this text by this key. */
export function matches(
  { algorithm, signature }: Pick<SignedBy, 'algorithm' | 'signature'>,
  key: NonNullable<AskedKey['key']>,
  signed: Buffer,
): boolean {
  try {
    // RFC 8463 §3: Ed25519 signs the hash, not the text.
    return algorithm === 'ed25519-sha256'
      ? verify(null, createHash('sha256').update(signed).digest(), key, signature)
      : verify('sha256', signed, key, signature);
  } catch {
    return false;
  }
}

/** Why a key cannot be used for a signature; `undefined` where it can. */
export function unfitness(
  { domain, selector, algorithm, identity }: SignedBy,
  key: AskedKey,
): Pick<DkimResult, 'result' | 'why'> | undefined {
  const name = `${selector}._domainkey.${domain}`;
  if (key.state === 'failed') return { result: 'temperror', why: `the key ${name} could not be asked for: ${key.fault ?? ''}` };
  if (key.state === 'none') return { result: 'permerror', why: `there is no key ${name} in the DNS` };
  if (key.revoked) return { result: 'permerror', why: `the key ${name} was taken back (p= is empty)` };
  if (key.problem !== undefined) return { result: 'permerror', why: `the key ${name} cannot be read: ${key.problem}` };
  if (!algorithm.startsWith(`${key.type ?? 'rsa'}-`))
    return { result: 'permerror', why: `the key ${name} is of another kind than the signature` };
  if (key.hashes && !key.hashes.includes('sha256')) return { result: 'permerror', why: `the key ${name} does not allow SHA-256` };
  if (!key.forMail) return { result: 'permerror', why: `the key ${name} is not for mail` };
  if (key.strict && identity !== domain) return { result: 'permerror', why: `the key ${name} is not for subdomains` };
  return undefined;
}

/** Reads a DKIM-Signature (RFC 6376 §3.5, §6.1.1); what is wrong with it, in words. */
export function readSignature(value: string, now: number): Signature | string {
  const tags = parseTags(value);
  if (!tags) return 'it is no list of tags';
  const missing = ['v', 'a', 'b', 'bh', 'd', 'h', 's'].find((name) => !tags.has(name));
  if (missing !== undefined) return `it has no ${missing}=`;
  const get = (name: string): string => tags.get(name) ?? '';
  if (get('v') !== '1') return 'it is of another version';
  const algorithm = get('a').toLowerCase();
  if (!['rsa-sha256', 'ed25519-sha256', 'rsa-sha1'].includes(algorithm)) return `a=${get('a')} is unknown`;
  const [head = 'simple', body = 'simple'] = (tags.get('c') ?? 'simple/simple').toLowerCase().split('/');
  if (!isWay(head) || !isWay(body)) return `c=${get('c')} is unknown`;
  const covers = get('h')
    .split(':')
    .map((name) => name.trim().toLowerCase());
  if (!covers.includes('from')) return 'it does not cover From';
  const domain = get('d').toLowerCase().replace(/\.$/, '');
  const identity = (tags.get('i')?.replace(/^.*@/s, '') ?? domain).toLowerCase();
  if (!isBelow(identity, domain)) return 'i= is not of the domain of d=';
  const until = tags.get('x');
  if (until !== undefined && Number(until) * 1000 < now) return 'it has run out (x=)';
  const length = tags.get('l');
  if (length !== undefined && !/^\d{1,12}$/.test(length)) return 'l= is no number';
  return {
    domain,
    selector: get('s'),
    algorithm,
    head,
    body,
    covers,
    hash: get('bh').replace(/\s/g, ''),
    signature: Buffer.from(get('b').replace(/\s/g, ''), 'base64'),
    identity,
    ...(length !== undefined && { length: Number(length) }),
  };
}

/** A way to bring a text into its form, by its name in `c=`. */
export const isWay = (text: string): text is Canonical => text === 'simple' || text === 'relaxed';

/** The header fields that are covered, each from the bottom up (RFC 6376 §5.4.2), and the signature itself without `b=`. */
export function signedText({ fields }: RawMessage, own: HeaderField, { covers, head }: Pick<SignedParts, 'covers' | 'head'>): string {
  const used = new Map<string, number>();
  const lines: string[] = [];
  for (const name of covers) {
    const nth = used.get(name) ?? 0;
    used.set(name, nth + 1);
    const field = fields.filter((one) => one.name === name).toReversed()[nth];
    if (field) lines.push(`${canonicalField(field.raw, head)}\r\n`);
  }
  return lines.join('') + canonicalField(withoutSignature(own.raw), head);
}

/** A field with a signature as it was before that was put in: `b=` is empty. */
export const withoutSignature = (raw: string): string => raw.replace(/((?:^[^:]*:|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*/, '$1');
