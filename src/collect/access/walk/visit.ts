import { setTimeout } from 'node:timers/promises';
import type { Browser, BrowserContext, Page, Request, Response, Route } from 'playwright-core';
import { proxyAnswer } from '../../browser/proxy.ts';
import { isBinding } from '../traffic/bound.ts';
import { emptySession, type Session } from '../wire/session.ts';
import type { Exchange } from '../traffic/exchange.ts';
import { type Guard, isFileFor, startGuard, type VisitRules } from './guard.ts';
import { heldBack } from './held.ts';
import { type PageView, readView, viewScript } from './page-script.ts';

/** Texts longer than this say nothing more, in bytes. */
const longest = 2 * 2 ** 20;
/** Milliseconds after which an answer is no longer waited for. */
const endless = 1_500;
/** Exchanges kept of one visit. */
const mostExchanges = 3_000;

/** One person's own window on the app. What it asks for is recorded; what would change something is held back. */
export interface Visit {
  readonly page: Page;
  readonly exchanges: readonly Exchange[];
  /** While true, what signs in may be sent. */
  signingIn: boolean;
  /** What the page asked to be opened beside it. */
  readonly opened: string[];
  /** Pages that redirects led to and that were not opened, by their paths without ids, and why. */
  readonly turnedAway: ReadonlyMap<string, string>;
  /** Why a host could not be trusted to be the one it says: nothing was sent there. */
  readonly untrusted?: string;
  view(): Promise<PageView>;
  /** Waits until nothing was asked for during `quiet` milliseconds, at most `most`. */
  settle(most?: number, quiet?: number): Promise<void>;
  /** Cookies, and the token that its requests carry or that the page keeps. */
  session(): Promise<Session>;
  close(): Promise<void>;
}

/**
 * Opens a window for a person who has a session already, or for nobody. All that leaves it is judged twice: in the browser, where it is known what for and
 * held back with its body, and in a proxy of its own, which redirects pass as well. What he types goes only to hosts whose certificates are right.
 */
export async function openVisit(browser: Browser, origin: string, session: Session, rules: VisitRules = {}): Promise<Visit> {
  const guard = await startGuard(origin, rules);
  try {
    return await openWindow(browser, origin, session, rules, guard);
  } catch (error) {
    await guard.proxy.stop();
    throw error;
  }
}

async function openWindow(
  browser: Browser,
  origin: string,
  session: Session,
  { allows = () => false, onSocket = ignore }: VisitRules,
  { proxy, state: visit }: Guard,
): Promise<Visit> {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    acceptDownloads: false,
    // The proxy is the only one that the browser is shown a certificate of, and looks at those of the hosts itself.
    proxy: { server: proxy.server, bypass: '<-loopback>' },
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
  });
  // However it ends.
  context.once('close', () => void proxy.stop());
  await noWaysOut(context, onSocket);
  await putIn(context, origin, session);
  const page = await context.newPage();
  const exchanges: Exchange[] = [];
  const opened: string[] = [];
  const pending = new Map<Request, number>();
  const reading = new Set<Promise<void>>();
  const sentHeaders = new Map<string, string>();
  let lastBusy = Date.now();

  const keep = (request: Request, status: number, text: string): void => {
    const url = new URL(request.url());
    if (url.origin !== origin || exchanges.length >= mostExchanges) return;
    const body = request.postData();
    const contentType = request.headers()['content-type'] ?? '';
    exchanges.push({
      method: request.method(),
      path: `${url.pathname}${url.search}`,
      ...(body !== null && { sent: { contentType, text: body.slice(0, longest) } }),
      status,
      text,
    });
  };
  const isTold = (request: Request): boolean => /^(?:document|xhr|fetch|other|ping)$/.test(request.resourceType());

  await context.route('**/*', async (route: Route, request: Request) => {
    const url = URL.parse(request.url());
    const isOwn = url?.origin === origin;
    if (!url || !(isOwn || allows(url, isFile(request)))) return route.abort('blockedbyclient').catch(ignore);
    const held = heldBack(
      { method: request.method(), path: `${url.pathname}${url.search}`, body: request.postData() ?? undefined },
      visit.signingIn,
    );
    if (held !== undefined && !(isFile(request) && allows(url, true))) {
      keep(request, 0, '');
      return route.abort('blockedbyclient').catch(ignore);
    }
    if (!isOwn) return route.continue().catch(ignore);
    const headers = request.headers();
    for (const [name, value] of Object.entries(headers))
      if ((isSessionHeader(name) && value.length >= 8) || isBinding(name, value)) sentHeaders.set(name, value);
    await route.continue({ headers: { ...added(session, request), ...headers } }).catch(ignore);
  });
  const busy = (request: Request): void => {
    if (!/^(?:document|xhr|fetch|script)$/.test(request.resourceType())) return;
    lastBusy = Date.now();
    pending.set(request, lastBusy);
  };
  const done = (request: Request): void => {
    if (pending.delete(request)) lastBusy = Date.now();
  };
  context.on('request', busy);
  context.on('requestfailed', done);
  context.on('requestfinished', (request) => {
    const read = answerOf(request).then(({ status, text }) => {
      if (isTold(request) && status !== undefined) keep(request, status, text);
      done(request);
    }, ignore);
    reading.add(read);
    void read.finally(() => reading.delete(read));
  });
  context.on('page', (other) => {
    if (other === page) return;
    void other
      .waitForURL(/^http/, { timeout: 1_000, waitUntil: 'commit' })
      .catch(ignore)
      .then(() => {
        opened.push(other.url());
        return other.close();
      })
      .catch(ignore);
  });
  // A question whether it is meant is answered with no.
  page.on('dialog', (dialog) => void (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()).catch(ignore));

  return Object.assign(visit, {
    page,
    exchanges,
    opened,
    view: async () => readView(await page.evaluate(viewScript).catch(() => undefined)),
    async settle(most = 3_000, quiet = 120) {
      const begun = Date.now();
      // What is asked for without end, as by a stream, is not waited for.
      const isBusy = (): boolean =>
        [...pending.values()].some((since) => Date.now() - since < endless) || Date.now() - Math.max(lastBusy, begun) < quiet;
      while (Date.now() - begun < most && isBusy()) await setTimeout(25);
      await Promise.race([Promise.all(reading), setTimeout(300)]);
    },
    session: () => sessionOf(context, page, origin, sentHeaders),
    async close() {
      await context.close().catch(ignore);
      await proxy.stop();
    },
  });
}

const ignore = (): void => undefined;

/** Ways out that no request interception sees. Sockets open and stay silent: what they would carry, nobody could hold back. */
async function noWaysOut(context: BrowserContext, onSocket: (url: string) => void): Promise<void> {
  await context.addInitScript(
    'for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) Object.defineProperty(globalThis, name, { value: undefined });',
  );
  await context.routeWebSocket(/.*/, (socket) => onSocket(socket.url()));
}

/** A file of a page by what it is for and by its name. */
const isFile = (request: Request): boolean => {
  const url = URL.parse(request.url());
  return request.method() === 'GET' && url !== null && isFileFor(request.resourceType().replace('stylesheet', 'style'), url);
};

async function putIn(context: BrowserContext, origin: string, { cookies }: Session): Promise<void> {
  const { hostname } = new URL(origin);
  const all = await cookies.getCookies(origin, { allPaths: true });
  if (all.length === 0) return;
  await context.addCookies(
    all.map(({ key, value, path, domain, hostOnly, secure, httpOnly }) => {
      const its = { name: key, value, secure, httpOnly };
      // One with this prefix belongs to no path and to no domain (RFC 6265bis, section 4.1.3.2).
      if (key.startsWith('__Host-')) return { ...its, url: origin };
      return { ...its, domain: hostOnly === false && domain ? `.${domain}` : hostname, path: path ?? '/' };
    }),
  );
}

const isSessionHeader = (name: string): boolean =>
  name === 'authorization' || /^x-(?!requested-with).*(?:token|auth|session|csrf|xsrf|key)/.test(name);

/** What a session needs and the page does not send by itself: its token, its key, and the headers that it is bound to. */
function added({ token, key, bound }: Session, request: Request): Record<string, string> {
  const isData = /^(?:xhr|fetch)$/.test(request.resourceType());
  return {
    ...Object.fromEntries(bound),
    ...(isData && token !== undefined && { authorization: `Bearer ${token}` }),
    ...(key?.in === 'header' && { [key.name]: key.value }),
  };
}

/** `status` 0: it was held back on its way; absent: nothing answered. */
async function answerOf(request: Request): Promise<{ readonly status?: number; readonly text: string }> {
  const response: Response | null = await request.response();
  if (!response) return { text: '' };
  const status = response.status();
  const headers = response.headers();
  if (headers[proxyAnswer] !== undefined) return { ...(headers[proxyAnswer] === 'refused' && { status: 0 }), text: '' };
  const isText = /json|html|xml|text\/plain/i.test(headers['content-type'] ?? '') && !/event-stream/i.test(headers['content-type'] ?? '');
  if (!isText || Number(headers['content-length'] ?? 0) > longest || (status >= 300 && status < 400)) return { status, text: '' };
  return { status, text: (await response.text().catch(() => '')).slice(0, longest) };
}

const tokenKey = /token|jwt|bearer|^auth|session/i;
const isJwt = (value: string): boolean => /^[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}$/.test(value);

async function sessionOf(context: BrowserContext, page: Page, origin: string, sent: ReadonlyMap<string, string>): Promise<Session> {
  const session = emptySession();
  // Asked for by an address, those of other paths would be missing.
  const { hostname } = new URL(origin);
  const cookies = (await context.cookies()).filter(({ domain }) => domain.replace(/^\./, '') === hostname);
  for (const { name, value, path, httpOnly } of cookies)
    await session.cookies.setCookie(`${name}=${value}; Path=${path}${httpOnly ? '; HttpOnly' : ''}`, origin, { ignoreError: true });
  for (const [name, value] of sent)
    if (name !== 'authorization') (isBinding(name, value) ? session.bound : session.headers).set(name, value);
  const authorization = sent.get('authorization');
  const bearer = authorization === undefined ? undefined : /^Bearer\s+(.+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) session.token = bearer;
  else if (authorization !== undefined) session.headers.set('authorization', authorization);
  else {
    const kept: unknown = await page
      .evaluate('[...Object.entries(localStorage), ...Object.entries(sessionStorage)].filter(([, value]) => value.length < 8192)')
      .catch(() => []);
    const token = (Array.isArray(kept) ? kept : []).flatMap((one: unknown) =>
      Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string' ? tokenIn(one[0], one[1]) : [],
    )[0];
    if (token !== undefined) session.token = token;
  }
  return session;
}

/** The token that a page keeps under a key: as it is, or within JSON. */
function tokenIn(key: string, value: string): string[] {
  if (/refresh/i.test(key)) return [];
  const plain = value.replace(/^"|"$/g, '');
  if (isJwt(plain) || (tokenKey.test(key) && /^[\w.~+/=-]{16,}$/.test(plain))) return [plain];
  if (!value.startsWith('{')) return [];
  try {
    return Object.entries(JSON.parse(value) as Record<string, unknown>).flatMap(([name, one]) =>
      typeof one === 'string' ? tokenIn(name, one) : one !== null && typeof one === 'object' ? tokenIn(key, JSON.stringify(one)) : [],
    );
  } catch {
    return [];
  }
}
