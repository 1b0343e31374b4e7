import { CookieJar, type Cookie as ToughCookie } from 'tough-cookie';
import { defineCollector } from '../../core/collector.ts';
import { CollectFault, optional } from '../../core/evidence.ts';
import type { GivenHost } from '../../core/target.ts';
import { edgePages, type HeaderedPage, type HostCookie, type HostPages, protectiveHeaders } from '../../evidence/edge-pages.ts';
import { frameworks, hosts as hostSigns } from '../http/builders.ts';
import { readCookie } from '../http/cookie.ts';
import { isHtml } from '../http/document.ts';
import { recognise, type Traits } from '../http/fingerprint.ts';
import { readHtml } from '../http/html.ts';
import { metaPolicyOf } from '../http/page.ts';
import { type EdgeAnswer, edgeClient, type EdgeClient } from './client.ts';
import { follow, type SetCookie } from './follow.ts';
import { edgePeople, type EdgePeople } from './people.ts';

/** Stands where the target has nobody who signs in. */
const nobody: EdgePeople | 'nobody' = 'nobody';

/** Reads the first page and the login of every host: what they send is asked for by others of this stage as well, and comes once. */
export const pagesCollector = defineCollector({
  provides: edgePages,
  wants: 'domain',
  needs: { client: edgeClient },
  later: { people: optional<'edge.people', EdgePeople | 'nobody'>(edgePeople, nobody) },
  effects: 'reads',
  // Whoever signs in takes his time.
  timeoutMs: 900_000,
  async collect({ client, people }, { target: { domains } }) {
    const { apex, hosts } = domains ?? { apex: '', hosts: [] };
    const meant = hosts.filter(({ role, redirectsTo }) => role !== 'other' && redirectsTo === undefined);
    const [read, held] = await Promise.all([Promise.all(meant.map((host) => pagesOf(client, host))), heldBy(people)]);
    return { apex, hosts: read.flatMap((one) => (one ? [{ ...one, cookies: together(one, held) }] : [])) };
  },
});

/** The cookies of whoever is signed in first; none where nobody is, which is told elsewhere. */
async function heldBy(people: () => Promise<EdgePeople | 'nobody'>): Promise<readonly HostCookie[]> {
  try {
    const app = await people();
    if (app === 'nobody') return [];
    const { origin, protocol } = new URL(app.sender.origin);
    const person = app.people.find(({ account }) => account !== undefined);
    if (!person || protocol !== 'https:') return [];
    const cookies = await person.session.cookies.getCookies(origin, { allPaths: true });
    return cookies.map((cookie) => heldCookie(cookie, `${origin}/`));
  } catch (error) {
    if (error instanceof CollectFault) return [];
    throw error;
  }
}

function heldCookie({ key, secure, httpOnly, sameSite, hostOnly, domain, expires, maxAge }: ToughCookie, url: string): HostCookie {
  return {
    name: key,
    url,
    secure,
    httpOnly,
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : 'not-set',
    ...(hostOnly === false && domain !== null && { domain }),
    persistent: expires !== 'Infinity' || maxAge !== null,
    signedIn: true,
  };
}

/** What a host set, and what it keeps people signed in with, in place of what was there before. */
function together({ name, cookies }: HostPages, held: readonly HostCookie[]): HostCookie[] {
  const own = held.filter(({ url }) => new URL(url).hostname === name);
  return [...cookies.filter((cookie) => !own.some((one) => one.name === cookie.name)), ...own];
}

/** `undefined` for a name that is not in the DNS, which is told of elsewhere. */
async function pagesOf(client: EdgeClient, { name, role, login }: GivenHost): Promise<HostPages | undefined> {
  const paths = ['/', ...(role === 'app' ? [login ?? '/login'] : login === undefined ? [] : [login])];
  const ways = await Promise.all(paths.map((path) => follow(client, new URL(path, `https://${name}`))));
  const [home] = ways;
  if (!home || home.way.fault === 'missing') return undefined;
  const set = ways.flatMap(({ cookies }) => cookies);
  const pages = new Map<string, HeaderedPage>();
  for (const { answer } of ways) if (answer && isPageOf(name, answer)) pages.set(answer.url.href, pageOf(answer, set));
  const { end, why, at } = home.way;
  const status = home.answer?.status ?? 0;
  const isHere = URL.parse(at)?.hostname === name;
  const refused = role !== 'api' && isHere && status >= 400 ? `${name} answered ${status} instead of a page.` : undefined;
  const untold = end === 'failed' || end === 'bot' ? why : refused;
  return {
    name,
    role,
    pages: [...pages.values()],
    cookies: cookiesOf(name, set),
    ...(pages.size === 0 && untold !== undefined && { why: untold }),
  };
}

/** An error may come from somebody in front, whose headers are not those of the app. */
const isPageOf = (name: string, { url, status, headers, text }: EdgeAnswer): boolean =>
  url.hostname === name && url.protocol === 'https:' && status < 400 && isHtml({ headers, body: Buffer.from(text.slice(0, 512)) });

function pageOf({ url, status, headers, text }: EdgeAnswer, set: readonly SetCookie[]): HeaderedPage {
  const html = readHtml(text);
  const cookies = set.flatMap(({ line, url: from }) => readCookie(line, from.href)?.name ?? []);
  const traits: Traits = { url, headers, cookies, tags: html.tags };
  const metaPolicy = metaPolicyOf(html);
  return {
    url: `${url.origin}${url.pathname}`,
    status,
    headers: Object.fromEntries(
      protectiveHeaders.flatMap((header) => (headers[header] === undefined ? [] : [[header, headers[header].slice(0, 4_000)]])),
    ),
    ...(metaPolicy !== undefined && { metaPolicy: metaPolicy.slice(0, 4_000) }),
    host: recognise(hostSigns, traits),
    frameworks: recognise(frameworks, traits),
  };
}

function cookiesOf(name: string, set: readonly SetCookie[]): HostCookie[] {
  const found = new Map<string, HostCookie>();
  for (const { line, url } of set) {
    const cookie = url.hostname === name && url.protocol === 'https:' ? readCookie(line, `${url.origin}${url.pathname}`) : undefined;
    if (!cookie || found.has(cookie.name)) continue;
    const refused = refusalOf(cookie, line, url);
    found.set(cookie.name, { ...cookie, ...(refused !== undefined && { refused }) });
  }
  return [...found.values()];
}

/** Why browsers would not keep a cookie (RFC 6265bis, sections 4.1.3 and 5.7); an end to a sentence. */
function refusalOf({ name, domain, secure, sameSite }: HostCookie, line: string, url: URL): string | undefined {
  if (sameSite === 'none' && !secure) return 'SameSite=None holds only together with Secure';
  try {
    new CookieJar(undefined, { looseMode: true }).setCookieSync(line, url.href);
  } catch {
    return `its Domain ${(domain ?? '').slice(0, 80)} is not one that ${url.hostname} may set cookies for`;
  }
  if (/^__secure-/i.test(name) && !secure) return 'a name with __Secure- wants Secure';
  const isWhole = /;\s*path\s*=\s*\/\s*(?:;|$)/i.test(line);
  return /^__host-/i.test(name) && !(secure && domain === undefined && isWhole)
    ? 'a name with __Host- wants Secure, Path=/ and no Domain'
    : undefined;
}
