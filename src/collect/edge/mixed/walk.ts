import { setTimeout } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { MixedItem, MixedPage } from '../../../evidence/edge-mixed.ts';
import type { Account } from '../../access/people/account.ts';
import type { Witness } from '../../access/people/sign-in.ts';
import { signInByPage } from '../../access/walk/sign-in.ts';
import { openRoute } from '../../access/walk/route.ts';
import { go } from '../../access/walk/steps.ts';
import type { VisitRules } from '../../access/walk/guard.ts';
import { openVisit, type Visit } from '../../access/walk/visit.ts';
import { emptySession, type Session } from '../../access/wire/session.ts';
import { freshParameter, withFresh } from '../cache/ways.ts';
import { type Listener, listenTo } from './heard.ts';
import { isForSigningIn, together, withoutIds } from './shown.ts';

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
  /** Waits until nobody else needs the session that he was given: an app may end it when he signs in once more. */
  readonly alone: () => Promise<void>;
  /** False: no more requests may be sent. */
  readonly count: () => boolean;
  /** How many pages were opened so far. */
  readonly told: (done: number) => void;
}

export interface Walked {
  readonly pages: readonly MixedPage[];
  /** Pages that there was no time or no room for, or that hang. */
  readonly left: readonly string[];
  /** Pages that are never opened, and why. */
  readonly held: ReadonlyMap<string, string>;
  /** Whether the browser was let in as him. */
  readonly isIn: boolean;
  /** Why a host could not be trusted with what is his. Nothing was sent there. */
  readonly untrusted?: string;
}

const most = { pages: 10, signInMs: 30_000, walkMs: 25_000 };
/** Milliseconds that scripts are given for what they ask for once the page is there. */
const quietMs = 700;

/** Opens the pages that somebody is shown, by their links, and hears what Chromium says of each. Nothing is clicked but the button that signs in. */
export async function walkAs(browser: Browser, walker: Walker, way: NonNullable<VisitRules['way']>): Promise<Walked> {
  const { origin, entered, beside, knows, count } = walker;
  let listener: Listener | undefined;
  const visit = await openVisit(browser, origin, entered ? withoutToken(entered.session) : emptySession(), {
    allows: ({ protocol, origin: to, hostname }, isFile) => protocol === 'https:' && (isFile ? knows(hostname) : beside.includes(to)),
    knows,
    count,
    way,
    onSocket: (url) => listener?.socket(url),
  });
  // Whatever hangs ends with the window.
  const limit = { at: new AbortController() };
  const begin = (): void => {
    limit.at.abort();
    limit.at = new AbortController();
    void setTimeout(most.signInMs + most.walkMs, undefined, { signal: limit.at.signal, ref: false }).then(() => visit.close(), ignore);
  };
  begin();
  try {
    listener = await listenTo(visit.page);
    let isIn = entered !== undefined && (await isLetIn(visit, entered.witness, walker));
    if (!isIn && walker.account.password !== undefined && visit.untrusted === undefined) {
      limit.at.abort();
      await walker.alone();
      begin();
      isIn = await signsIn(visit, listener, walker);
    }
    const seen = isIn ? await follow(visit, listener, walker) : { pages: [], left: [], held: new Map<string, string>() };
    return {
      ...seen,
      held: new Map([...seen.held, ...visit.turnedAway]),
      isIn,
      ...(visit.untrusted !== undefined && { untrusted: visit.untrusted }),
    };
  } finally {
    limit.at.abort();
    await visit.close();
  }
}

const ignore = (): void => undefined;

/** Pages know of no token that we send along: they show themselves as to a visitor then. */
function withoutToken(session: Session): Session {
  const own = { ...session };
  delete own.token;
  delete own.renew;
  return own;
}

/** In by what he was given already, where cookies are enough for that. */
async function isLetIn(visit: Visit, witness: Witness, { origin, starts }: Walker): Promise<boolean> {
  await go(visit, withKey(new URL(starts[0] ?? '/', origin).href));
  return isShownTo(visit, witness);
}

/** In by the app's own page, as a token is kept where only the app knows. */
async function signsIn(visit: Visit, listener: Listener, { origin, account, starts, signInPages }: Walker): Promise<boolean> {
  if ((await signInByPage(visit, origin, account, signInPages)) === undefined) return false;
  // What was heard so far is of the page that signs in, and of nothing else that can be told apart.
  await listener.take();
  return go(visit, starts[0] === undefined ? visit.page.url() : withKey(new URL(starts[0], origin).href));
}

/** Whether the browser is answered at the witness as he is. */
async function isShownTo({ page }: Visit, { path, names, visitors }: Witness): Promise<boolean> {
  const ask = `fetch(${JSON.stringify(path)}, { redirect: 'manual' }).then(async (answer) => ({ status: answer.status, text: (await answer.text()).slice(0, 1e6).toLowerCase() }))`;
  const answer: unknown = await page.evaluate(ask).catch(() => undefined);
  const { status, text } = (answer ?? {}) as { status?: unknown; text?: unknown };
  if (typeof status !== 'number' || typeof text !== 'string' || status < 200 || status >= 300) return false;
  return names.length === 0 ? status !== visitors : names.some((name) => text.includes(name));
}

async function follow(visit: Visit, listener: Listener, walker: Walker): Promise<Omit<Walked, 'isIn'>> {
  const { name, origin, starts, beside, told } = walker;
  const until = Date.now() + most.walkMs;
  const isReached = (url: URL): boolean => url.origin === origin || beside.includes(url.origin);
  const isForHim = (url: URL): boolean => isReached(url) && !(url.origin === origin && isForSigningIn(url.pathname, walker.signInPages));
  const route = openRoute(isForHim);
  const pages = new Map<string, MixedPage>();
  const silent: string[] = [];
  /** What the page that is open now asked for, and where it leads. */
  const hear = async (): Promise<void> => {
    await setTimeout(quietMs);
    const { items, upgrades, hangs } = await listener.take();
    const at = URL.parse(visit.page.url());
    // A page that sent him elsewhere.
    if (!at || !isForHim(at)) return;
    const url = withoutIds(at.href);
    if (hangs) return void silent.push(url);
    pages.set(url, { url, as: name, upgrades, items: together(pages.get(url)?.items ?? [], items.map(itemWithoutIds)) });
    for (const link of (await visit.view()).links) route.add(link);
  };
  // He is at a page of his already.
  route.add(withoutKey(visit.page.url()));
  route.next();
  await hear();
  for (const path of [...starts, '/']) route.add(new URL(path, origin).href);
  for (let opened = 1; opened < most.pages && Date.now() < until;) {
    told(opened);
    const address = route.next();
    if (address === undefined) break;
    if (!(await go(visit, withKey(address)))) continue;
    opened += 1;
    await hear();
  }
  const left = [...new Set([...silent, ...route.left().map(withoutIds)])].filter((url) => !pages.has(url));
  return { pages: [...pages.values()], left, held: route.held };
}

/** With a key of its own in caches: what somebody is shown is not kept where others ask. */
function withKey(address: string): string {
  const url = new URL(address);
  return new URL(`${withFresh(`${url.pathname}${url.search}`)}${url.hash}`, url).href;
}

function withoutKey(address: string): string {
  const url = new URL(address);
  url.searchParams.delete(freshParameter);
  return url.href;
}

const itemWithoutIds = (item: MixedItem): MixedItem => ({ ...item, url: withoutIds(item.url) });
