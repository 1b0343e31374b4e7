import { type RawMessage, valuesOf } from '../dkim/message.ts';

/** What a receiver wrote on top of a mail (RFC 8601). */
export interface ReceiverSaid {
  readonly name: string;
  /** `spf=pass`, `dkim=pass`, `dmarc=fail`, in order. */
  readonly results: readonly string[];
}

/** The topmost Authentication-Results, and those of the same server below it: what stands deeper was written by somebody else on the way. */
export function receiverSaid(message: RawMessage): ReceiverSaid | undefined {
  const all = valuesOf(message, 'authentication-results').map(readResults);
  const [first] = all;
  if (!first) return undefined;
  return {
    name: first.name === '' ? 'The receiving server' : first.name,
    results: all.filter(({ name }) => name === first.name).flatMap(({ results }) => results),
  };
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
