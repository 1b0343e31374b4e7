import { CollectFault, evidence, type Fault, type Result } from '../../core/evidence.ts';
import { defineCollector } from '../../core/collector.ts';
import type { Target } from '../../core/target.ts';
import type { Cut } from './body.ts';
import { faultOf, isOurs } from './fault.ts';
import { createPace } from './pace.ts';
import { hostnames, isNamed, mayAsk, type Purpose } from './reach.ts';
import { defaultLimits, type Limits, openTransport } from './transport.ts';

/** Who we say we are. */
export const userAgent = 'Mozilla/5.0 (compatible; launch-ready; read-only launch audit)';

export interface ClientOptions {
  /** Host name to IP address: ask this address instead of the one DNS gives (checks before a cut-over). */
  readonly pins?: Readonly<Record<string, string>>;
  readonly limits?: Partial<Limits>;
  /** Certificates of further authorities to trust, PEM. */
  readonly authorities?: readonly string[];
  /** Requests under way at once, per host. */
  readonly concurrency?: number;
  /** Pause between the starts of two requests to one host, in milliseconds. */
  readonly delayMs?: number;
}

export interface Ask {
  readonly method?: 'GET' | 'HEAD';
  readonly purpose?: Purpose;
  /** False: a redirect is an answer like any other. */
  readonly follow?: boolean;
  readonly bodyBytes?: number;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

/** An answer after the redirects. Header names are lower case. */
export interface Reply {
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  readonly body: Buffer;
  readonly cut?: Cut;
  /** Addresses passed on the way, first first; the last is followed by `url`. */
  readonly redirects: readonly string[];
}

/** Read-only requests to the app, bounded in number, pace, time and size. A request that fails is a value; only a bug of ours is thrown. */
export interface HttpClient {
  get(url: URL, ask?: Ask): Promise<Result<Reply>>;
  /** Requests that may still be sent in this run. */
  left(): number;
  close(): Promise<void>;
}

const maxRedirects = 10;
/** So many failures in a row, and a host is left alone: a dead server must not cost a timeout per question. */
const patience = 3;

const fail = (kind: Fault['kind'], message: string, remedy: string): { readonly ok: false; readonly fault: Fault } => ({
  ok: false,
  fault: { kind, message, remedy },
});

/** A client for one run. Only hosts of the scope are asked; see `mayAsk` for the exceptions. */
export function openClient(target: Target, options: ClientOptions = {}): HttpClient {
  const limits = { ...defaultLimits, ...options.limits };
  const concurrency = options.concurrency ?? 4;
  const pins = options.pins ?? {};
  const known = new Set([...hostnames(target), ...Object.keys(pins)]);
  const transport = openTransport({ pins, named: (host) => known.has(host) }, limits, {
    connections: concurrency,
    authorities: options.authorities ?? [],
  });
  const pace = createPace(concurrency, options.delayMs ?? 30);
  const failures = new Map<string, { count: number; fault: Fault }>();
  let spent = 0;

  async function once(url: URL, ask: Ask): Promise<Result<Reply>> {
    const before = failures.get(lane(url, ask));
    if (before && before.count >= patience) return { ok: false, fault: before.fault };
    if (spent >= target.scope.requests)
      return fail(
        'blocked',
        `The limit of ${target.scope.requests} requests for this run is used up.`,
        'Run it again with a higher limit of requests.',
      );
    spent += 1;
    try {
      const answer = await transport.send(bare(url), {
        method: ask.method ?? 'GET',
        headers: headersFor(url, ask),
        bodyBytes: ask.bodyBytes ?? limits.bodyBytes,
        signal: ask.signal,
      });
      const slowDown = answer.status === 429;
      if (slowDown)
        note(lane(url, ask), {
          kind: 'blocked',
          message: `${url.host} asks us to slow down (429).`,
          remedy: 'Run it again later, or let this machine through the rate limit.',
        });
      else failures.delete(lane(url, ask));
      return { ok: true, value: { url, redirects: [], ...answer } };
    } catch (error) {
      if (ask.signal?.aborted)
        return fail('timeout', `The time for this step was up before ${url.host} answered.`, 'Run it again with a longer --timeout.');
      if (isOurs(error)) throw error;
      const fault = faultOf(error, url);
      note(lane(url, ask), fault);
      return { ok: false, fault };
    }
  }

  // A firewall that hangs up on suspicious paths must not cost us the scripts, so pages and scripts are counted apart.
  const lane = (url: URL, ask: Ask): string => `${ask.purpose ?? 'page'} ${url.origin}`;
  const note = (key: string, fault: Fault): void => void failures.set(key, { count: (failures.get(key)?.count ?? 0) + 1, fault });

  // Credentials in the address go to the named host alone, as a header: they must not show up in any URL we keep.
  const headersFor = (url: URL, ask: Ask): Record<string, string> => ({
    'user-agent': userAgent,
    accept: ask.accept ?? '*/*',
    ...(target.url?.username && url.origin === target.url.origin && { authorization: basic(target.url) }),
  });

  return {
    async get(start, ask = {}) {
      const purpose = ask.purpose ?? 'page';
      const passed: string[] = [];
      let url = bare(start);
      for (;;) {
        const here = url;
        if (!mayAsk(here, purpose, target)) return outOfScope(here, passed);
        const result = await pace.run(here.host, () => once(here, ask));
        if (!result.ok) return result;
        const next = ask.follow === false ? undefined : locationOf(result.value);
        if (!next) return { ok: true, value: { ...result.value, redirects: passed } };
        passed.push(here.href);
        if (passed.includes(next.href))
          return fail(
            'unreachable',
            `${start.host} redirects in a loop: ${trail(passed, next)}.`,
            'Fix the redirects; visitors cannot open the app either.',
          );
        if (passed.length > maxRedirects)
          return fail('unreachable', `${start.host} redirects more than ${maxRedirects} times.`, 'Shorten the chain of redirects.');
        url = next;
      }
    },
    left: () => Math.max(0, target.scope.requests - spent),
    close: () => transport.close(),
  };
}

const bare = (url: URL): URL => {
  const copy = new URL(url);
  copy.username = '';
  copy.password = '';
  copy.hash = '';
  return copy;
};

/** A part of an address as it was meant; one that is not percent-encoded right is taken as it stands. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const basic = (url: URL): string => `Basic ${Buffer.from(`${plain(url.username)}:${plain(url.password)}`).toString('base64')}`;

const trail = (passed: readonly string[], next: URL): string => [...passed.slice(-3), next.href].join(' → ');

function locationOf(reply: Reply): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(reply.status)) return undefined;
  const location = reply.headers['location'];
  return location === undefined || !URL.canParse(location, reply.url.href) ? undefined : bare(new URL(location, reply.url));
}

function outOfScope(url: URL, passed: readonly string[]): Result<never> {
  const from = passed.at(-1);
  const message =
    from === undefined
      ? `${url.host} is not one of the hosts to look at.`
      : `${from} sends visitors to ${url.origin}, which is not one of the hosts to look at.`;
  return fail('blocked', message, `If that is the app, give ${url.origin} as the address.`);
}

export const httpClient = evidence<HttpClient>()('http.client', 'the connection to the app');

/** True when the target is a server of this machine, where https and public headers are not expected. */
export const isLocal = (url: URL): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$|\.localhost$/.test(url.hostname);

/** The collector of the connection. Only tests and benchmarks give options: they name a host that lies on this machine. */
export const openConnection = (options: ClientOptions = {}) =>
  defineCollector({
    provides: httpClient,
    wants: 'url',
    needs: {},
    effects: 'none',
    timeoutMs: 5000,
    transient: true,
    async collect(_given, { target, vault }) {
      const { url } = target;
      if (!url || !isNamed(url, target))
        throw new CollectFault('absent', 'No address of a running app was given.', 'Give the address, e.g. https://app.example.com.');
      if (url.password !== '') {
        vault.hide(url.password);
        vault.hide(plain(url.password));
      }
      return openClient(target, options);
    },
  });

export const clientCollector = openConnection();
