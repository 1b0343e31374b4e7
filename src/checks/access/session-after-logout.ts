import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionAfterLogout = defineCheck({
  id: 'access/session-after-logout',
  severity: 'high',
  covers: ['S2-C4', 'RP-3', 'SESS-logout-server'],
  doc: {
    title: 'After signing out, a copy of the session still works',
    why: 'Somebody who once got hold of the cookie or the token (a shared computer, a log, a stolen backup) stays signed in, and the owner has no way to end it.',
    fix: 'End the session on the server when somebody signs out: delete its row, or note the token as revoked until it expires.',
    effort: 'hours',
    references: ['https://owasp.org/www-project-application-security-verification-standard/'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('logout', outcome, text), {
    broken: 'after signing out, a copy of the session cookie still opens the account',
    holds: 'after signing out, a copy of the session no longer works',
    unknown: 'no way to sign out was found',
  }),
  evaluate: ({ live }) => tellSession(live, 'logout'),
});
