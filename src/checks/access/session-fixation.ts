import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionFixation = defineCheck({
  id: 'access/session-fixation',
  severity: 'high',
  covers: ['SESS-renew-on-login', 'SESS-strict-ids'],
  doc: {
    title: 'Signing in keeps a session id that somebody else may have planted',
    why: 'Whoever can set a cookie for your site (a subdomain, a link in an old app) chooses the session id beforehand, waits until the customer signs in, and is signed in too.',
    fix: 'Make a new session id whenever somebody signs in, and forget the old one.',
    effort: 'hours',
    references: ['https://owasp.org/www-community/attacks/Session_fixation'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('fixation', outcome, text), {
    broken: 'signing in keeps the value of sid that was there before',
    holds: 'signing in gives sid a new value',
    unknown: 'no new session could be started',
  }),
  evaluate: ({ live }) => tellSession(live, 'fixation'),
});
