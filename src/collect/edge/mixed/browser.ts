import { setTimeout } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import type { MixedItem } from '../../../evidence/edge-mixed.ts';
import { launchBrowser } from '../../browser/launch.ts';
import type { AddressRules } from '../../http/address.ts';
import { listenTo } from './heard.ts';
import { mostOpened } from './page.ts';
import { startTunnels } from './tunnels.ts';
import { type Walked, type Walker, walkAs } from './walk.ts';

export interface BrowserReach {
  /** Hosts that the browser may reach. What others would send is not needed: the browser complains before it asks. */
  readonly knows: (hostname: string) => boolean;
  readonly placeOf: NonNullable<AddressRules['placeOf']>;
  /** Certificates of further authorities to trust where somebody is signed in, PEM. */
  readonly authorities: readonly string[];
  readonly signal: AbortSignal;
}

/** A browser on the hosts of the domain map. */
export interface MixedBrowser {
  /** Opens pages as anybody does, and hears what Chromium says of each; those that hang are left out. `told`: how many were opened so far. */
  asVisitor(pages: readonly string[], told: (done: number, of: number) => void): Promise<ReadonlyMap<string, readonly MixedItem[]>>;
  /** Opens the pages that somebody is shown who signs in. */
  asPerson(walker: Walker): Promise<Walked>;
  close(): Promise<void>;
}

/** Pages that are open at once. */
const windows = 3;
/** Milliseconds for a page to load, and to ask for what its scripts ask for afterwards. */
const patience = { load: 10_000, quiet: 1_500, close: 1_000 };

/** Starts the browser. Throws `NoBrowser` where that cannot be. It closes by itself when the signal aborts. */
export async function openMixedBrowser({ knows, placeOf, authorities, signal }: BrowserReach): Promise<MixedBrowser> {
  const proxy = await startTunnels(knows, placeOf);
  let browser: Browser;
  try {
    browser = await launchBrowser({ proxy: proxy.server, headless: true });
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    await browser.close().catch(() => undefined);
    await proxy.stop();
  };
  const stop = (): void => void close();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();

  return {
    async asVisitor(pages, told) {
      // Whether certificates are trusted is another question, and before a cut-over they often are not. Nothing secret is sent here.
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const items = new Map<string, readonly MixedItem[]>();
      const open = pages.slice(0, mostOpened);
      const all = open.length;
      let done = 0;
      const next = async (): Promise<void> => {
        for (let url = open.shift(); url !== undefined; url = open.shift()) {
          const heard = await heardAt(context, url);
          if (heard) items.set(url, heard);
          told(++done, all);
        }
      };
      await Promise.all(Array.from({ length: windows }, next));
      await context.close().catch(() => undefined);
      return items;
    },
    asPerson: (walker) => walkAs(browser, walker, { placeOf, authorities }),
    close,
  };
}

async function heardAt(context: BrowserContext, url: string): Promise<readonly MixedItem[] | undefined> {
  const page = await context.newPage();
  const listener = await listenTo(page);
  await page.goto(url, { waitUntil: 'load', timeout: patience.load }).catch(() => undefined);
  await setTimeout(patience.quiet);
  const { items, hangs } = await listener.take();
  // One that hangs does not close in time, and is ended with its window.
  await Promise.race([page.close().catch(() => undefined), setTimeout(patience.close)]);
  return hangs ? undefined : items;
}
