import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { readBody } from '../../http/body.ts';
import { isSecretName, isSecretValue } from '../traffic/secrets.ts';

/** What is kept of one body, in bytes: enough to tell whose it is. */
export const keptBytes = 2 * 2 ** 20;

/** One exchange as the proxy saw it; bodies as they were sent, at most `keptBytes` of them. */
export interface Seen {
  readonly url: URL;
  readonly begun: Date;
  readonly ended: Date;
  readonly request: Pick<IncomingMessage, 'method' | 'httpVersion' | 'headers'>;
  readonly sent: Buffer;
  readonly response?: Pick<IncomingMessage, 'statusCode' | 'statusMessage' | 'httpVersion' | 'headers'>;
  readonly body: Buffer;
  /** Bytes of the body of the answer that passed. */
  readonly size: number;
}

const hidden = '[hidden]';

/**
 * An entry of an HTTP Archive (HAR 1.2). Left out: session cookies and keys in headers, and what was typed as a password. Nothing that tries the app reads
 * them; bodies may hold tokens all the same.
 */
export async function entryOf(seen: Seen): Promise<Readonly<Record<string, unknown>>> {
  const { url, begun, ended, request, sent, response, body, size } = seen;
  const ms = ended.getTime() - begun.getTime();
  const contentType = request.headers['content-type'] ?? '';
  const mimeType = response?.headers['content-type'] ?? '';
  const text = isText(mimeType) ? await textOf(body, response?.headers['content-encoding'] ?? '') : undefined;
  return {
    startedDateTime: begun.toISOString(),
    time: ms,
    request: {
      method: request.method ?? 'GET',
      url: url.href,
      httpVersion: `HTTP/${request.httpVersion}`,
      headers: headersIn(request.headers),
      queryString: [...url.searchParams].map(([name, value]) => ({ name, value })),
      cookies: [],
      headersSize: -1,
      bodySize: sent.length,
      ...(sent.length > 0 && { postData: { mimeType: contentType, text: withoutPasswords(sent.toString('utf8'), contentType) } }),
    },
    response: {
      status: response?.statusCode ?? 0,
      statusText: response?.statusMessage ?? '',
      httpVersion: `HTTP/${response?.httpVersion ?? '1.1'}`,
      headers: headersIn(response?.headers ?? {}),
      cookies: [],
      content: { size, mimeType, ...(text !== undefined && { text }) },
      redirectURL: response?.headers.location ?? '',
      headersSize: -1,
      bodySize: size,
    },
    cache: {},
    timings: { send: 0, wait: ms, receive: 0 },
  };
}

/** What may tell whose something is; scripts, styles and pictures are nobody's. */
const isText = (mimeType: string): boolean => /json|html|xml|text\/(?!css|javascript)/i.test(mimeType);

async function textOf(body: Buffer, encoding: string): Promise<string> {
  const encodings = encoding
    .toLowerCase()
    .split(/\s*,\s*/)
    .filter(Boolean);
  const { bytes } = await readBody(Readable.from([body]), encodings, keptBytes, () => false);
  return bytes.toString('utf8');
}

const headersIn = (headers: IncomingHttpHeaders): { readonly name: string; readonly value: string }[] =>
  Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => ({
      name,
      value: /^(?:set-)?cookie$|^(?:proxy-)?authorization$/.test(name) || isSecretName(name) || isSecretValue(one) ? hidden : one,
    })),
  );

/** Names of fields in which something secret is typed. */
const typed = /pass|pwd|secret|kennwort|contrase|senha|wachtwoord|^pin$|otp/i;

/** What was sent, without what was typed as a password. Where it cannot be told apart from the rest, nothing is kept. */
export function withoutPasswords(text: string, contentType: string): string {
  if (/urlencoded/i.test(contentType)) {
    const fields = [...new URLSearchParams(text)].map(([name, value]): [string, string] => [name, typed.test(name) ? hidden : value]);
    return new URLSearchParams(fields).toString();
  }
  if (!typed.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text, (name, value: unknown) => (typeof value === 'string' ? plainly(name, value) : value)));
  } catch {
    return '';
  }
}

/** A text of a JSON body; GraphQL has fields of its own in one. */
const plainly = (name: string, value: string): string =>
  typed.test(name)
    ? hidden
    : typed.test(value)
      ? value.replace(/(\w+\s*:\s*)"(?:[^"\\]|\\.)*"/g, (found, before: string) => (typed.test(before) ? `${before}"${hidden}"` : found))
      : value;
