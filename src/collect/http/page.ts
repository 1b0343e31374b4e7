import { defineCollector } from '../../core/collector.ts';
import { livePage, type Page } from '../../evidence/http.ts';
import { builders, developmentServers, frameworks, hosts } from './builders.ts';
import { type HttpClient, httpClient, isLocal } from './client.ts';
import { readCookie } from './cookie.ts';
import { type Document, documentOf, documents, type Documents } from './document.ts';
import { recognise, type Traits } from './fingerprint.ts';
import type { Html } from './html.ts';

/** What the tags of a page ask a visitor for. */
export function loginOf({ html, base, reply }: Document): Page['login'] {
  let action: string | undefined;
  for (const { name, attributes } of html.tags) {
    if (name === 'form') action = attributes.get('action');
    const password = name === 'input' && (attributes.get('type') ?? '').toLowerCase() === 'password';
    if (!password) continue;
    const target = action !== undefined && URL.canParse(action, base.href) ? new URL(action, base).href : undefined;
    return { url: reply.url.href, what: 'a form asks for a password', ...(target !== undefined && { action: target }) };
  }
  return undefined;
}

/** Asks the same host over plain http what visitors get who type the address without https. */
export async function askPlainHttp(client: HttpClient, page: URL, signal: AbortSignal): Promise<Page['plainHttp']> {
  const url = new URL('/', page);
  url.protocol = 'http:';
  const answer = await client.get(url, { follow: false, bodyBytes: 64 * 1024, signal });
  if (!answer.ok) return { url: url.href, answer: 'nothing', detail: answer.fault.message };
  const { status, headers } = answer.value;
  const refresh = documentOf(answer.value).html.tags.some(
    ({ name, attributes }) =>
      name === 'meta' &&
      /^refresh$/i.test(attributes.get('http-equiv') ?? '') &&
      /url=\s*['"]?https:/i.test(attributes.get('content') ?? ''),
  );
  if (refresh || (status >= 300 && status < 400 && /^https:/i.test(headers['location'] ?? '')))
    return { url: url.href, answer: 'redirects', detail: `${status}, sends visitors to https` };
  return status >= 200 && status < 300
    ? { url: url.href, answer: 'serves', detail: `${status}, the page itself` }
    : { url: url.href, answer: 'nothing', detail: `${status}` };
}

/** The Content-Security-Policy that stands in a page itself. */
export const metaPolicyOf = ({ tags }: Html): string | undefined => {
  const policy = tags.find(
    ({ name, attributes }) => name === 'meta' && /^content-security-policy$/i.test(attributes.get('http-equiv') ?? ''),
  );
  return policy && (policy.attributes.get('content') ?? '');
};

/** The facts about the pages that checks see. */
export function describePage({ first, others, gaps }: Documents): Omit<Page, 'plainHttp'> {
  const { reply, html } = first;
  const all = [first, ...others];
  const cookies = all.flatMap(({ reply: { setCookies, url } }) => setCookies.flatMap((header) => readCookie(header, url.href) ?? []));
  const traits: Traits = { url: reply.url, headers: reply.headers, cookies: cookies.map(({ name }) => name), tags: html.tags };
  const title = html.tags
    .find(({ name }) => name === 'title')
    ?.text?.trim()
    .slice(0, 200);
  const metaPolicy = metaPolicyOf(html);
  const login = all.map(loginOf).find((found) => found !== undefined);
  const [development] = recognise(developmentServers, traits);
  return {
    url: reply.url.href,
    status: reply.status,
    headers: reply.headers,
    cookies: cookies.filter((cookie, index) => cookies.findIndex(({ name }) => name === cookie.name) === index),
    redirects: reply.redirects,
    local: isLocal(reply.url),
    ...(title !== undefined && title !== '' && { title }),
    ...(metaPolicy !== undefined && { metaPolicy }),
    builders: recognise(builders, traits),
    frameworks: recognise(frameworks, traits),
    host: recognise(hosts, traits),
    pages: all.map(({ reply: { url, status } }) => ({ url: url.href, status })),
    ...(login && { login }),
    ...(development && { development: { name: development.name, what: development.evidence[0]?.what ?? '' } }),
    gaps,
  };
}

export const pageCollector = defineCollector({
  provides: livePage,
  wants: 'url',
  needs: { documents, client: httpClient },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ documents: read, client }, { signal }) {
    const page = describePage(read);
    const url = new URL(page.url);
    // A port other than 443 belongs to a development set-up, where nobody types the address without its scheme.
    const plainHttp = url.protocol === 'https:' && url.port === '' ? await askPlainHttp(client, url, signal) : undefined;
    return { ...page, ...(plainHttp && { plainHttp }) };
  },
});
