import { CookieJar } from 'tough-cookie';
import type { Hop, RedirectRow } from '../../evidence/edge-redirects.ts';
import { readHtml } from '../http/html.ts';
import { type EdgeAnswer, type EdgeClient, isBusy } from './client.ts';

/** Browsers take 20; who needs more than ten has lost his visitors to the waiting. */
const mostHops = 10;

/** A Set-Cookie header, and who sent it. */
export interface SetCookie {
  readonly url: URL;
  readonly line: string;
}

/** Where a way led, and what was answered at its end. */
export interface Followed {
  /** Set on the way, in order. */
  readonly cookies: readonly SetCookie[];
  readonly way: Pick<RedirectRow, 'hops' | 'end' | 'at' | 'why' | 'fault'>;
  /** Of a way that ended with an answer. */
  readonly answer?: EdgeAnswer;
}

/** A way through the redirects as a browser goes it: with the cookies that are set on the way. */
export async function follow(client: EdgeClient, start: URL, method: 'GET' | 'POST' = 'GET'): Promise<Followed> {
  const cookies: SetCookie[] = [];
  return { ...(await walk(client, start, method, cookies)), cookies };
}

async function walk(client: EdgeClient, start: URL, method: 'GET' | 'POST', cookies: SetCookie[]): Promise<Omit<Followed, 'cookies'>> {
  const jar = new CookieJar(undefined, { looseMode: true });
  const passed = new Set<string>();
  const hops: Hop[] = [];
  let url = start;
  for (;;) {
    const cookie = jar.getCookieStringSync(url.href);
    // With a new cookie the same address may answer otherwise.
    const state = `${url.href} ${cookie}`;
    if (passed.has(state)) return { way: { hops, end: 'loop', at: shown(url) } };
    if (hops.length >= mostHops) return { way: { hops, end: 'long', at: shown(url) } };
    passed.add(state);
    const answer = await client.ask(url, { method, ...(cookie !== '' && { headers: { cookie } }) });
    if (answer.is === 'failed') return { way: { hops, end: 'failed', at: shown(url), why: answer.text, fault: answer.why } };
    const { status, headers, setCookies, bot } = answer;
    for (const line of setCookies) {
      jar.setCookieSync(line, url.href, { ignoreError: true });
      cookies.push({ url, line });
    }
    const hsts = headers['strict-transport-security'];
    const hop: Hop = { url: shown(url), status, ...(hsts !== undefined && { hsts }) };
    if (bot !== undefined)
      return {
        way: { hops: [...hops, hop], end: 'bot', at: shown(url), why: `${bot} answered with a check for humans instead of the host.` },
      };
    if (isBusy(status))
      return {
        way: {
          hops: [...hops, hop],
          end: 'failed',
          at: shown(url),
          why: `${url.host} answered ${status}: it takes no more for now.`,
          fault: 'other',
        },
      };
    const next = leadsTo(answer);
    if (!next) return { way: { hops: [...hops, hop], end: 'answer', at: shown(url) }, answer };
    const { to, by } = next;
    const isOwn = client.knows(to.hostname);
    const lost = isOwn && (to.origin !== url.origin || isSlashAlone(url, to)) ? lostBetween(url, to) : [];
    const returns = to.origin === url.origin ? [] : returnsOf(to);
    hops.push({ ...hop, to: shown(to), by, ...(lost.length > 0 && { lost }), ...(returns.length > 0 && { returns }) });
    if (!isOwn) return { way: { hops, end: 'leaves', at: shown(to) } };
    // Where something is sent, only the first answer is looked at: what follows it depends on the app.
    if (method === 'POST') return { way: { hops, end: 'answer', at: shown(to) } };
    url = to;
  }
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** Where an answer leads by itself: a header, or a page that reloads itself elsewhere. */
export function leadsTo({ url, status, headers, text }: EdgeAnswer): { readonly to: URL; readonly by: 'header' | 'page' } | undefined {
  const location = isRedirect(status) ? headers['location'] : undefined;
  if (location !== undefined) {
    const to = web(location, url);
    return to && { to, by: 'header' };
  }
  if (status !== 200 || !/http-equiv/i.test(text)) return undefined;
  const refresh = readHtml(text).tags.find(
    ({ name, attributes }) => name === 'meta' && /^refresh$/i.test(attributes.get('http-equiv') ?? ''),
  );
  // Later than that, it is a page that somebody reads.
  const [, seconds, address] = /^\s*(\d{1,3})[^;]{0,9};\s*url\s*=\s*['"]?([^'"]+)/i.exec(refresh?.attributes.get('content') ?? '') ?? [];
  const to = address !== undefined && Number(seconds) <= 5 ? web(address, url) : undefined;
  return to && { to, by: 'page' };
}

function web(location: string, from: URL): URL | undefined {
  const to = URL.parse(location, from.href);
  if (!to || !/^https?:$/.test(to.protocol)) return undefined;
  to.hash = '';
  return to;
}

const plainPath = (path: string): string => path.replace(/(.)\/+$/, '$1');

/** Whether a redirect does nothing but add the slash at the end of a path, or take it off: nobody has read the query by then. */
const isSlashAlone = (from: URL, to: URL): boolean => from.pathname !== to.pathname && plainPath(from.pathname) === plainPath(to.pathname);

function lostBetween(from: URL, to: URL): ('path' | 'query')[] {
  // Kept as a parameter, as pages do that ask to sign in first.
  const carried = decodedQuery(to);
  const isCarried = from.pathname !== '/' && carried.includes(plainPath(from.pathname));
  const lost: ('path' | 'query')[] = [];
  if (!isCarried && from.pathname !== '/' && !plainPath(decoded(to.pathname)).endsWith(plainPath(decoded(from.pathname))))
    lost.push('path');
  const missing = [...from.searchParams].some(
    ([name, value]) => to.searchParams.get(name) !== value && !carried.includes(`${name}=${value}`),
  );
  if (missing) lost.push('query');
  return lost;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const decodedQuery = ({ search }: URL): string => decoded(decoded(search.replaceAll('+', ' ')));

const returnNames =
  /^(?:redirect_?(?:uri|url|to)?|return_?(?:to|url|path)?|callback_?(?:url)?|continue|next|site_?url|post_logout_redirect_uri)$/i;

function returnsOf(to: URL): { parameter: string; url: string }[] {
  return [...to.searchParams].flatMap(([parameter, value]) => {
    const url = returnNames.test(parameter) ? URL.parse(value) : null;
    return url && /^https?:$/.test(url.protocol) ? [{ parameter, url: `${url.origin}${url.pathname}` }] : [];
  });
}

/** An address to show: values of its query that may be secret are left out. Those we made up ourselves stay. */
export function shown(url: URL): string {
  const to = new URL(url);
  to.username = '';
  to.password = '';
  const kept = [...to.searchParams].map(([name, value]) => {
    const isOurs = value.startsWith('launch-ready') || value.length < 12;
    return `${encodeURIComponent(name)}=${isOurs ? encodeURIComponent(value) : '…'}`;
  });
  return `${to.origin}${to.pathname}${kept.length > 0 ? `?${kept.join('&')}` : ''}`;
}
