import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';

export const crossSiteWrite = defineCheck({
  id: 'access/cross-site-write',
  severity: 'high',
  covers: ['S2-C4', 'MB-1'],
  doc: {
    title: 'A page of somebody else can make changes in the name of whoever opens it',
    why: 'A customer who is signed in opens a link, and the page behind it sends your forms with his cookie: invoices, members, settings.',
    fix: 'Set SameSite=Lax on the session cookie and ask for a token of the session with every form, or compare the Origin header.',
    effort: 'hours',
    references: ['https://owasp.org/www-community/attacks/csrf'],
  },
  needs: { live: liveAccess },
  examples: {
    fails: [
      {
        name: 'it was tried and worked',
        given: { live: sampleSession('cross-site', 'broken', 'a page elsewhere can send POST /invoices in the name of whoever opens it') },
      },
    ],
    passes: [
      {
        name: 'it was tried and did not work',
        given: { live: sampleSession('cross-site', 'holds', 'browsers do not send the cookie along with what other pages post') },
      },
    ],
    unknowns: [
      {
        name: 'it could not be tried',
        given: { live: sampleSession('cross-site', 'unknown', 'nothing may be made in the app, so it was not tried') },
      },
    ],
  },
  evaluate: ({ live }) => tellSession(live, 'cross-site'),
});
