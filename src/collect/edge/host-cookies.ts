import { CookieJar } from 'tough-cookie';
import type { HostCookie } from '../../evidence/edge-pages.ts';
import { readCookie } from '../http/cookie.ts';
import type { SetCookie } from './follow.ts';

/** Cookies of a host that are judged: browsers keep not many more of one (RFC 6265, section 6.1). */
export const mostCookies = 50;
/** Characters of a name and of a domain that are kept. */
const most = { name: 100, domain: 255 };

/** The cookies that a host set, without their values: each name once, as browsers keep it where they keep it at all. */
export function hostCookies(name: string, set: readonly SetCookie[]): HostCookie[] {
  const found = new Map<string, HostCookie>();
  for (const { line, url } of set) {
    const cookie = url.hostname === name && url.protocol === 'https:' ? readCookie(line, `${url.origin}${url.pathname}`) : undefined;
    if (!cookie) continue;
    const before = found.get(cookie.name);
    if (before && before.refused === undefined) continue;
    if (!before && found.size >= mostCookies) continue;
    const refused = refusalOf(cookie, line, url);
    const short = {
      ...cookie,
      name: cookie.name.slice(0, most.name),
      ...(cookie.domain !== undefined && { domain: cookie.domain.slice(0, most.domain) }),
    };
    if (!before || refused === undefined) found.set(cookie.name, { ...short, ...(refused !== undefined && { refused }) });
  }
  return [...found.values()];
}

/** RFC 6265bis, section 5.7, step 19. */
export const crossSiteWithoutSecure = 'SameSite=None holds only together with Secure';

/** Bytes of name and value together that browsers take (RFC 6265bis, section 5.6, step 6). */
const largest = 4_096;

/** Why browsers would not keep a cookie (RFC 6265bis, sections 4.1.3 and 5.7); an end to a sentence. */
function refusalOf({ name, domain, secure, sameSite }: HostCookie, line: string, url: URL): string | undefined {
  if (sameSite === 'none' && !secure) return crossSiteWithoutSecure;
  const [pair = ''] = line.split(';', 1);
  if (Buffer.byteLength(pair) - 1 > largest) return `its name and value have more than ${largest} bytes`;
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
