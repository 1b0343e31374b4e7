import type { CachedAppOptions } from '../../src/collect/edge/cache/fixture.ts';
import type { KeyOf } from '../../src/collect/edge/cache/node-cache.ts';
import type { GivenHost, GivenMailDomain } from '../../src/core/target.ts';
import { cleanLetters, type Letters } from './letters.ts';
import { cleanMail, type Mail } from './mail.ts';
import { type Registered, registered } from './registration.ts';
import { cleanCode, type Code } from './repo.ts';
import type { Signing } from './signing.ts';
import { cleanWeb, type Web } from './web.ts';
import type { Records } from './zone.ts';

/** The registered domain; `.example` is nobody's (RFC 2606). */
export const apex = 'harbourline.example';

/** Where the name servers stand: all on this machine, those of the zone in networks of their own. */
export const addresses = {
  root: '127.53.0.1',
  registry: '127.53.0.2',
  first: '127.61.1.1',
  /** In the network of the first; it knows the zone as well. */
  beside: '127.61.1.2',
  second: '127.62.1.1',
} as const;

/** Address that Vercel asks for at an apex. Nobody is asked there: the hosts are pinned to this machine. */
const vercel = '76.76.21.21';

/** The whole domain before it is started. A flaw changes it. */
export interface Draft {
  readonly hosts: GivenHost[];
  readonly mailDomains: GivenMailDomain[];
  /** What the name servers have of the zone, besides SOA and NS. */
  readonly zone: Records;
  /** What the second one has in its place; `refuses`: it does not know the zone. */
  second?: Records | 'refuses';
  readonly soa: Record<'serial' | 'refresh' | 'retry' | 'expire' | 'minimum', number>;
  /** Name servers as the zone above and the zone itself name them. */
  readonly names: { above: string[]; zone: string[] };
  /** Addresses of them that the zone above keeps. */
  readonly glue: Record<string, string>;
  /** What the rest of the world has; below `.example` there is nothing but this domain. */
  readonly elsewhere: Records;
  readonly signing: Signing;
  readonly registered: Registered;
  readonly web: Web;
  readonly mail: Mail;
  readonly letters: Letters;
  readonly code: Code;
  readonly app: { -readonly [Key in keyof CachedAppOptions]: CachedAppOptions[Key] };
  /** What the cache in front of the app keeps. */
  cacheKey: KeyOf;
}

export const a = (data: string) => ({ type: 'A', data });
export const cname = (data: string) => ({ type: 'CNAME', data });

/** The domain as it should be. */
export function cleanDraft(): Draft {
  const servers = [`ns1.${apex}`, `ns2.${apex}`];
  const mail = cleanMail(apex);
  return {
    hosts: [
      { name: apex, role: 'marketing', redirectsTo: `www.${apex}` },
      { name: `www.${apex}`, role: 'marketing', on: 'vercel' },
      {
        name: `app.${apex}`,
        role: 'app',
        login: '/login',
        callbacks: ['/auth/callback'],
        mailedLinks: ['/auth/confirm'],
      },
      { name: `api.${apex}`, role: 'api' },
    ],
    mailDomains: mail.domains,
    zone: {
      ...mail.zone,
      [apex]: [a(vercel), ...(mail.zone[apex] ?? [])],
      [`www.${apex}`]: [cname('cname.vercel-dns.com')],
      [`app.${apex}`]: [a('203.0.113.20')],
      [`api.${apex}`]: [a('203.0.113.21')],
      [`ns1.${apex}`]: [a(addresses.first)],
      [`ns2.${apex}`]: [a(addresses.second)],
    },
    soa: { serial: 2026120101, refresh: 7_200, retry: 3_600, expire: 1_209_600, minimum: 300 },
    names: { above: servers, zone: [...servers] },
    glue: { [`ns1.${apex}`]: addresses.first, [`ns2.${apex}`]: addresses.second },
    elsewhere: { ...mail.elsewhere, 'cname.vercel-dns.com': [a(vercel)] },
    signing: { from: -7, to: 7, ds: 'right', by: 'published' },
    registered: registered(apex, servers),
    web: cleanWeb(apex),
    mail,
    letters: cleanLetters(apex),
    code: cleanCode(apex),
    app: { cacheControl: 'private, no-store', cookie: 'Secure; HttpOnly; SameSite=Lax' },
    cacheKey: () => undefined,
  };
}
