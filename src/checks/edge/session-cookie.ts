import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { edgePages, type EdgePages, type HostCookie, type HostPages } from '../../evidence/edge-pages.ts';
import { cookieAccess, cookieFaults, cookieText, isSessionCookie } from '../session-cookie.ts';

export const sessionCookie = defineCheck({
  id: 'edge/session-cookie',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C4', 'SESS-secure-httponly-samesite'],
  doc: {
    title: 'The cookie of a session is not kept, or not protected, on this domain',
    why: 'Whoever gets the session cookie is signed in as that customer. One that browsers refuse, because it is made for another host or lacks what its name promises, signs nobody in: the login comes back without a word.',
    fix: 'Set the cookie with httpOnly: true, secure: true and sameSite: "lax", and without a domain, so that it stays on the host that set it (the session options of your framework or login library).',
    effort: 'minutes',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#cookies',
      'https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis',
    ],
  },
  needs: { pages: edgePages },
  examples: {
    fails: [
      { name: 'scripts can read it', given: { pages: pagesWith({ httpOnly: false }) } },
      {
        name: 'it is made for this machine, as during development',
        given: {
          pages: pagesWith({ domain: 'localhost', refused: 'its Domain localhost is not one that app.example.com may set cookies for' }),
        },
      },
      { name: 'the website gets it too', given: { pages: pagesWith({ domain: '.example.com' }) } },
    ],
    passes: [
      { name: 'all flags, for its own host', given: { pages: pagesWith({}) } },
      { name: 'shared by the app and its API', given: { pages: pagesWith({ domain: 'example.com' }, 'api') } },
    ],
  },
  *trials({ pages: { hosts } }) {
    for (const { cookies } of hosts)
      for (const cookie of cookies) yield { access: cookieAccess(cookie), outcome: 'worked', subject: subjectOf(cookie) };
  },
  *evaluate({ pages: { hosts } }) {
    for (const { name, cookies } of hosts) {
      const sessions = cookies.filter((cookie) => isSessionCookie(cookie.name));
      // Where somebody is signed in, what keeps him so is known, and what else sounds like it is worth a note.
      const isHeld = sessions.some(({ signedIn, refused }) => signedIn && refused === undefined);
      for (const cookie of sessions) yield observed(name, cookie, hosts, isHeld && !cookie.signedIn);
    }
  },
});

const subjectOf = ({ name, url }: HostCookie): string => `${name} of ${URL.parse(url)?.hostname ?? url}`;

function observed(host: string, cookie: HostCookie, hosts: readonly HostPages[], isBeside: boolean): Observation {
  const { name, url, refused } = cookie;
  const about = { subject: subjectOf(cookie), place: { url, name } };
  const proof = [
    cookie.signedIn
      ? { kind: 'step' as const, text: `after signing in: ${cookieText(cookie)}` }
      : { kind: 'http' as const, request: `GET ${url}`, response: cookieText(cookie) },
  ];
  if (refused !== undefined)
    return {
      ...about,
      outcome: 'fail',
      severity: isBeside ? 'low' : 'high',
      message: `Browsers refuse the cookie ${name} of ${host}, which looks like a session cookie, since ${refused}${isBeside ? '. People stay signed in by another one' : ': nobody stays signed in by it'}.`,
      proof,
    };
  const faults = cookieFaults(cookie, {
    local: false,
    beside: hosts.find((one) => one.name === host)?.cookies.map((one) => one.name) ?? [],
  });
  const wide = widelySent(cookie, host, hosts);
  if (wide.length > 0) faults.push({ text: `it is sent to ${andList(wide)} as well (Domain=${cookie.domain ?? ''})`, serious: false });
  if (faults.length === 0)
    return { ...about, outcome: 'pass', message: `The cookie ${name} of ${host} is kept, and protected as it should be.` };
  return {
    ...about,
    outcome: 'fail',
    severity: faults.some(({ serious }) => serious) && !isBeside ? 'medium' : 'low',
    message: `The cookie ${name} of ${host} looks like a session cookie, and ${andList(faults.map(({ text }) => text))}.`,
    proof,
  };
}

/** Websites that a cookie goes to beside its own host: they are mostly run by somebody else. An app and its API may share one. */
function widelySent({ domain }: HostCookie, host: string, hosts: readonly HostPages[]): string[] {
  const scope = domain?.replace(/^\./, '').toLowerCase();
  if (scope === undefined || scope === '') return [];
  return hosts.flatMap(({ name, role }) =>
    role === 'marketing' && name !== host && (name === scope || name.endsWith(`.${scope}`)) ? [name] : [],
  );
}

function pagesWith(more: Partial<HostCookie>, beside: HostPages['role'] = 'marketing'): EdgePages {
  const url = 'https://app.example.com/login';
  const cookie: HostCookie = { name: 'session', url, secure: true, httpOnly: true, sameSite: 'lax', persistent: false, ...more };
  return {
    apex: 'example.com',
    hosts: [
      { name: 'app.example.com', role: 'app', pages: [], cookies: [cookie] },
      { name: 'www.example.com', role: beside, pages: [], cookies: [] },
    ],
  };
}
