import { isIPv4, isIPv6 } from 'node:net';

/** What a mechanism that matches comes to. */
export type Qualifier = '+' | '-' | '~' | '?';

/** A mechanism of an SPF record (RFC 7208 §5). */
export type Mechanism =
  | { readonly is: 'all' }
  | { readonly is: 'include' | 'exists'; readonly domain: string }
  | { readonly is: 'a' | 'mx'; readonly domain?: string; readonly cidr4: number; readonly cidr6: number }
  | { readonly is: 'ptr'; readonly domain?: string }
  | { readonly is: 'ip4' | 'ip6'; readonly address: string; readonly cidr: number };

/** A term that says whose mail passes. */
export interface Directive {
  readonly term: string;
  readonly qualifier: Qualifier;
  readonly mechanism: Mechanism;
}

/** An SPF record as it is written. */
export interface SpfRecord {
  readonly text: string;
  readonly directives: readonly Directive[];
  /** Domain that goes on where nothing matches; macros in it are not expanded. */
  readonly redirect?: string;
  /** Domain that holds what whoever is refused is told. */
  readonly exp?: string;
}

/** The record does not keep to the grammar (RFC 7208 §12). The message says what is wrong with which term. */
export class SpfSyntaxError extends Error {
  readonly term: string;
  constructor(term: string, message: string) {
    super(message);
    this.name = 'SpfSyntaxError';
    this.term = term;
  }
}

/** Whether a TXT record is an SPF record (RFC 7208 §4.5). */
export const isSpf = (text: string): boolean => /^v=spf1(?: |$)/i.test(text);

/** Reads a record that `isSpf`. Throws `SpfSyntaxError` at the first term that is wrong: RFC 7208 §4.6 wants the whole record read before any of it counts. */
export function parseSpf(text: string): SpfRecord {
  const directives: Directive[] = [];
  const modifiers = new Map<string, string>();
  for (const term of text.split(' ').slice(1)) {
    if (term === '') continue;
    const [, name, value = ''] = /^([a-z][a-z\d._-]*)=(.*)$/is.exec(term) ?? [];
    if (name === undefined) {
      directives.push(directiveOf(term));
      continue;
    }
    const key = name.toLowerCase();
    const known = key === 'redirect' || key === 'exp';
    if (known && modifiers.has(key)) throw new SpfSyntaxError(term, `${key}= stands in it twice`);
    if (known && !isDomainSpec(value)) throw new SpfSyntaxError(term, `“${term}” names no domain`);
    if (!known && !isMacroString(value)) throw new SpfSyntaxError(term, `“${term}” holds what is no macro`);
    modifiers.set(key, value);
  }
  const redirect = modifiers.get('redirect');
  const exp = modifiers.get('exp');
  return { text, directives, ...(redirect !== undefined && { redirect }), ...(exp !== undefined && { exp }) };
}

function directiveOf(term: string): Directive {
  const [, sign = '', name = '', rest = ''] = /^([-+~?]?)([a-z\d]+)(.*)$/is.exec(term) ?? [];
  const mechanism = mechanismOf(name.toLowerCase(), rest, term);
  return { term, qualifier: sign === '' ? '+' : (sign as Qualifier), mechanism };
}

function mechanismOf(name: string, rest: string, term: string): Mechanism {
  const wrong = (message: string): SpfSyntaxError => new SpfSyntaxError(term, message);
  switch (name) {
    case 'all':
      if (rest !== '') throw wrong(`“${term}”: nothing may stand behind “all”`);
      return { is: name };
    case 'include':
    case 'exists': {
      const domain = rest.slice(1);
      if (!rest.startsWith(':') || !isDomainSpec(domain)) throw wrong(`“${term}” names no domain`);
      return { is: name, domain };
    }
    case 'ptr': {
      if (rest === '') return { is: name };
      const domain = rest.slice(1);
      if (!rest.startsWith(':') || !isDomainSpec(domain)) throw wrong(`“${term}” names no domain`);
      return { is: name, domain };
    }
    case 'a':
    case 'mx': {
      const [, before = '', , four, , six] = /^(.*?)(\/(\d+))?(\/\/(\d+))?$/s.exec(rest) ?? [];
      const cidr4 = prefixLength(four, 32);
      const cidr6 = prefixLength(six, 128);
      if (cidr4 === undefined || cidr6 === undefined) throw wrong(`“${term}”: the length of the prefix is none`);
      if (before === '') return { is: name, cidr4, cidr6 };
      const domain = before.slice(1);
      if (!before.startsWith(':') || !isDomainSpec(domain)) throw wrong(`“${term}” names no domain`);
      return { is: name, domain, cidr4, cidr6 };
    }
    case 'ip4':
    case 'ip6': {
      const [, address = '', , length] = /^:([^/]*)(\/(.*))?$/s.exec(rest) ?? [];
      const cidr = prefixLength(length, name === 'ip4' ? 32 : 128);
      const isAddress = name === 'ip4' ? isIPv4(address) : isIPv6(address) && !address.includes('%');
      if (!isAddress || cidr === undefined) throw wrong(`“${term}” is no ${name === 'ip4' ? 'IPv4' : 'IPv6'} network`);
      return { is: name, address, cidr };
    }
    default:
      throw wrong(`“${term}” is no mechanism of SPF`);
  }
}

/** A prefix length without zeros in front; all bits where it is absent. */
function prefixLength(text: string | undefined, bits: number): number | undefined {
  if (text === undefined) return bits;
  return /^(?:0|[1-9]\d{0,2})$/.test(text) && Number(text) <= bits ? Number(text) : undefined;
}

// RFC 7208 §7.1. The letters c, r and t are for explanations only, so they are no part of a domain. Digits of 0 keep nothing, which is no macro.
const token = /%(?:\{[slodiphv](?:0*[1-9]\d*)?r?[.\-+,/_=]*\}|%|_|-)|([\x21-\x24\x26-\x7e])/giy;

/** What literal text a string of macros ends with; `undefined` where it is no string of macros. */
function tailOf(text: string): string | undefined {
  let tail = '';
  let end = 0;
  for (const [all, literal] of text.matchAll(token)) {
    tail = literal === undefined ? '' : tail + literal;
    end += all.length;
  }
  return end === text.length ? tail : undefined;
}

const isMacroString = (text: string): boolean => tailOf(text) !== undefined;

/** A domain ends with a macro, or with a label that is no number (`domain-end` and `toplabel` of RFC 7208 §12). */
function isDomainSpec(text: string): boolean {
  const tail = tailOf(text);
  if (tail === undefined || text === '') return false;
  if (tail === '') return true;
  const labels = tail.replace(/\.$/, '').split('.');
  const last = labels.at(-1) ?? '';
  return labels.length > 1 && /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i.test(last) && !/^\d+$/.test(last);
}
