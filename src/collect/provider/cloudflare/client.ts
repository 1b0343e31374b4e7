import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { CollectFault } from '../../../core/evidence.ts';
import { faultOf, isOurs } from '../../http/fault.ts';
import { openTransport } from '../../http/transport.ts';
import { userAgent } from '../../http/client.ts';

/** Where the API of Cloudflare is. */
const host = 'api.cloudflare.com';
const limits = { connectMs: 8000, headersMs: 30_000, idleMs: 15_000, totalMs: 45_000, bodyBytes: 16 * 2 ** 20 };
/** Attempts of one call. */
const attempts = 4;
/** Things on a page: the most that the list of zones allows. */
const pageSize = 50;
const mostPages = 200;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The envelope that every answer stands in. */
interface Envelope {
  readonly success: boolean;
  readonly errors?: readonly { readonly code: number; readonly message: string }[];
  readonly result: unknown;
  readonly result_info?: { readonly page?: number; readonly total_pages?: number; readonly total_count?: number };
}

/** An answer that says no. */
export class CloudflareError extends Error {
  readonly status: number;
  /** Numbers of Cloudflare, e.g. 81058. */
  readonly codes: readonly number[];
  readonly call: string;
  constructor(call: string, status: number, errors: readonly { code: number; message: string }[]) {
    const said = errors.map(({ code, message }) => `${message} (${code})`).join(' ');
    super(said === '' ? `Cloudflare answered ${status} to ${call}.` : `Cloudflare answered ${status} to ${call}: ${said}`);
    this.name = 'CloudflareError';
    this.status = status;
    this.codes = errors.map(({ code }) => code);
    this.call = call;
  }
}

/** Nobody knows whether a call was carried out: no answer came, or one that says that something broke. */
export class UnansweredCall extends Error {
  constructor(call: string, why: string) {
    super(`Nobody knows whether ${call} was carried out: ${why}`);
    this.name = 'UnansweredCall';
  }
}

export interface Call {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  /** Sends a broken-off call again: right for what only reads, and for what is the same done twice. */
  readonly repeatable?: boolean;
}

export interface CloudflareClient {
  /** The `result` of an answer. Throws `CloudflareError` where it says no, `UnansweredCall` where a change may or may not have been made, `CollectFault` where nothing can be read. */
  call(method: Method, path: string, call?: Call): Promise<unknown>;
  /** All pages of a list, and how many things there are. */
  pages(path: string, query?: Call['query']): Promise<readonly unknown[]>;
  /** An answer that is no JSON. */
  text(path: string): Promise<string>;
  /** Requests sent so far. */
  sent(): number;
  close(): Promise<void>;
}

export interface ClientSettings {
  readonly token: string;
  /** `https://api.cloudflare.com/client/v4`, or a stand-in on this machine. */
  readonly base: string;
  readonly signal?: AbortSignal;
  /** Longest wait that a 429 may ask for, in milliseconds. */
  readonly patienceMs?: number;
  /** Pause before something is sent again, in milliseconds; doubled each time. */
  readonly pauseMs?: number;
}

/** Throws where a token would go anywhere but to Cloudflare, or to this machine. */
function checkBase(base: URL): void {
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(base.hostname);
  if (isLoopback || (base.protocol === 'https:' && base.host === host)) return;
  throw new CollectFault(
    'blocked',
    `The token of Cloudflare is not sent to ${base.host}.`,
    `Leave out cloudflare.base: the API is at ${host}.`,
  );
}

/** Calls the API of Cloudflare (version 4). The token stands in a header alone, and redirects are not followed. */
export function openCloudflare({ token, base, signal, patienceMs = 60_000, pauseMs = 400 }: ClientSettings): CloudflareClient {
  const root = new URL(base);
  // All parts of a zone are asked for at once.
  if (signal) setMaxListeners(0, signal);
  checkBase(root);
  const transport = openTransport({ pins: {}, named: (name) => name === root.hostname }, limits, { connections: 6, authorities: [] });
  let sent = 0;

  async function exchange(method: Method, path: string, { query = {}, body, repeatable = method === 'GET' }: Call) {
    const url = new URL(root.pathname.replace(/\/$/, '') + path, root);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const call = `${method} ${path}`;
    for (let nth = 1; ; nth += 1) {
      const isLast = nth >= attempts;
      sent += 1;
      let answer;
      try {
        answer = await transport.send(url, {
          method,
          headers: {
            'user-agent': userAgent,
            authorization: `Bearer ${token}`,
            accept: 'application/json',
            ...(body !== undefined && { 'content-type': 'application/json' }),
          },
          ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
          bodyBytes: limits.bodyBytes,
          signal,
        });
      } catch (error) {
        if (isOurs(error)) throw error;
        if (signal?.aborted && !repeatable) throw new UnansweredCall(call, 'it was stopped.');
        if (signal?.aborted)
          throw new CollectFault(
            'timeout',
            'The time for this step was up before Cloudflare answered.',
            'Run it again with a longer --timeout.',
          );
        const fault = faultOf(error, url);
        if (!repeatable) throw new UnansweredCall(call, fault.message);
        if (isLast) throw new CollectFault(fault.kind, fault.message, fault.remedy);
        await pause(pauseMs * 2 ** (nth - 1), undefined, { ...(signal && { signal }) });
        continue;
      }
      if (answer.status === 429) {
        // It was turned away before anything was done, so that it can be sent again whatever it is.
        const wait = retryAfter(answer.headers['retry-after']) ?? 1000 * 2 ** nth;
        if (isLast || wait > patienceMs)
          throw new CollectFault(
            'blocked',
            `Cloudflare asks us to slow down (429), for ${Math.ceil(wait / 1000)} seconds.`,
            'Run it again after that; it is allowed 1,200 requests in five minutes, of all programs together.',
          );
        await pause(wait, undefined, { ...(signal && { signal }) });
        continue;
      }
      if (answer.status >= 500) {
        if (!repeatable) throw new UnansweredCall(call, `it answered ${answer.status}.`);
        if (!isLast) {
          await pause(pauseMs * 2 ** (nth - 1), undefined, { ...(signal && { signal }) });
          continue;
        }
      }
      return { call, ...answer };
    }
  }

  async function envelope(method: Method, path: string, options: Call = {}): Promise<Envelope> {
    const { call, status, body } = await exchange(method, path, options);
    const read = parsed(body);
    if (!read || !read.success || status >= 400) throw new CloudflareError(call, status, read?.errors ?? []);
    return read;
  }

  return {
    call: async (method, path, options) => (await envelope(method, path, options)).result,
    async pages(path, query = {}) {
      const all: unknown[] = [];
      for (let page = 1; page <= mostPages; page += 1) {
        const { result, result_info: info } = await envelope('GET', path, { query: { ...query, page, per_page: pageSize } });
        const list = Array.isArray(result) ? (result as unknown[]) : [];
        all.push(...list);
        if (list.length === 0 || page >= (info?.total_pages ?? 1)) return all;
      }
      throw new CollectFault('blocked', `The list ${path} has more than ${mostPages * pageSize} entries.`, 'Look at this zone by hand.');
    },
    async text(path) {
      const { call, status, body } = await exchange('GET', path, {});
      if (status >= 400) throw new CloudflareError(call, status, parsed(body)?.errors ?? []);
      return body.toString('utf8');
    },
    sent: () => sent,
    close: () => transport.close(),
  };
}

/** Milliseconds of a Retry-After: seconds or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function parsed(body: Buffer): Envelope | undefined {
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null && 'success' in value ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}
