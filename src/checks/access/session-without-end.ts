import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionWithoutEnd = defineCheck({
  id: 'access/session-without-end',
  severity: 'medium',
  covers: ['S2-C4', 'SESS-absolute-timeout', 'RM-token-expiry'],
  doc: {
    title: 'A session lasts for months, or has no end',
    why: 'A lost phone or an old browser of somebody who has left stays signed in. Nobody notices.',
    fix: 'Let sessions end: a day or a week of use, and a month at the very most, kept on the server and not only in the cookie.',
    effort: 'hours',
    references: ['https://owasp.org/www-project-application-security-verification-standard/'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('lifetime', outcome, text), {
    broken: 'the token has no end',
    holds: 'the cookie sid lasts 12 hours',
    unknown: 'no new session could be started',
  }),
  evaluate: ({ live }) => tellSession(live, 'lifetime'),
});
