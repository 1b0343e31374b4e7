import { domainToASCII } from 'node:url';

/** Bytes of a name as it is sent, its lengths and its end included (RFC 1035 §3.1). */
const longestName = 255;
const longestLabel = 63;

/**
 * A name as it is asked for: lower case, without the dot at its end, in ASCII (`bücher.example` → `xn--bcher-kva.example`). `undefined` where no name server
 * can be asked for it: an empty label, one of more than 63 bytes, more than 255 bytes in all (RFC 1035 §2.3.4).
 */
export function askable(name: string): string | undefined {
  const plain = name.replace(/\.$/, '');
  // What is ASCII is asked as it is: names of records hold underscores, and more, that no address bar takes.
  // oxlint-disable-next-line no-control-regex -- ASCII is meant
  const ascii = /^[\x00-\x7f]*$/.test(plain) ? plain : domainToASCII(plain);
  if (ascii === '') return name === '.' ? '.' : undefined;
  const labels = ascii.split('.');
  if (labels.some((label) => label === '' || Buffer.byteLength(label) > longestLabel)) return undefined;
  return Buffer.byteLength(ascii) + 2 > longestName ? undefined : ascii.toLowerCase();
}

/** The name above: `b.example` of `a.b.example`; `.` of `example`; `undefined` above the root. */
export function parentOf(name: string): string | undefined {
  if (name === '.') return undefined;
  const at = name.indexOf('.');
  return at < 0 ? '.' : name.slice(at + 1);
}

/** Whether a name is `zone` or below it. */
export const isBelow = (name: string, zone: string): boolean => zone === '.' || name === zone || name.endsWith(`.${zone}`);
