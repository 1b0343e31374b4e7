import { defineCheck } from '../../core/check.ts';
import { livePage, type Page } from '../../evidence/http.ts';
import { faultsText, headerAccess, headersRecipe, wantedHeaders } from '../page-headers.ts';

export const securityHeaders = defineCheck({
  id: 'audit/security-headers',
  severity: 'medium',
  covers: ['RM-hsts-header', 'RM-no-sniff-header', 'REST-frame-none', 'RM-csp-header', 'ASVS-3.4.5', 'ASVS-3.4.3'],
  doc: {
    title: 'The pages lack headers that tell browsers to protect them',
    why: 'These headers cost nothing and switch on protections every browser has: against hidden frames, unencrypted first visits and files taken for scripts.',
    fix: 'Set the headers once for all pages, in the configuration of your host or with helmet in Express.',
    effort: 'minutes',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html'],
  },
  needs: { page: livePage },
  examples: {
    fails: [
      { name: 'a Vercel app without any', given: { page: pageWith({ 'content-type': 'text/html' }, ['vercel']) } },
      { name: 'everything but HSTS', given: { page: pageWith({ ...safe(), 'strict-transport-security': 'max-age=0' }) } },
      {
        name: 'frames allowed from anywhere',
        given: { page: pageWith({ ...safe(), 'x-frame-options': '', 'content-security-policy': "default-src 'self'; frame-ancestors *" }) },
      },
    ],
    passes: [
      { name: 'all of them', given: { page: pageWith(safe()) } },
      {
        name: 'frame-ancestors instead of X-Frame-Options',
        given: {
          page: pageWith({ ...safe(), 'x-frame-options': '', 'content-security-policy': "default-src 'self'; frame-ancestors 'none'" }),
        },
      },
    ],
  },
  *evaluate({ page }) {
    if (page.pages.length === 0) return;
    if (page.status >= 400) {
      yield {
        outcome: 'unknown',
        subject: 'headers',
        severity: 'low',
        message: `The address answered with an error (${page.status}), whose headers may not be those of the app.`,
        toKnow: 'Give the address of a page that opens.',
      };
      return;
    }
    const found = wantedHeaders.flatMap((header) => {
      const fault = header.fault(page);
      return fault === undefined ? [] : [{ header, fault }];
    });
    if (found.length === 0) {
      yield {
        outcome: 'pass',
        subject: 'headers',
        message: 'The first page sends the headers that switch on the protections of browsers.',
      };
      return;
    }
    const headers = found.map(({ header }) => header);
    const text = faultsText(found.map(({ fault }) => fault));
    yield {
      outcome: 'fail',
      subject: 'headers',
      severity: headers.some(({ serious }) => serious) && !page.local ? 'medium' : 'low',
      message: `The pages ${text}.`,
      place: { url: page.url },
      fix: headersRecipe(page, headers),
      proof: [
        { kind: 'http', request: `GET ${page.url}`, response: `${page.status}; they ${text}` },
        ...headers.map(({ name, against }) => ({ kind: 'step' as const, text: `${name} guards against ${against}` })),
      ],
      // The domain stage says it of each host.
      suspects: headers.map(({ name }) => ({ access: headerAccess(name, page.url) })),
    };
  },
});

function safe(): Record<string, string> {
  return {
    'strict-transport-security': 'max-age=63072000; includeSubDomains',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'self'",
  };
}

function pageWith(headers: Record<string, string>, hosts: readonly string[] = []): Page {
  const url = 'https://portal.example.com/';
  return {
    url,
    status: 200,
    headers,
    cookies: [],
    redirects: [],
    local: false,
    builders: [],
    frameworks: [],
    host: hosts.map((name) => ({ name, evidence: [] })),
    pages: [{ url, status: 200 }],
    gaps: [],
  };
}
