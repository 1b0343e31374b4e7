import { defineCheck } from '../../core/check.ts';
import { edgePages, type EdgePages, type HeaderedPage, type HostPages } from '../../evidence/edge-pages.ts';
import { faultsText, headerAccess, headersRecipe, wantedHeaders } from '../page-headers.ts';

/** HSTS belongs to each host, not to its pages: edge/hsts-missing tells it. */
const wanted = wantedHeaders.filter(({ name }) => name !== 'Strict-Transport-Security');

export const securityHeaders = defineCheck({
  id: 'edge/security-headers',
  severity: 'medium',
  mendedIn: 'code',
  covers: ['S3-C4', 'RM-no-sniff-header', 'REST-frame-none', 'RM-csp-header', 'ASVS-3.4.3', 'RM-x-frame-options-deny'],
  doc: {
    title: 'A host lacks headers that tell browsers to protect its pages',
    why: 'These headers cost nothing and switch on protections every browser has: against hidden frames that steal clicks, foreign scripts, and files taken for scripts. Each host sets its own: a website in front says nothing for the app behind the login.',
    fix: 'Set the headers once for all pages of the host, in its configuration or with helmet in Express.',
    effort: 'minutes',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html'],
  },
  needs: { pages: edgePages },
  examples: {
    fails: [
      { name: 'an app without any', given: { pages: pagesWith({}) } },
      { name: 'the login lacks what the first page has', given: { pages: pagesWith(safe(), {}) } },
      {
        name: 'a policy that takes scripts from everywhere',
        given: { pages: pagesWith({ ...safe(), 'content-security-policy': "default-src 'self'; script-src https: 'unsafe-inline'" }) },
      },
    ],
    passes: [
      { name: 'all of them', given: { pages: pagesWith(safe()) } },
      {
        name: 'frame-ancestors instead of X-Frame-Options, and scripts by nonce',
        given: {
          pages: pagesWith({
            ...safe(),
            'x-frame-options': '',
            'content-security-policy': "script-src 'nonce-x' 'strict-dynamic' https: 'unsafe-inline'; frame-ancestors 'self'",
          }),
        },
      },
    ],
    unknowns: [
      {
        name: 'the host answers with an error',
        given: {
          pages: { apex: 'example.com', hosts: [{ ...hostWith([]), why: 'app.example.com answered 502 instead of a page.' }] },
        },
      },
    ],
  },
  *trials({ pages: { hosts } }) {
    for (const host of hosts)
      for (const { header } of faultsOf(host))
        yield { access: headerAccess(header.name, `https://${host.name}/`), outcome: 'worked', subject: host.name };
  },
  *evaluate({ pages: { hosts } }) {
    for (const host of hosts) {
      const { name, role, pages, why } = host;
      const about = { subject: name, place: { name, url: pages[0]?.url ?? `https://${name}/` } };
      if (why !== undefined)
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'low',
          message: `Which headers protect the pages of ${name} could not be seen: ${why}`,
          toKnow: 'Mend what keeps it from answering, or let this machine through, and run it again.',
        };
      if (pages.length === 0) continue;
      const found = faultsOf(host);
      const headers = found.map(({ header }) => header);
      if (found.length === 0)
        yield { ...about, outcome: 'pass', message: `The pages of ${name} send the headers that switch on the protections of browsers.` };
      else
        yield {
          ...about,
          outcome: 'fail',
          severity: role === 'app' && headers.some(({ serious }) => serious) ? 'medium' : 'low',
          message: `The pages of ${name} ${faultsText(found.map(({ fault }) => fault))}.`,
          fix: headersRecipe(pages[0]!, headers),
          proof: [
            ...pages.flatMap((page) => {
              const here = found.flatMap(({ header }) => header.fault({ ...page, local: false }) ?? []);
              return here.length === 0
                ? []
                : [{ kind: 'http' as const, request: `GET ${page.url}`, response: `${page.status}; they ${faultsText(here)}` }];
            }),
            ...headers.map(({ name: header, against }) => ({ kind: 'step' as const, text: `${header} guards against ${against}` })),
          ],
        };
    }
  },
});

/** Each header that a page of the host does without, once. */
function faultsOf({ pages }: HostPages): { readonly header: (typeof wanted)[number]; readonly fault: string }[] {
  return wanted.flatMap((header) => {
    const [fault] = pages.flatMap((page) => header.fault({ ...page, local: false }) ?? []);
    return fault === undefined ? [] : [{ header, fault }];
  });
}

function safe(): Record<string, string> {
  return {
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'self'",
  };
}

function hostWith(pages: readonly HeaderedPage[]): HostPages {
  return { name: 'app.example.com', role: 'app', pages, cookies: [] };
}

function pagesWith(home: Readonly<Record<string, string>>, login = home): EdgePages {
  const page = (path: string, headers: Readonly<Record<string, string>>): HeaderedPage => ({
    url: `https://app.example.com${path}`,
    status: 200,
    headers,
    host: [],
    frameworks: [],
  });
  return { apex: 'example.com', hosts: [hostWith([page('/', home), page('/login', login)])] };
}
