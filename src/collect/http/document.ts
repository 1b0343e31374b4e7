import { CollectFault, evidence } from '../../core/evidence.ts';
import { defineCollector } from '../../core/collector.ts';
import type { Gap } from '../../evidence/source.ts';
import { type HttpClient, httpClient, type Reply } from './client.ts';
import { type Html, readHtml } from './html.ts';
import { wallBefore } from './wall.ts';

/** A page with its markup, for the collectors of this folder. */
export interface Document {
  readonly reply: Reply;
  readonly text: string;
  readonly html: Html;
  /** What relative addresses are resolved against. */
  readonly base: URL;
}

/** The first page and a few linked from it. */
export interface Documents {
  readonly first: Document;
  readonly others: readonly Document[];
  readonly gaps: readonly Gap[];
}

export const documents = evidence<Documents>()('http.documents', 'the pages of the app with their markup');

const maxOthers = 4;
const pageBytes = 4 * 2 ** 20;
const worthReading = /(^|[/-])(log-?in|sign-?(in|up)|auth|register|account|dashboard|app|portal|admin|invite|client)s?([/-]|$)/i;
/** A link that does something when followed; reading must not. */
const acts = /log-?out|sign-?out|delete|remove|unsubscribe|cancel|confirm|verify|approve|reset|download|export|toggle|\/api\//i;

/** The page's text in the character set it says it has. */
export function textOf({ body, headers }: Pick<Reply, 'body' | 'headers'>): string {
  const charset = /charset=["']?([\w-]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

/** True when an answer is a page of HTML, whatever its address looks like. */
export const isHtml = ({ headers, body }: Pick<Reply, 'headers' | 'body'>): boolean =>
  /^(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '') ||
  /^(\ufeff|\s)*<(!doctype html|html|head|body|script)\b/i.test(body.subarray(0, 512).toString('utf8'));

/** Reads one reply as a page. Anything but HTML has no tags. */
export function documentOf(reply: Reply): Document {
  const text = textOf(reply);
  const html = isHtml(reply) ? readHtml(text) : { tags: [], comments: [] };
  const declared = html.tags.find(({ name, attributes }) => name === 'base' && attributes.has('href'))?.attributes.get('href') ?? '';
  return { reply, text, html, base: URL.canParse(declared, reply.url.href) ? new URL(declared, reply.url) : reply.url };
}

/** Addresses of pages on the same host that a link of the page leads to, those that matter for login first. */
export function linkedPages({ html, base, reply }: Pick<Document, 'html' | 'base'> & { readonly reply: Pick<Reply, 'url'> }): URL[] {
  const found = new Map<string, URL>();
  for (const { name, attributes } of html.tags) {
    const href = name === 'a' ? attributes.get('href') : undefined;
    if (href === undefined || !URL.canParse(href, base.href)) continue;
    const url = new URL(href, base);
    url.hash = '';
    const asset = /\.(?!html?$)[a-z0-9]{2,5}$/i.test(url.pathname);
    if (url.origin === reply.url.origin && url.search === '' && url.pathname !== reply.url.pathname && !asset && !acts.test(url.pathname))
      found.set(url.href, url);
  }
  const urls = [...found.values()];
  const first = urls.filter((url) => worthReading.test(url.pathname));
  return [...first, ...urls.filter((url) => !first.includes(url))].slice(0, maxOthers);
}

async function readOthers(client: HttpClient, first: Document, signal: AbortSignal): Promise<{ others: Document[]; gaps: Gap[] }> {
  const results = await Promise.all(
    linkedPages(first).map(async (url) => ({ url, result: await client.get(url, { bodyBytes: pageBytes, accept: 'text/html', signal }) })),
  );
  const others: Document[] = [];
  const gaps: Gap[] = [];
  for (const { url, result } of results) {
    if (!result.ok) gaps.push({ what: url.href, why: result.fault.message, place: { url: url.href } });
    else if (!wallBefore(result.value) && result.value.url.pathname !== first.reply.url.pathname) others.push(documentOf(result.value));
  }
  return { others, gaps };
}

export const documentsCollector = defineCollector({
  provides: documents,
  wants: 'url',
  needs: { client: httpClient },
  effects: 'reads',
  timeoutMs: 90_000,
  transient: true,
  async collect({ client }, { target, signal, progress }) {
    const { url } = target;
    if (!url) throw new CollectFault('absent', 'No address of a running app was given.', 'Give the address, e.g. https://app.example.com.');
    progress(`opening ${url.host}`);
    const answer = await client.get(url, { bodyBytes: pageBytes, accept: 'text/html,application/xhtml+xml,*/*;q=0.5', signal });
    if (!answer.ok) throw new CollectFault(answer.fault.kind, answer.fault.message, answer.fault.remedy);
    const wall = wallBefore(answer.value);
    if (wall) throw new CollectFault(wall.kind, wall.message, wall.remedy);
    const first = documentOf(answer.value);
    const { others, gaps } = await readOthers(client, first, signal);
    const { cut } = answer.value;
    const why = { size: 'is larger than we read', time: 'did not end in time', broken: 'broke off' };
    return {
      first,
      others,
      gaps: [...(cut ? [{ what: first.reply.url.href, why: `the page ${why[cut]}`, place: { url: first.reply.url.href } }] : []), ...gaps],
    };
  },
});
