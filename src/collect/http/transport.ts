import { isIP } from 'node:net';
import { type AddressRules, checkLiteral } from './address.ts';
import type { AgentSettings } from './agent.ts';
import { acceptEncoding, type Cut } from './body.ts';

/** How long and how much, per request. Milliseconds and bytes. */
export interface Limits {
  readonly connectMs: number;
  /** Until the headers are complete; a server that drips them does not reset it. */
  readonly headersMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** For the whole exchange. What arrived of the body until then is kept. */
  readonly totalMs: number;
  /** Largest body, unpacked. */
  readonly bodyBytes: number;
}

export const defaultLimits: Limits = { connectMs: 8000, headersMs: 12_000, idleMs: 8000, totalMs: 20_000, bodyBytes: 8 * 2 ** 20 };

/** One answer as it came, no redirect followed. Header names are lower case; `set-cookie` is apart. */
export interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly body: Buffer;
  /** Set when the body is not whole. */
  readonly cut?: Cut;
}

export interface Sending {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Largest body of the answer. */
  readonly bodyBytes: number;
  readonly signal: AbortSignal | undefined;
}

export interface Transport {
  /** Throws the error of Node or undici when no headers came. */
  send(url: URL, sending: Sending): Promise<Exchange>;
  close(): Promise<void>;
}

/** Connections that heed no proxy variables and no system settings other than DNS and the trusted authorities. */
export function openTransport(rules: AddressRules, limits: Limits, settings: AgentSettings): Transport {
  // Loading undici takes longer than reading a small repo, so it waits for the first request.
  const load = async () => {
    const [{ openAgent }, { gather }] = await Promise.all([import('./agent.ts'), import('./gather.ts')]);
    return { agent: openAgent(rules, limits, settings), gather };
  };
  let loaded: ReturnType<typeof load> | undefined;
  return {
    async send(url, { method, headers, body, bodyBytes, signal }) {
      checkLiteral(url.hostname, rules);
      const { agent, gather } = await (loaded ??= load());
      const request = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: method as 'GET',
        headers: { 'accept-encoding': acceptEncoding, ...headers },
        body: body ?? null,
        // Else undici asks for the certificate of whatever the Host header names.
        ...(url.protocol === 'https:' && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 && { servername: url.hostname }),
      };
      const { status, headers: fields, body: read } = await gather(agent, request, { totalMs: limits.totalMs, bodyBytes, signal });
      return {
        status,
        headers: flat(fields),
        setCookies: list(fields['set-cookie']),
        body: read.bytes,
        ...(read.cut && { cut: read.cut }),
      };
    },
    close: async () => (await loaded)?.agent.destroy(),
  };
}

const list = (value: string | string[] | undefined): string[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && name !== 'set-cookie') all[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  return all;
}
