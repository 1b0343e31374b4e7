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

function readResults(value: string): ReceiverSaid {
  const parts = withoutComments(value)
    .split(';')
    .map((part) => part.trim());
  // Outlook leaves out its own name, and begins with a result.
  const isNamed = !/^[a-z][a-z0-9-]*\s*=/i.test(parts[0] ?? '');
  const [name = '', ...rest] = isNamed ? parts : ['', ...parts];
  const results = rest.flatMap((part) => {
    const [, method, result] = /^([a-z][a-z0-9-]*)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(part) ?? [];
    return method === undefined || result === undefined || !/^(?:spf|dkim|dmarc|arc)$/i.test(method)
      ? []
      : [`${method}=${result}`.toLowerCase()];
  });
  return { name: (name.split(/\s/, 1)[0] ?? '').toLowerCase(), results };
}

/** Comments may hold anything, brackets in brackets included. */
export function withoutComments(text: string): string {
  let depth = 0;
  let plain = '';
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at];
    if (one === '\\' && depth > 0) at += 1;
    else if (one === '(') depth += 1;
    else if (one === ')' && depth > 0) depth -= 1;
    else if (depth === 0) plain += one;
  }
  return plain;
}
