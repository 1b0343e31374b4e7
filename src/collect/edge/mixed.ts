import { defineCollector } from '../../core/collector.ts';
import type { GivenDomains, GivenHost } from '../../core/target.ts';
import { edgeMixed, type MixedItem, type MixedPage } from '../../evidence/edge-mixed.ts';
import { dnsClient } from '../dns/collector.ts';
import { isHtml, linkedPages } from '../http/document.ts';
import { type Html, readHtml } from '../http/html.ts';
import { edgeClient, type EdgeAnswer, type EdgeClient } from './client.ts';
import { follow } from './follow.ts';
import { mixedInCss, mixedInHtml, mixedInScript, upgradesAll } from './mixed-in.ts';
import { placesOf } from './places.ts';

/** Files of a page that are read: its own sheets and scripts. */
const mostFiles = 12;

/** Reads the pages of the hosts, and opens them in a browser where that was asked for. */
export const mixedCollector = defineCollector({
  provides: edgeMixed,
  wants: 'domain',
  needs: { client: edgeClient, dns: dnsClient },
  effects: 'reads',
  timeoutMs: 120_000,
  async collect({ client, dns }, { target, signal, progress }) {
    const domains: GivenDomains = target.domains ?? { apex: '', hosts: [], mail: [], drafted: true };
    const hosts = domains.hosts.filter(({ role, redirectsTo }) => (role === 'app' || role === 'marketing') && redirectsTo === undefined);
    const read = await Promise.all(hosts.map((host) => pagesOf(client, host)));
    const pages = read.flatMap((one) => one.pages);
    const unread = read.flatMap((one) => (one.why === undefined ? [] : [{ name: one.name, why: one.why }]));
    if (target.browser !== true || pages.length === 0) return { pages, unread };
    progress('opening the pages in a browser');
    const { mixedInBrowser } = await import('./mixed-browser.ts');
    const seen = await mixedInBrowser(
      pages.map(({ url }) => url),
      { knows: (name) => client.knows(name), placeOf: placesOf(domains, dns), signal },
    );
    return {
      pages: pages.map((page) => ({ ...page, items: together(page.items, seen.items.get(page.url) ?? []) })),
      unread,
      ...(seen.noBrowser !== undefined && { noBrowser: seen.noBrowser }),
    };
  },
});

/** What stands in the code and what a browser tried, each once. */
function together(read: readonly MixedItem[], tried: readonly MixedItem[]): MixedItem[] {
  const isSame = (one: MixedItem, other: MixedItem): boolean => one.url === other.url;
  return [
    ...read.map((one) => (tried.some((other) => isSame(one, other)) ? { ...one, tried: true as const } : one)),
    ...tried.filter((one, nth) => !read.some((other) => isSame(one, other)) && tried.findIndex((other) => isSame(one, other)) === nth),
  ];
}

/** The pages of one host that can be seen without signing in. */
async function pagesOf(
  client: EdgeClient,
  { name, login }: GivenHost,
): Promise<{ readonly name: string; readonly pages: readonly MixedPage[]; readonly why?: string }> {
  const starts = ['/', ...(login === undefined ? [] : [login])].map((path) => new URL(path, `https://${name}`));
  const ends = await Promise.all(starts.map((url) => follow(client, url)));
  const [first] = ends;
  // A name that is not in the DNS is told of elsewhere.
  const why = first?.way.fault === 'missing' ? undefined : first?.way.why;
  if (!first?.answer) return { name, pages: [], ...(why !== undefined && { why }) };
  const base = first.answer;
  if (isRefusal(base.status)) return { name, pages: [], why: `${name} answered ${base.status} instead of a page.` };
  const html = readHtml(base.text);
  const linked = linkedPages({ html, base: base.url, reply: { url: base.url } });
  const others = await Promise.all(linked.map((url) => client.ask(url)));
  const answers = new Map<string, EdgeAnswer>();
  for (const one of [...ends.map(({ answer }) => answer), ...others])
    if (one?.is === 'answer' && one.bot === undefined && one.url.protocol === 'https:' && client.knows(one.url.hostname) && isPage(one))
      answers.set(one.url.href, one);
  return { name, pages: await Promise.all([...answers.values()].map((answer) => pageOf(client, answer))) };
}

/** What somebody in front says, or an error of the server: no page of the host. */
const isRefusal = (status: number): boolean => status === 401 || status === 403 || status >= 429;

const isPage = ({ status, headers, text }: EdgeAnswer): boolean =>
  !isRefusal(status) && isHtml({ headers, body: Buffer.from(text.slice(0, 512)) });

async function pageOf(client: EdgeClient, { url, headers, text }: EdgeAnswer): Promise<MixedPage> {
  const html = readHtml(text);
  const declared = html.tags.find(({ name, attributes }) => name === 'base' && attributes.has('href'))?.attributes.get('href') ?? '';
  const base = URL.parse(declared, url.href) ?? url;
  const isOwn = (hostname: string): boolean => client.knows(hostname);
  const inline = html.tags.flatMap(({ name, attributes, text: script }) =>
    name === 'script' && !attributes.has('src') && isCode(attributes.get('type')) ? mixedInScript(script ?? '', base, isOwn) : [],
  );
  const files = await Promise.all(filesOf(html, base, isOwn).map(async ({ at, kind }) => inFile(await client.ask(at), kind, isOwn)));
  return {
    url: `${url.origin}${url.pathname}`,
    upgrades: upgradesAll(headers, html),
    items: [...mixedInHtml(html, base), ...inline, ...files.flat()],
  };
}

/** Data blocks are no scripts: addresses in them are names (JSON-LD). */
const isCode = (type = ''): boolean => type === '' || /javascript|module|ecmascript/i.test(type);

interface FileAt {
  readonly at: URL;
  readonly kind: 'css' | 'script';
}

function filesOf({ tags }: Html, base: URL, isOwn: (hostname: string) => boolean): FileAt[] {
  const files = tags.flatMap(({ name, attributes }): FileAt[] => {
    const isSheet = name === 'link' && /\bstylesheet\b/i.test(attributes.get('rel') ?? '');
    const address = name === 'script' ? attributes.get('src') : isSheet ? attributes.get('href') : undefined;
    const at = address === undefined ? null : URL.parse(address, base.href);
    return at && at.protocol === 'https:' && isOwn(at.hostname) ? [{ at, kind: isSheet ? 'css' : 'script' }] : [];
  });
  return files.slice(0, mostFiles);
}

function inFile(answer: Awaited<ReturnType<EdgeClient['ask']>>, kind: FileAt['kind'], isOwn: (hostname: string) => boolean): MixedItem[] {
  if (answer.is === 'failed' || answer.status !== 200) return [];
  const from = `${answer.url.origin}${answer.url.pathname}`;
  const items = kind === 'css' ? mixedInCss(answer.text, answer.url) : mixedInScript(answer.text, answer.url, isOwn);
  return items.map((one) => ({ ...one, from }));
}
