import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { getDomain } from 'tldts';
import type { DkimKey } from '../../../evidence/dkim.ts';
import type { DnsClient } from '../../dns/client.ts';
import { parseTags } from './tags.ts';

/** A key as it is asked for (RFC 6376 §3.6). */
export interface AskedKey extends Omit<DkimKey, 'told'> {
  readonly key?: KeyObject;
  /** `t=s`: the domain of `i=` must be that of `d=`. */
  readonly strict: boolean;
  /** Hashes that may be used; any where the record does not say. */
  readonly hashes?: readonly string[];
  /** Whether it is for mail. */
  readonly forMail: boolean;
  /** Whether what stands there is meant as a key: it has a `p=`. */
  readonly isMeant: boolean;
}

/** Asks for the key of a selector. Never throws. */
export async function askKey(dns: DnsClient, domain: string, selector: string): Promise<AskedKey> {
  const name = `${selector}._domainkey.${domain}`;
  const about = { domain, selector, test: false, revoked: false, strict: false, forMail: true, isMeant: false };
  const answer = await dns.ask(name, 'TXT');
  if (answer.is === 'failed') return { ...about, state: 'failed', fault: answer.text };
  if (answer.is === 'none') {
    const leads = answer.message.answers.findLast(({ type }) => type === 'CNAME')?.data;
    return { ...about, state: 'none', ...(leads !== undefined && { at: String(leads) }) };
  }
  const end = answer.records[0]?.name;
  const found = { ...about, state: 'found' as const, ...(end !== undefined && end !== name.toLowerCase() && leadingTo(end, domain)) };
  // RFC 6376 §3.6.2.2: with several records nobody knows which one counts.
  if (answer.records.length > 1)
    return {
      ...found,
      isMeant: answer.records.some(({ data }) => parseKey(data).isMeant),
      problem: `there are ${answer.records.length} records, and there may be one`,
    };
  return { ...found, ...parseKey(answer.records[0]?.data ?? '') };
}

function leadingTo(at: string, domain: string): Pick<AskedKey, 'at' | 'runBy'> {
  const [there, here] = [at, domain].map((name) => getDomain(name, { validateHostname: false })?.toLowerCase());
  return { at, ...(there && there !== here && { runBy: there }) };
}

/** What is told of a key, without what it takes to verify with it. */
export function shownKey(asked: AskedKey): Omit<DkimKey, 'told'> {
  const { key: _, strict: __, hashes: ___, forMail: ____, ...shown } = asked;
  return shown;
}

/** What a record says. */
export function parseKey(
  text: string,
): Pick<AskedKey, 'type' | 'bits' | 'fingerprint' | 'test' | 'revoked' | 'problem' | 'key' | 'strict' | 'hashes' | 'forMail' | 'isMeant'> {
  const none = { test: false, revoked: false, strict: false, forMail: true, isMeant: false };
  const tags = parseTags(text);
  if (!tags) return { ...none, problem: 'it is no list of tags' };
  const version = tags.get('v');
  if (version !== undefined && (version !== 'DKIM1' || [...tags.keys()][0] !== 'v'))
    return { ...none, problem: 'it does not begin with v=DKIM1' };
  const p = tags.get('p')?.replace(/\s/g, '');
  if (p === undefined) return { ...none, problem: 'it has no p=, where the key stands' };
  const type = tags.get('k')?.toLowerCase() ?? 'rsa';
  const list = (name: string): string[] | undefined =>
    tags
      .get(name)
      ?.split(':')
      .map((one) => one.trim().toLowerCase());
  const flags = list('t') ?? [];
  const services = list('s') ?? ['*'];
  const hashes = list('h');
  const said = {
    type,
    test: flags.includes('y'),
    strict: flags.includes('s'),
    revoked: p === '',
    isMeant: true,
    forMail: services.includes('*') || services.includes('email'),
    ...(hashes && { hashes }),
  };
  if (p === '') return said;
  try {
    const key = keyOf(type, p);
    if (!key) return { ...said, problem: `k=${type} is no kind of key that receivers know` };
    const bits = key.asymmetricKeyDetails?.modulusLength ?? (type === 'ed25519' ? 256 : undefined);
    const fingerprint = createHash('sha256')
      .update(key.export({ format: 'der', type: 'spki' }))
      .digest('hex')
      .slice(0, 16);
    return { ...said, key, fingerprint, ...(bits !== undefined && { bits }) };
  } catch {
    return { ...said, problem: 'what stands behind p= is no key: it may have been cut off or broken up when it was pasted' };
  }
}

/** DER in front of the 32 bytes of an Ed25519 key (RFC 8410). */
const ed25519Head = Buffer.from('302a300506032b6570032100', 'hex');

function keyOf(type: string, base64: string): KeyObject | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error('no base64');
  const bytes = Buffer.from(base64, 'base64');
  if (type === 'ed25519') {
    if (bytes.length !== 32) throw new Error('no Ed25519 key');
    return createPublicKey({ key: Buffer.concat([ed25519Head, bytes]), format: 'der', type: 'spki' });
  }
  if (type !== 'rsa') return undefined;
  try {
    return rsaOnly(createPublicKey({ key: bytes, format: 'der', type: 'spki' }));
  } catch {
    // RFC 6376 §3.6.1 speaks of RSAPublicKey; both are in use.
    return rsaOnly(createPublicKey({ key: bytes, format: 'der', type: 'pkcs1' }));
  }
}

function rsaOnly(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') throw new Error('no RSA key');
  return key;
}
