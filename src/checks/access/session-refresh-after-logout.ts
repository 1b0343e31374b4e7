import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionRefreshAfterLogout = defineCheck({
  id: 'access/session-refresh-after-logout',
  severity: 'high',
  covers: ['S2-C4', 'SESS-logout-server'],
  doc: {
    title: 'After signing out, the refresh token still brings new access tokens',
    why: 'A refresh token lasts for weeks. Whoever got hold of it stays signed in for as long, and the owner has no way to end it.',
    fix: 'Have signing out revoke the refresh token on the server, and all that came from it.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc7009', 'https://owasp.org/www-project-application-security-verification-standard/'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('refresh', outcome, text), {
    broken: 'after signing out, the refresh token still brings new access tokens',
    holds: 'after signing out, the refresh token no longer works',
    unknown: 'no way to sign out was found',
  }),
  evaluate: ({ live }) => tellSession(live, 'refresh'),
});
