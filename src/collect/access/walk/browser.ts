import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../browser/launch.ts';
import { startProxy } from '../../browser/proxy.ts';
import type { Account } from '../people/account.ts';
import type { Recording } from '../traffic/exchange.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { signInByPage } from './sign-in.ts';
import { go } from './steps.ts';
import { openVisit, type Visit } from './visit.ts';
import { walk, type WalkLimits } from './walk.ts';

/** A browser on the app, with a window for each person. */
export interface AppBrowser {
  /** Signs somebody in through the app's own page; his session, `undefined` where that does not let him in. `pages`: where the page may be. */
  signIn(
    who: string,
    account: Account,
    pages: readonly string[],
  ): Promise<{ readonly session: Session; readonly recording: Recording } | undefined>;
  /** Walks through the app as somebody: signed in by the page where that works, with a session of its own then, else with the session he has. */
  walk(walker: Walker): Promise<{ readonly recording: Recording; readonly session?: Session }>;
  close(): Promise<void>;
}

export interface Walker {
  readonly who: string;
  /** Absent: a visitor. */
  readonly account?: Account;
  readonly administrator?: boolean;
  readonly session: Session;
  readonly pages: readonly string[];
  /** Also what says that it adds something. */
  readonly writes: boolean;
}

/** Whose things are tried is looked at longest. */
const limits: { readonly [who in 'customer' | 'administrator' | 'visitor']: WalkLimits } = {
  customer: { pages: 40, ms: 45_000 },
  administrator: { pages: 40, ms: 25_000 },
  visitor: { pages: 12, ms: 12_000 },
};

/**
 * Starts the browser. Throws `NoBrowser` where that cannot be. It closes by itself when `signal` aborts. `count`: called for each request that goes to
 * the app; one for which it gives false is not sent.
 */
export async function openAppBrowser(origin: string, signal?: AbortSignal, count: () => boolean = () => true): Promise<AppBrowser> {
  const visits = new Map<string, Visit>();
  // Each window has a proxy of its own: nothing leaves the browser beside them.
  const proxy = await startProxy({ reaches: () => false, permits: () => false });
  let browser: Browser;
  try {
    browser = await launchBrowser({ proxy: proxy.server, headless: true });
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  // Where one signs in is looked for once.
  let door: string | undefined;
  const entered = async (visit: Visit, account: Account, pages: readonly string[]): Promise<boolean> => {
    const address = await signInByPage(visit, origin, account, door === undefined ? pages : [door]);
    door ??= address;
    return address !== undefined;
  };
  const close = async (): Promise<void> => {
    await browser.close().catch(() => undefined);
    await proxy.stop();
  };
  const stop = (): void => void close();
  signal?.addEventListener('abort', stop, { once: true });

  return {
    async signIn(who, account, pages) {
      const visit = await openVisit(browser, origin, emptySession(), { count });
      if (!(await entered(visit, account, pages))) {
        await visit.close();
        return undefined;
      }
      visits.set(who, visit);
      return { session: await visit.session(), recording: { who, exchanges: visit.exchanges } };
    },
    async walk({ who, account, administrator, session, pages, writes }) {
      let visit = visits.get(who);
      let isOwn = visit !== undefined;
      if (!visit) {
        visit = await openVisit(browser, origin, emptySession(), { count });
        if (account) isOwn = await entered(visit, account, pages);
        if (account && !isOwn) {
          await visit.close();
          visit = await openVisit(browser, origin, session, { count });
        }
        if (!isOwn) await go(visit, origin);
      }
      visits.delete(who);
      await walk(visit, origin, writes, account ? (administrator ? limits.administrator : limits.customer) : limits.visitor);
      await visit.settle(1_000);
      const own = isOwn ? await visit.session() : undefined;
      await visit.close();
      return { recording: { who, exchanges: visit.exchanges }, ...(own && { session: own }) };
    },
    async close() {
      signal?.removeEventListener('abort', stop);
      await close();
    },
  };
}
