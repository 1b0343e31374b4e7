import { type Result } from '../../../core/evidence.ts';
import type { Vault } from '../../../core/vault.ts';
import type { AddressRules } from '../../http/address.ts';
import { faultOf } from '../../http/fault.ts';
import { createPace } from '../../http/pace.ts';
import { defaultLimits, type Limits, openTransport } from '../../http/transport.ts';
import { dangerOf, deedIn } from '../surface/safety.ts';
import { record } from '../surface/schema.ts';
import { templateOf } from '../surface/template.ts';
import { type Body, type Encoded, encode } from './body.ts';
import { createPatience } from './patience.ts';
import { renewed } from './renew.ts';
import type { Session } from './session.ts';

/** One request as it is meant; `path` is below the app's address and holds the query. */
export interface Message {
  readonly method: string;
  readonly path: string;
  readonly body?: Body;
  /** Instead of `body`: these bytes, as another server sends them, without what only browsers add. */
  readonly raw?: Encoded;
  readonly headers?: Readonly<Record<string, string>>;
  /** It is known what this GET does, and it is meant. Absent: a GET whose address promises harm is not sent. */
  readonly deliberate?: true;
  /** Reads, or changes nothing but a session, which it begins or ends: sent even where nothing may be changed. */
  readonly harmless?: true;
}

/** What came back, no redirect followed. Header names are lower case. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly setCookies: readonly string[];
  /** The body as text; bytes that are no UTF-8 become U+FFFD. */
  readonly text: string;
  /** Where a redirect leads, as a path of the app; absolute where it leads elsewhere. */
  readonly location?: string;
  /** The app did what it was asked, and failed in it without a reason: the status says nothing of whoever asked, and stands for no server in between. */
  readonly failedInside?: true;
}

/** Sends requests of the people of a run to one app and to nobody else. */
export interface Sender {
  readonly origin: string;
  /** Calls the run off: whoever waits for something meanwhile stops to. */
  readonly signal?: AbortSignal;
  /** `session` absent: as a visitor. Its cookies are kept up. A failure is a value. */
  send(message: Message, session?: Session): Promise<Result<Answer>>;
  /** Counts a request that goes another way, as those of a browser do; false where the limit is used up, and it must not be sent. */
  count(): boolean;
  /** Requests sent so far, those counted included. */
  sent(): number;
  /** What was not sent because the app, or a route of it, did not answer any more: a line each. */
  unasked(): readonly string[];
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly origin: string;
  /** Never more requests than this. */
  readonly requests: number;
  readonly vault?: Vault;
  readonly signal?: AbortSignal;
  readonly userAgent: string;
  /** Why a GET of this path would do harm, beyond what the path itself says. */
  readonly harmOf?: (pathname: string) => string | undefined;
  /** False: whatever is no GET and not harmless is refused here, whoever asks for it. */
  readonly changes?: boolean;
  /** The only address that connections go to, whatever DNS says later; absent for an app of this machine. */
  readonly address?: string;
  /** Where connections go, ports included; see `AddressRules`. */
  readonly placeOf?: NonNullable<AddressRules['placeOf']>;
  /** Certificates of further authorities to trust, PEM. */
  readonly authorities?: readonly string[];
  /** How long an answer may take, where it is not as usual. */
  readonly limits?: Partial<Limits>;
  /** Of requests: how many at once, and milliseconds between the starts of two. Absent: as fast as the app answers. */
  readonly pace?: { readonly concurrency: number; readonly delayMs: number };
  /** Hears of every answer, with the request and whose it was. Only the benchmark listens: no flag and no setting leads here. */
  readonly observe?: Observe | undefined;
}

/** Looks on. `session` absent: a visitor's. It must not throw, and must not change what it is given. */
export type Observe = (message: Message, session: Session | undefined, answer: Answer) => void;

/** Larger bodies say nothing more about whose they are. */
const bodyBytes = 2 * 2 ** 20;

/** Opens connections to one app. Every address is checked to lie on it before anything is sent. */
export function openSender({ origin, requests, vault, signal, userAgent, ...scope }: SenderOptions): Sender {
  const { hostname, host } = new URL(origin);
  const transport = openTransport(
    {
      pins: scope.address === undefined ? {} : { [hostname]: scope.address },
      named: (name) => name === hostname,
      ...(scope.placeOf && { placeOf: scope.placeOf }),
    },
    { ...defaultLimits, ...scope.limits },
    { connections: scope.pace?.concurrency ?? 4, authorities: scope.authorities ?? [] },
  );
  const pace = scope.pace && createPace(scope.pace.concurrency, scope.pace.delayMs);
  // One signal ends all: to give it along with each request costs as much as the request.
  signal?.addEventListener('abort', () => void transport.close(), { once: true });
  const dangers = new Map<string, string | undefined>();
  const dangerAt = (path: string): string | undefined => {
    if (!dangers.has(path)) dangers.set(path, dangerOf({ method: 'GET', path: templateOf(path).template }) ?? scope.harmOf?.(path));
    return dangers.get(path);
  };
  let sent = 0;
  const patience = createPatience();

  async function once(url: URL, { method, body, raw, headers }: Message, session: Session | undefined): Promise<Answer> {
    const encoded = raw ?? (body && encode(body));
    const cookie = session ? session.cookies.getCookieStringSync(url.href) : '';
    const key = session?.key;
    const answer = await transport.send(key?.in === 'query' ? withParameter(url, key) : url, {
      method,
      headers: {
        'user-agent': userAgent,
        accept: 'application/json, text/html;q=0.9, */*;q=0.8',
        ...(encoded && { 'content-type': encoded.contentType }),
        // As a browser does on the app's own pages; apps that look for forged requests ask for it.
        ...(method !== 'GET' && method !== 'HEAD' && !raw && { origin }),
        ...(session?.token !== undefined && { authorization: `Bearer ${session.token}` }),
        ...(cookie !== '' && { cookie }),
        ...Object.fromEntries(session?.bound ?? []),
        ...(key?.in === 'header' && { [key.name]: key.value }),
        ...Object.fromEntries(session?.headers ?? []),
        ...headers,
      },
      ...(encoded && { body: encoded.bytes }),
      bodyBytes,
      signal: undefined,
    });
    for (const line of answer.setCookies) await session?.cookies.setCookie(line, url.href, { ignoreError: true });
    const location = answer.headers['location'];
    return {
      status: answer.status,
      headers: answer.headers,
      setCookies: answer.setCookies,
      text: answer.body.toString('utf8'),
      ...(location !== undefined && { location: pathOf(location, url) }),
    };
  }

  return {
    origin,
    ...(signal && { signal }),
    async send(message, session) {
      const url = URL.parse(message.path, origin);
      if (!url || url.origin !== origin) return failed('blocked', `${message.path} does not lie on ${host}.`, 'Nothing: it was not sent.');
      // Whatever led to it: a page, a list, a guess.
      const danger =
        message.method === 'GET' && !message.deliberate ? (dangerAt(url.pathname) ?? (url.search && deedIn(url.search))) : undefined;
      if (danger) return failed('blocked', `GET ${url.pathname} was not sent: ${danger}.`, 'Nothing: it was not sent.');
      const isLook = /^(?:GET|HEAD|OPTIONS)$/.test(message.method) || message.harmless;
      if (scope.changes === false && !isLook)
        return failed(
          'blocked',
          `${message.method} ${url.pathname} was not sent: nothing may be changed.`,
          'Allow it with --allow-writes.',
        );
      signal?.throwIfAborted();
      if (session?.renew) await renewed(session);
      if (sent >= requests)
        return failed('blocked', `The limit of ${requests} requests for this run is used up.`, 'Run it again with a higher --requests.');
      const route = routeOf(message, url);
      const hopeless = await patience.givenUp(route, { ...(signal && { signal }) });
      if (hopeless !== undefined)
        return failed('unreachable', `${host} was not asked: ${hopeless}.`, 'Check that the app still runs, and run it again.');
      const ask = (): Promise<Answer> => {
        sent += 1;
        return pace ? pace.run(host, () => once(url, message, session)) : once(url, message, session);
      };
      try {
        let answer = await ask();
        patience.answered(route);
        // A look that came too soon is taken again. Whether the app limits anything else is a question of its own.
        if (message.method === 'GET' && (await patience.waited(answer, { ...(signal && { signal }) })) && sent < requests)
          answer = await ask();
        for (const secret of secretsOf(answer)) vault?.hide(secret);
        scope.observe?.(message, session, answer);
        return { ok: true, value: answer };
      } catch (error) {
        signal?.throwIfAborted();
        patience.failed(route);
        return { ok: false, fault: faultOf(error, url) };
      }
    },
    count() {
      if (sent >= requests) return false;
      sent += 1;
      return true;
    },
    sent: () => sent,
    unasked: patience.unasked,
    close: () => transport.close(),
  };
}

/** What hangs by itself: a route, and of an API that has one address for all, an operation. */
function routeOf({ method, body }: Message, { pathname }: URL): string {
  const asked = body?.type === 'json' ? record(body.value)['query'] : undefined;
  const operation = typeof asked === 'string' ? ` (${asked.replace(/\s+/g, ' ').slice(0, 60)})` : '';
  return `${method} ${templateOf(pathname).template}${operation}`;
}

/** The address with the key in its query; for this one request, so that it gets into nothing that is remembered. */
function withParameter(url: URL, { name, value }: { readonly name: string; readonly value: string }): URL {
  const to = new URL(url);
  to.searchParams.append(name, value);
  return to;
}

const failed = (kind: 'blocked' | 'unreachable', message: string, remedy: string): Result<never> => ({
  ok: false,
  fault: { kind, message, remedy },
});

function pathOf(location: string, from: URL): string {
  const url = URL.parse(location, from.href);
  if (!url) return location;
  return url.origin === from.origin ? `${url.pathname}${url.search}` : url.href;
}

const sessionName = /sess|sid|token|auth|jwt|remember/i;

/** Values of session cookies: whoever holds one is signed in. */
const secretsOf = ({ setCookies }: Answer): string[] =>
  setCookies.flatMap((line) => {
    const [pair = ''] = line.split(';');
    const [name = '', ...value] = pair.split('=');
    return sessionName.test(name) && value.join('=').length >= 12 ? [value.join('=')] : [];
  });
