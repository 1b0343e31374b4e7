import { defineCollector } from '../../core/collector.ts';
import { evidence } from '../../core/evidence.ts';
import type { GivenDomains } from '../../core/target.ts';
import { dnsClient } from '../dns/collector.ts';
import type { AddressRules } from '../http/address.ts';
import type { Cut } from '../http/body.ts';
import { userAgent } from '../http/client.ts';
import { textOf } from '../http/document.ts';
import { codesOf, faultOf, isOurs, isUntrusted } from '../http/fault.ts';
import { createPace } from '../http/pace.ts';
import { defaultLimits, type Limits, openTransport } from '../http/transport.ts';
import { botPage } from '../http/wall.ts';
import { placesOf } from './places.ts';

export interface EdgeAsk {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'OPTIONS';
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One answer, no redirect followed. */
export interface EdgeAnswer {
  readonly is: 'answer';
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly text: string;
  readonly cut?: Cut;
  /** The bot protection that answered in place of the host. */
  readonly bot?: string;
}

/** Why none came. `refused`: nothing listens. `missing`: no such name. `certificate`: not trusted. `unsaid`: pinned, but not for this scheme. */
export interface NoEdgeAnswer {
  readonly is: 'failed';
  readonly why: 'refused' | 'missing' | 'certificate' | 'unsaid' | 'limit' | 'other';
  /** A sentence. */
  readonly text: string;
}

/** Asks the hosts of the domain map and nobody else. A plain GET is sent once in a run, whoever asks. */
export interface EdgeClient {
  ask(url: URL, ask?: EdgeAsk): Promise<EdgeAnswer | NoEdgeAnswer>;
  /** True for a host that may be asked. */
  knows(hostname: string): boolean;
  /** Requests sent so far. */
  sent(): number;
  close(): Promise<void>;
}

export interface EdgeSettings {
  readonly domains: GivenDomains;
  /** Where connections go. */
  readonly placeOf: NonNullable<AddressRules['placeOf']>;
  /** Never more requests than this. */
  readonly requests: number;
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
}

/** Requests at once to one host, and milliseconds between the starts of two. */
const pacing = { concurrency: 6, delayMs: 5 };
/** Of a page: more says nothing of where it leads and what it loads. */
const bodyBytes = 2 ** 20;
const edgeLimits: Limits = { ...defaultLimits, connectMs: 6_000, headersMs: 10_000, idleMs: 5_000, totalMs: 15_000 };

/** Opens the connections of a run. */
export function openEdge({ domains, placeOf, requests, limits, signal }: EdgeSettings): EdgeClient {
  const names = new Set(domains.hosts.flatMap(({ name, redirectsTo }) => [name, ...(redirectsTo === undefined ? [] : [redirectsTo])]));
  const knows = (hostname: string): boolean => names.has(hostname);
  const transport = openTransport(
    { pins: {}, named: knows, placeOf },
    { ...edgeLimits, ...limits },
    {
      connections: pacing.concurrency,
      authorities: domains.authorities ?? [],
    },
  );
  const pace = createPace(pacing.concurrency, pacing.delayMs);
  const kept = new Map<string, Promise<EdgeAnswer | NoEdgeAnswer>>();
  let sent = 0;

  async function once(url: URL, { method = 'GET', headers }: EdgeAsk): Promise<EdgeAnswer | NoEdgeAnswer> {
    if (!knows(url.hostname)) return { is: 'failed', why: 'other', text: `${url.hostname} is not in the domain map.` };
    if (sent >= requests) return { is: 'failed', why: 'limit', text: `The limit of ${requests} requests for this run is used up.` };
    sent += 1;
    try {
      const answer = await transport.send(url, {
        method,
        headers: { 'user-agent': userAgent, accept: 'text/html,application/xhtml+xml,*/*;q=0.5', ...headers },
        bodyBytes,
        signal,
      });
      const text = textOf(answer);
      const bot = botPage({ ...answer, text });
      const { status, setCookies, cut } = answer;
      return {
        is: 'answer',
        url,
        status,
        headers: answer.headers,
        setCookies,
        text,
        ...(cut && { cut }),
        ...(bot !== undefined && { bot }),
      };
    } catch (error) {
      if (signal?.aborted) return { is: 'failed', why: 'limit', text: `The time for this step was up before ${url.host} answered.` };
      if (isOurs(error)) throw error;
      return { is: 'failed', why: whyOf(codesOf(error)), text: faultOf(error, url).message };
    }
  }

  return {
    knows,
    sent: () => sent,
    close: () => transport.close(),
    ask(url, ask = {}) {
      const send = (): Promise<EdgeAnswer | NoEdgeAnswer> => pace.run(url.host, () => once(url, ask));
      const { cookie, ...others } = ask.headers ?? {};
      if ((ask.method ?? 'GET') !== 'GET' || Object.keys(others).length > 0) return send();
      const key = `${url.href} ${cookie ?? ''}`;
      const before = kept.get(key);
      if (before) return before;
      const answer = send();
      kept.set(key, answer);
      return answer;
    },
  };
}

/** Too many requests, or none at all for now: such an answer says nothing of the host. */
export const isBusy = (status: number): boolean => status === 429 || status === 503;

function whyOf(codes: readonly string[]): NoEdgeAnswer['why'] {
  const has = (pattern: RegExp): boolean => codes.some((code) => pattern.test(code));
  if (has(/^E_UNPLACED$/)) return 'unsaid';
  if (has(/^ECONNREFUSED$/)) return 'refused';
  if (has(/^ENOTFOUND$/)) return 'missing';
  return isUntrusted(codes) ? 'certificate' : 'other';
}

export const edgeClient = evidence<EdgeClient>()('edge.client', 'the hosts of the domain');

export const edgeClientCollector = defineCollector({
  provides: edgeClient,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'none',
  timeoutMs: 5_000,
  transient: true,
  collect({ dns }, { target }) {
    const domains = target.domains ?? { apex: '', hosts: [], mail: [], drafted: true };
    return Promise.resolve(openEdge({ domains, placeOf: placesOf(domains, dns), requests: target.scope.requests }));
  },
});
