/**
 * An id that says something under its encoding: `T3JkZXI6MQ==` is `Order:1` (Relay's global ids), `Z2lkOi8v…` a `gid://app/Order/1`, `MTIz` is `123`, and the
 * same in hexadecimal. Ids made of these by a secret (hashids, Sqids) cannot be read and are none here.
 */
export interface EncodedId {
  readonly form: 'base64' | 'base64url' | 'hex';
  readonly padded: boolean;
  /** What it says. */
  readonly plain: string;
  /** The id within: `1` of `Order:1`. */
  readonly core: string;
}

/** A number, or a name and an id behind it. */
const meaning = /^(?:\d+|gid:\/\/[\w.-]+\/[\w:.-]+\/[\w-]+|[A-Za-z][\w.]{1,40}[:|/#][\w-]{1,64}|\["?[\w.]+"?,\s?"?[\w-]+"?\])$/;

/** Reads an id; `undefined` where it says nothing, like any random one. */
export function decodedId(text: string): EncodedId | undefined {
  if (/^(?:[0-9a-f]{2}){3,}$/i.test(text)) {
    const plain = Buffer.from(text, 'hex').toString('latin1');
    // The hexadecimal form of a number is one itself.
    if (meaning.test(plain) && !/^\d+$/.test(plain)) return { form: 'hex', padded: false, plain, core: coreOf(plain) };
  }
  const [, body = '', padding = ''] = /^([A-Za-z0-9+/_-]{2,})(={0,2})$/.exec(text) ?? [];
  const plain = Buffer.from(body, 'base64').toString('latin1');
  if (body === '' || !meaning.test(plain)) return undefined;
  const form = /[_-]/.test(body) ? 'base64url' : 'base64';
  const again = Buffer.from(plain, 'latin1').toString(form).replace(/=+$/, '');
  return again === body ? { form, padded: padding !== '' || plain.length % 3 === 0, plain, core: coreOf(plain) } : undefined;
}

const coreOf = (plain: string): string => /([\w-]+)"?\]?$/.exec(plain)?.[1] ?? plain;

/** Another id in the form of one that was seen: of a thing of `type` where that says which kind it is. */
export function encodedLike({ form, padded, plain, core }: EncodedId, id: string, type: string): string {
  const kind = plain.slice(0, plain.length - core.length).replace(/[A-Za-z][\w.]*(?=[^\w.]$)/, type);
  const next = Buffer.from(plain.endsWith(core) ? `${kind}${id}` : plain.replace(core, id), 'latin1');
  if (form === 'hex') return next.toString('hex');
  const text = form === 'base64' ? next.toString('base64') : next.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  return padded ? text : text.replace(/=+$/, '');
}
