import { setTimeout } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { MixedItem, MixedPage } from '../../../evidence/edge-mixed.ts';
import type { Account } from '../../access/people/account.ts';
import type { Witness } from '../../access/people/sign-in.ts';
import { signInByPage } from '../../access/walk/sign-in.ts';
import { openRoute } from '../../access/walk/route.ts';
import { go } from '../../access/walk/steps.ts';
import { openVisit, type Visit } from '../../access/walk/visit.ts';
import { emptySession, type Session } from '../../access/wire/session.ts';
import { type Listener, listenTo } from './heard.ts';
import { together, withoutIds } from './shown.ts';

/** Somebody whose pages are opened. */
export interface Walker {
  readonly name: string;
  /** Of the app he signs in to. */
  readonly origin: string;
  readonly account: Account;
  /** What he was given when he signed in, and what tells whether that is his. Absent: he is signed in by the app's own page. */
  readonly entered?: { readonly session: Session; readonly witness: Witness };
  /** Paths to begin with: where the app led him, then what he was shown. */
  readonly starts: readonly string[];
  /** Paths of pages with a form to sign in by. */
  readonly signInPages: readonly string[];
  /** Origins beside the app's whose pages and data may be asked for as him. */
  readonly beside: readonly string[];
  /** Hosts whose files pages may load. */
  readonly knows: (hostname: string) => boolean;
  /** False: no more requests may be sent. */
  readonly count: () => boolean;
  /** How many pages were opened so far. */
  readonly told: (done: number) => void;
}

export interface Walked {
  readonly pages: readonly MixedPage[];
  /** Links that there was no time or no room for. */
  readonly left: readonly string[];
  /** Pages that are never opened, and why. */
  readonly held: ReadonlyMap<string, string>;
  /** Whether the browser was let in as him. */
  readonly isIn: boolean;
}

const most = { pages: 10, signInMs: 30_000, walkMs: 25_000 };
/** Milliseconds that scripts are given for what they ask for once the page is there. */
const quietMs = 700;

/** Opens the pages that somebody is shown, by their links, and hears what Chromium says of each. Nothing is clicked but the button that signs in. */
export async function walkAs(browser: Browser, walker: Walker): Promise<Walked> {
  const { origin, account, entered, beside, knows, count } = walker;
  let listener: Listener | undefined;
  const visit = await openVisit(browser, origin, entered ? withoutToken(entered.session) : emptySession(), {
    allows: ({ protocol, origin: to, hostname }, isFile) => protocol === 'https:' && (isFile ? knows(hostname) : beside.includes(to)),
    count,
    onSocket: (url) => listener?.socket(url),
  });
  // Whatever hangs ends with the window.
  const limit = new AbortController();
  void setTimeout(most.signInMs + most.walkMs, undefined, { signal: limit.signal, ref: false }).then(() => visit.close(), ignore);
  try {
    listener = await listenTo(visit.page);
    const isIn = await letIn(visit, walker, account);
    return isIn ? { ...(await follow(visit, listener, walker)), isIn } : { pages: [], left: [], held: new Map(), isIn };
  } finally {
    limit.abort();
    await visit.close();
  }
}

const ignore = (): void => undefined;

/** Pages know of no token that we send along: they show themselves as to a visitor then. */
function withoutToken({ token: _, renew: __, ...session }: Session): Session {
  return session;
}

/** In by what he was given already, where cookies are enough for that; else by the page, as a token is kept where only the app knows. */
async function letIn(visit: Visit, { origin, entered, starts, signInPages }: Walker, account: Account): Promise<boolean> {
  if (entered) {
    await go(visit, new URL(starts[0] ?? '/', origin).href);
    if (await isShownTo(visit, entered.witness)) return true;
  }
  if (account.password === undefined) return false;
  return (await signInByPage(visit, origin, account, signInPages)) !== undefined;
}

/** Whether the browser is answered at the witness as he is. */
async function isShownTo({ page }: Visit, { path, names, visitors }: Witness): Promise<boolean> {
  const ask = `fetch(${JSON.stringify(path)}, { redirect: 'manual' }).then(async (answer) => ({ status: answer.status, text: (await answer.text()).slice(0, 1e6).toLowerCase() }))`;
  const answer: unknown = await page.evaluate(ask).catch(() => undefined);
  const { status, text } = (answer ?? {}) as { status?: unknown; text?: unknown };
  if (typeof status !== 'number' || typeof text !== 'string' || status < 200 || status >= 300) return false;
  return names.length === 0 ? status !== visitors : names.some((name) => text.includes(name));
}

async function follow(visit: Visit, listener: Listener, { name, origin, starts, beside, told }: Walker): Promise<Omit<Walked, 'isIn'>> {
  const until = Date.now() + most.walkMs;
  const isReached = (url: URL): boolean => url.origin === origin || beside.includes(url.origin);
  const route = openRoute(isReached);
  for (const path of starts) route.add(new URL(path, origin).href);
  route.add(visit.page.url());
  for (const link of (await visit.view()).links) route.add(link);
  route.add(`${origin}/`);
  const pages = new Map<string, MixedPage>();
  await listener.take();
  let opened = 0;
  while (opened < most.pages && Date.now() < until) {
    const address = route.next();
    if (address === undefined) break;
    if (!(await go(visit, address))) continue;
    await setTimeout(quietMs);
    opened += 1;
    const { items, upgrades } = await listener.take();
    const at = URL.parse(visit.page.url());
    // A page that sent him elsewhere.
    if (!at || !isReached(at)) continue;
    const url = withoutIds(at.href);
    pages.set(url, { url, as: name, upgrades, items: together(pages.get(url)?.items ?? [], items.map(itemWithoutIds)) });
    for (const link of (await visit.view()).links) route.add(link);
    told(opened);
  }
  const left = [...new Set(route.left().map(withoutIds))].filter((url) => !pages.has(url));
  return { pages: [...pages.values()], left, held: route.held };
}

const itemWithoutIds = (item: MixedItem): MixedItem => ({ ...item, url: withoutIds(item.url) });
