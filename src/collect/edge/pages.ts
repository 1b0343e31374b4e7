import type { Cookie as ToughCookie } from 'tough-cookie';
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
import { crossSiteWithoutSecure, hostCookies, mostCookies } from './host-cookies.ts';
import { edgePeople, type EdgePeople } from './people.ts';

/** Characters of a header that are judged; servers and browsers take few that are longer. */
const mostOfHeader = 16_384;

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

/** The cookies of whoever is signed in first, and those that browsers would have refused when somebody tried to; none where nobody is there to sign in. */
async function heldBy(people: () => Promise<EdgePeople | 'nobody'>): Promise<readonly HostCookie[]> {
  try {
    const app = await people();
    if (app === 'nobody') return [];
    const { origin, protocol, hostname } = new URL(app.sender.origin);
    if (protocol !== 'https:') return [];
    const person = app.people.find(({ account }) => account !== undefined);
    const cookies = (await person?.session.cookies.getCookies(origin, { allPaths: true })) ?? [];
    const held = cookies.slice(0, mostCookies).map((cookie) => heldCookie(cookie, `${origin}/`));
    const refused = hostCookies(hostname, app.set).filter(
      (one) => one.refused !== undefined && !held.some(({ name }) => name === one.name),
    );
    return [...held, ...refused];
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
    ...(sameSite === 'none' && !secure && { refused: crossSiteWithoutSecure }),
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
    cookies: hostCookies(name, set),
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
      protectiveHeaders.flatMap((header) => (headers[header] === undefined ? [] : [[header, headers[header].slice(0, mostOfHeader)]])),
    ),
    ...(metaPolicy !== undefined && { metaPolicy: metaPolicy.slice(0, mostOfHeader) }),
    host: recognise(hostSigns, traits),
    frameworks: recognise(frameworks, traits),
  };
}
