import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Browser } from 'playwright-core';
import type { MixedItem } from '../../evidence/edge-mixed.ts';
import { launchBrowser, NoBrowser } from '../browser/launch.ts';
import type { AddressRules } from '../http/address.ts';

export interface BrowserReach {
  /** Hosts that the browser may reach. What others would send is not needed: the browser complains before it asks. */
  readonly knows: (hostname: string) => boolean;
  readonly placeOf: NonNullable<AddressRules['placeOf']>;
  readonly signal: AbortSignal;
}

export interface SeenInBrowser {
  /** By page. */
  readonly items: ReadonlyMap<string, readonly MixedItem[]>;
  /** Why no browser could be used. */
  readonly noBrowser?: string;
}

const mostPages = 8;
/** Milliseconds for a page to load, and to ask for what its scripts ask for afterwards. */
const patience = { load: 10_000, quiet: 1_500 };

/** Opens each page in Chromium and hears what it says of mixed content. */
export async function mixedInBrowser(pages: readonly string[], { signal, ...reach }: BrowserReach): Promise<SeenInBrowser> {
  const proxy = await startTunnels(reach);
  let browser: Browser | undefined;
  const stop = (): void => void browser?.close().catch(() => undefined);
  try {
    browser = await launchBrowser({ proxy: proxy.server, headless: true });
    signal.addEventListener('abort', stop, { once: true });
    const items = new Map<string, MixedItem[]>();
    // Whether certificates are trusted is another question, and before a cut-over they often are not.
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    for (const url of pages.slice(0, mostPages)) {
      const found: MixedItem[] = [];
      const page = await context.newPage();
      page.on('console', (message) => found.push(...itemIn(message.text())));
      await page.goto(url, { waitUntil: 'load', timeout: patience.load }).catch(() => undefined);
      await page.waitForTimeout(patience.quiet).catch(() => undefined);
      await page.close().catch(() => undefined);
      items.set(url, found);
    }
    return { items };
  } catch (error) {
    if (error instanceof NoBrowser) return { items: new Map(), noBrowser: `${error.message} ${error.remedy}` };
    if (signal.aborted) return { items: new Map(), noBrowser: 'The time for this step was up.' };
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await browser?.close().catch(() => undefined);
    await proxy.stop();
  }
}

/** What Chromium says on its console of one thing that it blocked or asked for by https instead. */
export function itemIn(text: string): MixedItem[] {
  if (!text.startsWith('Mixed Content:')) return [];
  const address = /(?:requested an insecure|endpoint|targets an insecure endpoint|form action)[^']*'((?:http|ws):\/\/[^']+)'/.exec(
    text,
  )?.[1];
  const url = address === undefined ? null : URL.parse(address);
  if (!url) return [];
  const what = /insecure (?:\w+ )?(\w+(?: \w+)?) '/.exec(text)?.[1] ?? 'request';
  const kind = /\bform\b/.test(text)
    ? 'form'
    : /automatically upgraded|insecure (?:image|video|audio|favicon|element)|has been upgraded/i.test(text)
      ? 'passive'
      : 'active';
  return [{ kind, what, url: `${url.protocol}//${url.host}${url.pathname}`, tried: true }];
}

/** A proxy that leads a browser to the hosts of the domain map, where they are pinned to, by TLS and to nobody else. */
async function startTunnels({ knows, placeOf }: Omit<BrowserReach, 'signal'>): Promise<{ readonly server: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((_, response) => response.writeHead(403).end());
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const [, hostname = '', port = ''] = /^(.+):(\d+)$/.exec(request.url ?? '') ?? [];
    const refuse = (): void => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    if (!knows(hostname) || port !== '443') return refuse();
    placeOf('https:', hostname).then((place) => {
      const onward = connect(place?.port ?? 443, place?.address ?? hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    }, refuse);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
