import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

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
  examples: triedExamples((outcome, text) => sampleSession('cross-site', outcome, text), {
    broken: 'a page elsewhere can send POST /invoices in the name of whoever opens it',
    holds: 'browsers do not send the cookie along with what other pages post',
    unknown: 'nothing may be made in the app, so it was not tried',
  }),
  evaluate: ({ live }) => tellSession(live, 'cross-site'),
});
