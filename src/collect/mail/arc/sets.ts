import { type Canonical } from '../dkim/canonical.ts';
import type { HeaderField, RawMessage } from '../dkim/message.ts';
import { parseTags } from '../dkim/tags.ts';
import { isWay, type SignedBy, type SignedParts } from '../dkim/verify.ts';

/** The three header fields that a server adds to a mail that it hands on (RFC 8617 §4.1). */
export interface ArcSet {
  /** From 1. */
  readonly instance: number;
  /** ARC-Authentication-Results. */
  readonly results: HeaderField;
  /** What it says: all behind `i=1;`. */
  readonly said: string;
  /** ARC-Message-Signature. */
  readonly message: HeaderField;
  readonly messageTags: ReadonlyMap<string, string>;
  /** ARC-Seal. */
  readonly seal: HeaderField;
  readonly sealTags: ReadonlyMap<string, string>;
}

/** Sets of one mail (RFC 8617 §5.2); more are made to keep somebody busy. */
const mostSets = 50;

interface Part {
  readonly instance: number;
  readonly field: HeaderField;
  readonly tags: ReadonlyMap<string, string>;
  readonly said: string;
}

/** The sets of a mail, the first of them first; what is wrong with them, in words. None: an empty list. */
export function arcSets({ fields }: RawMessage): readonly ArcSet[] | string {
  const of = (name: string): HeaderField[] => fields.filter((one) => one.name === name);
  const results = of('arc-authentication-results').map(readResults);
  const messages = of('arc-message-signature').map(readTagged);
  const seals = of('arc-seal').map(readTagged);
  const most = Math.max(results.length, messages.length, seals.length);
  if (most > mostSets) return `it has more than ${mostSets} sets`;
  const sets: ArcSet[] = [];
  for (let instance = 1; instance <= most; instance += 1) {
    const [first, second, third] = [results, messages, seals].map((parts) => {
      const own = parts.filter((part) => part?.instance === instance);
      return own.length === 1 ? own[0] : undefined;
    });
    if (!first || !second || !third) return `its set ${instance} is not whole`;
    sets.push({
      instance,
      results: first.field,
      said: first.said,
      message: second.field,
      messageTags: second.tags,
      seal: third.field,
      sealTags: third.tags,
    });
  }
  return [results, messages, seals].every(({ length }) => length === most) ? sets : 'its sets are not whole';
}

function readResults(field: HeaderField): Part | undefined {
  const [, digits, said] = /^i[ \t]*=[ \t]*(\d{1,2})[ \t]*;([\s\S]*)$/.exec(field.value) ?? [];
  return digits === undefined ? undefined : { instance: Number(digits), field, tags: new Map(), said: said ?? '' };
}

function readTagged(field: HeaderField): Part | undefined {
  const tags = parseTags(field.value);
  const digits = tags?.get('i') ?? '';
  return tags && /^\d{1,2}$/.test(digits) ? { instance: Number(digits), field, tags, said: '' } : undefined;
}

/** Who made a signature; what is wrong with its tags, in words. */
export function signedBy(tags: ReadonlyMap<string, string>): SignedBy | string {
  const missing = ['a', 'b', 'd', 's'].find((name) => !tags.get(name));
  if (missing !== undefined) return `it has no ${missing}=`;
  const get = (name: string): string => tags.get(name) ?? '';
  if (!['rsa-sha256', 'ed25519-sha256'].includes(get('a'))) return `a=${get('a')} is unknown`;
  if (tags.has('t') && !/^\d{1,12}$/.test(get('t'))) return 't= is no time';
  const domain = get('d').toLowerCase().replace(/\.$/, '');
  return {
    domain,
    selector: get('s'),
    algorithm: get('a'),
    signature: Buffer.from(get('b').replace(/\s/g, ''), 'base64'),
    identity: domain,
  };
}

/** What an ARC-Message-Signature covers (RFC 8617 §4.1.2). It need not cover From, and may not cover a seal. */
export function signedParts(tags: ReadonlyMap<string, string>): SignedParts | string {
  const missing = ['bh', 'h'].find((name) => !tags.has(name));
  if (missing !== undefined) return `it has no ${missing}=`;
  const [head = 'simple', body = 'simple'] = (tags.get('c') ?? 'simple/simple').split('/');
  if (!isWay(head) || !isWay(body)) return `c=${tags.get('c') ?? ''} is unknown`;
  const ways: { readonly head: Canonical; readonly body: Canonical } = { head, body };
  const covers = (tags.get('h') ?? '').split(':').map((name) => name.trim().toLowerCase());
  if (covers.includes('arc-seal')) return 'it covers a seal';
  const length = tags.get('l');
  if (length !== undefined && !/^\d{1,12}$/.test(length)) return 'l= is no number';
  return { ...ways, covers, hash: (tags.get('bh') ?? '').replace(/\s/g, ''), ...(length !== undefined && { length: Number(length) }) };
}
