import ipaddr from 'ipaddr.js';

/** What macros stand for (RFC 7208 §7.2). */
export interface MacroValues {
  /** `local@domain`. */
  readonly sender: string;
  /** The domain whose record is looked at. */
  readonly domain: string;
  readonly helo: string;
  readonly ip: string;
  /** A name of the address that is proven to be its own; asked for only where a macro wants it. */
  readonly validated: () => Promise<string>;
  /** Who takes the mail; for explanations. */
  readonly receiver?: string;
}

/** A macro that is none, which only texts of explanations may hold: records are read strictly before. */
export class MacroError extends Error {}

const macro = /%(?:\{([a-z])(\d*)(r?)([.\-+,/_=]*)\}|([%_-])|)/gi;

/** Replaces the macros of a text. `explaining`: the letters `c`, `r` and `t` are macros as well. Throws `MacroError`. */
export async function expandMacros(text: string, values: MacroValues, explaining = false): Promise<string> {
  let out = '';
  let end = 0;
  for (const found of text.matchAll(macro)) {
    const [all, letter, digits = '', reversed = '', delimiters = '', special] = found;
    out += text.slice(end, found.index);
    end = found.index + all.length;
    if (special !== undefined) out += special === '%' ? '%' : special === '_' ? ' ' : '%20';
    else if (letter === undefined || digits.startsWith('0'))
      throw new MacroError(`a macro that is none: ${text.slice(found.index, found.index + 12)}`);
    else {
      const value = transformed(await valueOf(letter.toLowerCase(), values, explaining), digits, reversed !== '', delimiters);
      out +=
        letter === letter.toLowerCase()
          ? value
          : encodeURIComponent(value).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
    }
  }
  return out + text.slice(end);
}

async function valueOf(letter: string, values: MacroValues, explaining: boolean): Promise<string> {
  const { sender, domain, helo, ip } = values;
  const at = sender.lastIndexOf('@');
  switch (letter) {
    case 's':
      return sender;
    case 'l':
      return sender.slice(0, at);
    case 'o':
      return sender.slice(at + 1);
    case 'd':
      return domain;
    case 'i':
      return dotted(ip);
    case 'p':
      return values.validated();
    case 'v':
      return ip.includes(':') ? 'ip6' : 'in-addr';
    case 'h':
      return helo;
    default:
      if (!explaining) throw new MacroError(`%{${letter}} may only stand in explanations`);
      if (letter === 'c') return ip;
      if (letter === 'r') return values.receiver ?? 'unknown';
      if (letter === 't') return String(Math.floor(Date.now() / 1000));
      throw new MacroError(`%{${letter}} is no macro`);
  }
}

/** An IPv4 address as it is, an IPv6 address as its nibbles, dots between. */
const dotted = (ip: string): string =>
  ip.includes(':') ? [...Buffer.from(ipaddr.parse(ip).toByteArray()).toString('hex')].join('.').toUpperCase() : ip;

function transformed(value: string, digits: string, reversed: boolean, delimiters: string): string {
  const cut = delimiters === '' ? '.' : delimiters;
  if (digits === '' && !reversed && delimiters === '') return value;
  const parts = value.split(new RegExp(`[${cut.replace(/[\\\]^-]/g, String.raw`\$&`)}]`));
  if (reversed) parts.reverse();
  return (digits === '' ? parts : parts.slice(-Number(digits))).join('.');
}
