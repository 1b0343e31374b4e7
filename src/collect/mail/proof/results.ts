import { getDomain } from 'tldts';
import { mailProviders } from '../../../core/mail-providers.ts';
import type { ReceiverWord } from '../../../evidence/mail-proof.ts';
import type { MailBox } from '../../access/mail/mailbox.ts';
import { type RawMessage, valuesOf } from '../dkim/message.ts';

/** What a receiver wrote on top of a mail (RFC 8601). */
export interface ReceiverSaid {
  readonly name: string;
  /** `spf=pass`, `dkim=pass`, `dmarc=fail`, in order. */
  readonly results: readonly string[];
  readonly itself?: ReceiverWord;
}

/** The topmost Authentication-Results, and those of the same server below it: what stands deeper was written by somebody else on the way. */
export function receiverSaid(message: RawMessage, box?: MailBox): ReceiverSaid | undefined {
  const all = valuesOf(message, 'authentication-results').map(readResults);
  const [first] = all;
  if (!first) return undefined;
  const itself = box && wordOf(message, box);
  return {
    ...(itself && { itself }),
    name: first.name === '' ? 'The receiving server' : first.name,
    results: all.filter(({ name }) => name === first.name).flatMap(({ results }) => results),
  };
}

/**
 * What the server of the box said itself: by its name or one of its domain, on top of all that was signed before it came. Whoever sends can write such a field into his mail, and a server
 * that writes none may leave it there; a service that signs the mail does so above it.
 */
function wordOf({ fields }: RawMessage, box: MailBox): ReceiverWord | undefined {
  const signed = fields.findIndex(({ name }) => name === 'dkim-signature');
  const above = (signed < 0 ? fields : fields.slice(0, signed)).filter(({ name }) => name === 'authentication-results');
  const read = above.map(({ value }) => readMethods(value));
  const [first] = read;
  if (!first || !isOfBox(first.name, box)) return undefined;
  const end = read.findIndex(({ name }) => name !== first.name);
  const methods = (end < 0 ? read : read.slice(0, end)).flatMap((one) => one.methods);
  const dmarc = methods.find(({ method }) => method === 'dmarc')?.result;
  return {
    ...(dmarc !== undefined && { dmarc }),
    signed: methods.filter(({ method, result }) => method === 'dkim' && result === 'pass').flatMap(signerIn),
  };
}

function isOfBox(name: string, { host, provider }: MailBox): boolean {
  const domain = getDomain(name, { validateHostname: false }) ?? name;
  const known = mailProviders.find(({ id }) => id === provider);
  if (known) return known.speaksAs.includes(domain);
  return name !== '' && (name === host.toLowerCase() || domain === getDomain(host, { validateHostname: false }));
}

/** The domain that a signature is of, by a result of DKIM. */
export function signerIn({ properties }: SaidMethod): string[] {
  const domain = (properties.get('header.d') ?? properties.get('header.i')?.replace(/^.*@/s, '') ?? '').toLowerCase();
  return domain === '' ? [] : [domain];
}

const readResults = (value: string): ReceiverSaid => {
  const { name, methods } = readMethods(value);
  return {
    name,
    results: methods.filter(({ method }) => /^(?:spf|dkim|dmarc|arc)$/.test(method)).map(({ method, result }) => `${method}=${result}`),
  };
};

/** One result of a receiver: `dkim=pass header.d=example.com`. */
export interface SaidMethod {
  /** Lower case, as all but the values of `properties` are. */
  readonly method: string;
  readonly result: string;
  /** `header.d` to `example.com`. */
  readonly properties: ReadonlyMap<string, string>;
  /** As it stands there, with comments. */
  readonly text: string;
}

/** The name of a receiver and its results, in order. */
export function readMethods(value: string): { readonly name: string; readonly methods: readonly SaidMethod[] } {
  const parts = partsOf(value);
  // Outlook leaves out its own name, and begins with a result.
  const isNamed = !/^[a-z][a-z0-9-]*\s*=/i.test(withoutComments(parts[0] ?? '').trim());
  const [name = '', ...rest] = isNamed ? parts : ['', ...parts];
  const methods = rest.flatMap((text): SaidMethod[] => {
    const plain = withoutComments(text).trim();
    const [, method, result] = /^([a-z][a-z0-9-]*)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(plain) ?? [];
    if (method === undefined || result === undefined) return [];
    const properties = [...plain.matchAll(/\s([a-z]+\.[a-z][a-z0-9-]*)\s*=\s*("[^"]*"|\S+)/gi)].map(
      ([, key = '', of = '']) => [key.toLowerCase(), of.replace(/^"|"$/g, '')] as const,
    );
    return [{ method: method.toLowerCase(), result: result.toLowerCase(), properties: new Map(properties), text }];
  });
  return { name: (withoutComments(name).trim().split(/\s/, 1)[0] ?? '').toLowerCase(), methods };
}

/** The parts between semicolons that stand in no comment. */
function partsOf(text: string): string[] {
  const parts = [''];
  walk(text, (one, depth) => {
    if (one === ';' && depth === 0) parts.push('');
    else parts[parts.length - 1] += one;
  });
  return parts;
}

/** Comments may hold anything, brackets in brackets included. */
export function withoutComments(text: string): string {
  let plain = '';
  walk(text, (one, depth) => {
    if (depth === 0) plain += one;
  });
  return plain;
}

/** Goes through a text with the depth of the comment that each character stands in; brackets are in theirs. */
function walk(text: string, visit: (one: string, depth: number) => void): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at] ?? '';
    if (one === '\\' && depth > 0) {
      visit(text.slice(at, at + 2), depth);
      at += 1;
    } else if (one === '(') visit(one, (depth += 1));
    else if (one === ')' && depth > 0) {
      visit(one, depth);
      depth -= 1;
    } else visit(one, depth);
  }
}
