import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionCookieReadable = defineCheck({
  id: 'access/session-cookie-readable',
  severity: 'medium',
  covers: ['SESS-secure-httponly-samesite'],
  doc: {
    title: 'Scripts in the page can read the cookie that signs people in',
    why: 'One script that should not be there (a plugin, an injected comment) takes the session of everybody who opens the page.',
    fix: 'Set HttpOnly on the session cookie. What your scripts need to know about the user belongs into an answer of the server.',
    effort: 'hours',
    references: ['https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('cookie', outcome, text), {
    broken: 'scripts in the page can read sid, which alone opens the account',
    holds: 'scripts cannot read sid',
    unknown: 'no new session could be started',
  }),
  evaluate: ({ live }) => tellSession(live, 'cookie'),
});
