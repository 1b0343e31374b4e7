import { list, record } from '../surface/schema.ts';
import { isBinding } from './bound.ts';
import type { Exchange } from './exchange.ts';

/** Why a recording cannot be used, for people; without the name of the file. */
export class BadHar extends Error {}

/** Texts longer than this say nothing more of whose they are, in characters. */
const longest = 2 * 2 ** 20;
/** Entries of a recording that are read. */
const most = 20_000;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads HTTP Archive 1.2 as browsers and Playwright save it: the exchanges with the app at `origin`, in order. What went to other hosts, sockets and
 * whatever is broken in single entries is left out. Throws `BadHar` where it is no such file or holds nothing of the app.
 */
export function readHar(text: string, origin: string): Exchange[] {
  const entries = entriesOf(text);
  const exchanges = entries.slice(0, most).flatMap((entry) => exchangeOf(record(entry), origin) ?? []);
  if (exchanges.length > 0) return exchanges;
  const others = [...new Set(entries.flatMap((entry) => URL.parse(String(record(record(entry)['request'])['url']))?.origin ?? []))];
  throw new BadHar(
    entries.length === 0
      ? 'it holds no requests; record it while you click through the app'
      : `none of its ${entries.length} requests went to ${origin}${others.length > 0 ? `, but to ${others.slice(0, 3).join(', ')}` : ''}; record it at the address that is tried`,
  );
}

function entriesOf(text: string): readonly unknown[] {
  if (text.trim() === '') throw new BadHar('it is empty');
  let document: unknown;
  try {
    // Some tools write a byte order mark.
    document = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new BadHar(
      /^\s*[{[]/.test(text)
        ? `its JSON is broken (${error instanceof Error ? error.message.slice(0, 80) : 'it ends early'}); it may have been cut off, save it again`
        : 'it is no JSON; save the network log as HAR',
    );
  }
  const entries = record(record(document)['log'])['entries'];
  if (!Array.isArray(entries)) throw new BadHar('it has no log.entries, so it is no HTTP Archive (HAR 1.2)');
  return entries;
}

function exchangeOf(entry: Json, origin: string): Exchange | undefined {
  const request = record(entry['request']);
  const response = record(entry['response']);
  const url = typeof request['url'] === 'string' ? URL.parse(request['url']) : undefined;
  if (!url || url.origin !== origin || entry['_webSocketMessages'] !== undefined || typeof request['method'] !== 'string') return undefined;
  const status = typeof response['status'] === 'number' && response['status'] > 0 ? response['status'] : 0;
  const sent = sentIn(request);
  const bound = list(request['headers']).flatMap((one): [string, string][] => {
    const { name, value } = record(one);
    return typeof name === 'string' && typeof value === 'string' && isBinding(name, value) ? [[name.toLowerCase(), value]] : [];
  });
  return {
    method: request['method'].toUpperCase(),
    path: `${url.pathname}${url.search}`,
    ...(sent && { sent }),
    ...(bound.length > 0 && { bound }),
    status,
    text: contentIn(record(response['content'])),
  };
}

function sentIn(request: Json): Exchange['sent'] {
  const data = record(request['postData']);
  const contentType = String(data['mimeType'] ?? headerOf(request, 'content-type') ?? '').toLowerCase();
  if (typeof data['text'] === 'string' && data['text'] !== '')
    return { contentType, text: decoded(data['text'], data['encoding'] ?? data['_encoding']).slice(0, longest) };
  const parameters = list(data['params']).map(record);
  if (parameters.length === 0 || !/urlencoded/.test(contentType)) return undefined;
  const fields = parameters.map(({ name, value }): [string, string] => [plain(String(name)), plain(String(value ?? ''))]);
  return { contentType, text: new URLSearchParams(fields).toString() };
}

/** Firefox and Chrome keep fields of forms encoded as they were sent. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const headerOf = (message: Json, name: string): unknown =>
  list(message['headers'])
    .map(record)
    // HTTP/2 has its own first line as headers: `:method`, `:path`.
    .find((one) => String(one['name']).toLowerCase() === name)?.['value'];

function contentIn(content: Json): string {
  const { text, encoding } = content;
  if (typeof text !== 'string' || text.length > longest * 2) return '';
  const isText = /json|html|xml|text|javascript|^$/i.test(String(content['mimeType'] ?? ''));
  return isText ? decoded(text, encoding).slice(0, longest) : '';
}

const decoded = (text: string, encoding: unknown): string => (encoding === 'base64' ? Buffer.from(text, 'base64').toString('utf8') : text);
