import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { MixedItem } from '../../../evidence/edge-mixed.ts';
import { NoBrowser } from '../../browser/launch.ts';
import { type Html, readHtml } from '../../http/html.ts';
import { bare, isPlain, mostItems, unique, upgradesAll } from './addresses.ts';

/** Milliseconds for a page to tell what stands in it. */
const most = { answerMs: 3_000 };

/** What a page asked for without encryption since the last time. */
export interface Heard {
  readonly items: readonly MixedItem[];
  /** The page tells browsers to ask for everything by https. */
  readonly upgrades: boolean;
  /** The page hangs: what it asks for is not known. */
  readonly hangs: boolean;
}

export interface Listener {
  take(): Promise<Heard>;
  /** A socket that the page opens, where the browser itself is not let open it. */
  socket(url: string): void;
}

/**
 * Listens to what Chromium finds wrong with a page (Chrome DevTools Protocol, domain Audits). Its console says the same in words, but not of what a
 * Content-Security-Policy stops first. Throws `NoBrowser` where the browser has no such domain.
 */
export async function listenTo(page: Page): Promise<Listener> {
  let heard: MixedItem[] = [];
  let sockets: string[] = [];
  let policy = '';
  const session = await page.context().newCDPSession(page);
  session.on('Audits.issueAdded', ({ issue }) => {
    if (heard.length < mostItems) heard.push(...itemIn(issue));
  });
  await session.send('Audits.enable').catch((error: unknown) => {
    if (page.isClosed()) return;
    throw new NoBrowser(
      `The browser does not tell what it blocks: ${error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)}`,
      'Install a current Chromium, and name it in LAUNCH_READY_BROWSER.',
    );
  });
  page.on('response', (response) => {
    const request = response.request();
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) policy = response.headers()['content-security-policy'] ?? '';
  });
  return {
    socket: (url) => void (sockets.length < mostItems && sockets.push(url)),
    async take() {
      const { forms, tags, hangs } = await documentOf(page);
      const upgrades = upgradesAll({ 'content-security-policy': policy }, { tags, comments: [] });
      // A socket that is only noted was asked of nobody: the browser would have done as the page says.
      const opened = upgrades ? [] : sockets.flatMap((url) => item('active', 'WebSocket', url, true));
      const items = unique([...heard, ...opened, ...forms.flatMap((url) => item('form', 'form', url, false))]);
      [heard, sockets] = [[], []];
      return { items, upgrades, hangs };
    },
  };
}

/** Types of Chromium that say less than the tag or the call behind them. */
const plainer: Readonly<Record<string, string>> = { Resource: 'fetch', Image: 'img', Stylesheet: 'style', Frame: 'iframe' };
/** Directives of a policy by what they are about (CSP Level 3, section 6). */
const directive = /^(script|style|img|media|font|connect|frame|child|worker|object|manifest|form)-(?:src|action)/;

/** What an issue says is asked for without encryption. An issue comes from a page: nothing of it is believed without a look. */
export function itemIn(issue: { readonly code: string; readonly details: object }): MixedItem[] {
  const details = issue.details as {
    readonly mixedContentIssueDetails?: { resolutionStatus?: unknown; resourceType?: unknown; insecureURL?: unknown };
    readonly contentSecurityPolicyIssueDetails?: { isReportOnly?: unknown; violatedDirective?: unknown; blockedURL?: unknown };
  };
  const mixed = details.mixedContentIssueDetails;
  if (mixed) {
    const type = String(mixed.resourceType ?? 'request').slice(0, 40);
    const url = String(mixed.insecureURL);
    if (type === 'Form') return item('form', 'form', url, true);
    const isBlocked = mixed.resolutionStatus === 'MixedContentBlocked';
    const what = url.startsWith('ws:') ? 'WebSocket' : (plainer[type] ?? (/^[A-Z][a-z]+$/.test(type) ? type.toLowerCase() : type));
    return item(isBlocked ? 'active' : 'passive', what, url, true);
  }
  const policy = details.contentSecurityPolicyIssueDetails;
  // A policy that only reports is asked before the address is upgraded.
  const about = policy && policy.isReportOnly !== true ? directive.exec(String(policy.violatedDirective))?.[1] : undefined;
  if (!policy || about === undefined) return [];
  const kind = about === 'form' ? 'form' : about === 'img' || about === 'media' ? 'passive' : 'active';
  return item(kind, about === 'connect' ? 'fetch' : about, String(policy.blockedURL), true);
}

function item(kind: MixedItem['kind'], what: string, address: string, isTried: boolean): MixedItem[] {
  const url = URL.parse(address);
  return url && isPlain(url) ? [{ kind, what, url: bare(url), ...(isTried && { tried: true as const }) }] : [];
}

/** Runs in the page: where its forms send to, and what it tells browsers. Fields may be called like properties of their form. */
const documentScript = `({
  forms: [...document.querySelectorAll('form[action], [formaction]')].slice(0, 200).map((one) => {
    try { return new URL(one.getAttribute(one.hasAttribute('formaction') ? 'formaction' : 'action'), document.baseURI).href.slice(0, 2000); } catch { return ''; }
  }),
  metas: [...document.querySelectorAll('meta[http-equiv]')].slice(0, 20).map((one) => one.outerHTML.slice(0, 4000)).join(''),
})`;

/** Forms and policies as they stand in the document once scripts have run. */
async function documentOf(
  page: Page,
): Promise<{ readonly forms: readonly string[]; readonly tags: Html['tags']; readonly hangs: boolean }> {
  // A script that never ends answers nobody.
  const late = new AbortController();
  const seen: unknown = await Promise.race([
    page.evaluate(documentScript).catch(() => undefined),
    setTimeout(most.answerMs, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
  const { forms, metas } = (seen ?? {}) as { forms?: unknown; metas?: unknown };
  return {
    hangs: seen === undefined,
    forms: Array.isArray(forms) ? forms.filter((one) => typeof one === 'string').slice(0, mostItems) : [],
    tags: readHtml(typeof metas === 'string' ? metas : '').tags,
  };
}
