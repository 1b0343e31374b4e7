import { dmarcPolicies, type DmarcPolicy, type DmarcRecord } from '../../../evidence/dmarc.ts';

/** Whether a TXT record is a DMARC record: `v=DMARC1` stands first, in these very letters (RFC 9989 §4.7). */
export const isDmarc = (text: string): boolean => /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(text);

/** Tags that RFC 9989 took out (appendix C). */
const removed = ['pct', 'rf', 'ri'];
const known = ['v', 'p', 'sp', 'np', 't', 'psd', 'adkim', 'aspf', 'rua', 'ruf', 'fo', ...removed];

/** Reads a record that `isDmarc`. Whatever is wrong in it is left out and told; unknown tags are left out (RFC 9989 §4.8). */
export function parseDmarc(text: string): DmarcRecord {
  const problems: string[] = [];
  const tags = new Map<string, string>();
  for (const part of text.split(';').slice(1)) {
    if (part.trim() === '') continue;
    const [, name, value = ''] = /^[ \t]*([A-Za-z]+)[ \t]*=[ \t]*(.*?)[ \t]*$/s.exec(part) ?? [];
    if (name === undefined) problems.push(`“${part.trim()}” is no tag with a value`);
    else if (tags.has(name.toLowerCase())) problems.push(`${name}= stands in it twice`);
    else tags.set(name.toLowerCase(), value);
  }
  const oneOf = <Value extends string>(name: string, values: readonly Value[]): Value | undefined => {
    const given = tags.get(name);
    if (given === undefined) return undefined;
    const value = values.find((one) => one === given.toLowerCase());
    if (value === undefined) problems.push(`${name}=${given} is none of ${values.join(', ')}`);
    return value;
  };
  const p = oneOf<DmarcPolicy>('p', dmarcPolicies);
  const sp = oneOf<DmarcPolicy>('sp', dmarcPolicies);
  const np = oneOf<DmarcPolicy>('np', dmarcPolicies);
  const t = oneOf('t', ['y', 'n']);
  const psd = oneOf('psd', ['y', 'n', 'u']);
  const adkim = oneOf('adkim', ['r', 's']);
  const aspf = oneOf('aspf', ['r', 's']);
  const rua = addresses(tags.get('rua'), 'rua', problems);
  const ruf = addresses(tags.get('ruf'), 'ruf', problems);
  const sized = [tags.get('rua'), tags.get('ruf')].some((list) => /![0-9]+[kmgt]?\s*(?:,|$)/i.test(list ?? ''));
  for (const name of tags.keys()) if (!known.includes(name)) problems.push(`${name}= is no tag of DMARC, so nobody reads it`);
  const isBad = (name: string, value: unknown): boolean => tags.has(name) && value === undefined;
  // RFC 9989 §4.10.1: without a valid p, or with a wrong sp or np, it counts as p=none where it asks for reports, and not at all where it does not.
  const lacks = p === undefined || isBad('sp', sp) || isBad('np', np);
  if (!tags.has('p')) problems.push('it has no p=');
  return {
    text,
    ...(p !== undefined && !(lacks && rua.length > 0) && { p }),
    ...(lacks && rua.length > 0 && { p: 'none' as const }),
    ...(sp !== undefined && !lacks && { sp }),
    ...(np !== undefined && !lacks && { np }),
    test: t === 'y',
    psd: psd ?? 'u',
    adkim: adkim ?? 'r',
    aspf: aspf ?? 'r',
    rua,
    ruf,
    obsolete: [
      ...removed.filter((name) => tags.has(name)).map((name) => `${name}=${tags.get(name) ?? ''}`),
      ...(sized ? ['a size (!) behind an address'] : []),
    ],
    problems,
    ignored: lacks && rua.length === 0,
  };
}

/** The addresses of a list that are valid, without the size that RFC 7489 allowed behind them. */
function addresses(list: string | undefined, tag: string, problems: string[]): string[] {
  if (list === undefined) return [];
  return list.split(',').flatMap((part) => {
    const uri = part.trim().replace(/![0-9]+[kmgt]?$/i, '');
    const isMail = /^mailto:[^@\s<>!,]+@[^@\s<>!,?]+(?:\?.*)?$/i.test(uri);
    if (isMail || /^https?:\/\/[^\s!,]+$/i.test(uri)) return [uri];
    problems.push(
      uri === '' ? `${tag}= has an empty address in it` : `${tag}=${uri} is no address: it is written like mailto:reports@example.com`,
    );
    return [];
  });
}

/** One step weaker, which is what `t=y` asks for (RFC 9989 §4.7). */
export const weakened = (policy: DmarcPolicy): DmarcPolicy => (policy === 'reject' ? 'quarantine' : 'none');
