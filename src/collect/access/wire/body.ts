import { randomBytes } from 'node:crypto';

/** What is sent with a request. `form` fields keep their order and may repeat; a `file` is a small text file. */
export type Body =
  | { readonly type: 'json'; readonly value: unknown }
  | { readonly type: 'form'; readonly fields: readonly (readonly [string, string])[] }
  | { readonly type: 'multipart'; readonly fields: readonly (readonly [string, string])[]; readonly files: readonly UploadedFile[] };

export interface UploadedFile {
  readonly field: string;
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
}

/** The bytes of a body and the header that says what they are. */
export interface Encoded {
  readonly contentType: string;
  readonly bytes: Buffer;
}

export function encode(body: Body): Encoded {
  if (body.type === 'json') return { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(body.value)) };
  if (body.type === 'form')
    return {
      contentType: 'application/x-www-form-urlencoded',
      bytes: Buffer.from(new URLSearchParams(body.fields.map(([name, value]): [string, string] => [name, value])).toString()),
    };
  // RFC 7578; the boundary is random, so that no value can hold it.
  const boundary = `launch-ready-${randomBytes(16).toString('hex')}`;
  const quoted = (text: string): string => text.replaceAll('"', '%22').replace(/[\r\n]+/g, ' ');
  const parts = [
    ...body.fields.map(([name, value]) => `Content-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}`),
    ...body.files.map(
      ({ field, name, contentType, text }) =>
        `Content-Disposition: form-data; name="${quoted(field)}"; filename="${quoted(name)}"\r\nContent-Type: ${contentType}\r\n\r\n${text}`,
    ),
  ];
  const text = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
  return { contentType: `multipart/form-data; boundary=${boundary}`, bytes: Buffer.from(text) };
}
