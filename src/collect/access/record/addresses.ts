import { Transform, type TransformCallback } from 'node:stream';

/** Puts one origin in place of another in what an app sends: `https://app.example.com` and, as JSON may have it, `https:\/\/app.example.com`. */
export interface Addresses {
  /** In one text, e.g. a header. */
  text(text: string): string;
  /** In a body that flows by; holds back no more than the beginning of an address that may go on in the next piece. */
  stream(): Transform;
}

/** What may stand after an origin where it is another one: `http://localhost:3000` is no part of `http://localhost:30001`. */
const goesOn = '[\\w.:-]';

export function addresses(from: string, to: string): Addresses {
  const forms = [from, from.replaceAll('/', '\\/')].map((form, nth) => [form, nth === 0 ? to : to.replaceAll('/', '\\/')] as const);
  const pattern = new RegExp(`(?:${forms.map(([form]) => escaped(form)).join('|')})(?!${goesOn})`, 'gi');
  const known = new Map(forms.map(([form, other]) => [form.toLowerCase(), other]));
  const replace = (text: string): string => text.replace(pattern, (found) => known.get(found.toLowerCase()) ?? found);

  /** How much of the end may be the beginning of an address; all of one counts, because what follows decides. */
  const open = (text: string): number => {
    const longest = Math.max(...forms.map(([form]) => form.length));
    const end = text.slice(-longest).toLowerCase();
    for (let length = end.length; length > 0; length -= 1)
      if (forms.some(([form]) => form.toLowerCase().startsWith(end.slice(-length)))) return length;
    return 0;
  };

  return {
    text: replace,
    stream() {
      let kept = '';
      return new Transform({
        // Bytes as characters: whatever else is in the text passes as it is, in any encoding that has ASCII in it.
        transform(chunk: Buffer, _encoding: string, done: TransformCallback) {
          const text = kept + chunk.toString('latin1');
          const hold = open(text);
          kept = text.slice(text.length - hold);
          done(null, Buffer.from(replace(text.slice(0, text.length - hold)), 'latin1'));
        },
        flush(done: TransformCallback) {
          done(null, Buffer.from(replace(kept), 'latin1'));
        },
      });
    },
  };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/**
 * A cookie of the app as the browser takes it from the proxy: for this host, without TLS. Names that begin with `__Host-` and `__Secure-` must have `Secure`
 * (RFC 6265bis, section 4.1.3), which browsers take from this machine without TLS too.
 */
export function cookieHere(line: string): string {
  const [pair = '', ...attributes] = line.split(';');
  const needsSecure = /^\s*__(?:Host|Secure)-/i.test(pair);
  const kept = attributes.flatMap((attribute) => {
    const [name = '', value = ''] = attribute.trim().split('=');
    if (/^domain$/i.test(name)) return [];
    if (needsSecure) return [attribute];
    if (/^(?:secure|partitioned)$/i.test(name)) return [];
    // Browsers refuse SameSite=None without Secure.
    return /^samesite$/i.test(name) && /^none$/i.test(value) ? [' SameSite=Lax'] : [attribute];
  });
  return [pair, ...kept].join(';');
}
