import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionAfterIdleTime = defineCheck({
  id: 'access/session-after-idle-time',
  severity: 'medium',
  covers: ['S2-C4', 'SESS-idle-timeout'],
  doc: {
    title: 'A session that nobody uses lives on after it should have ended',
    why: 'The browser forgets the cookie, and the server does not: whoever copied it, or finds it in a backup or a log, is signed in long after its owner has gone home.',
    fix: 'Keep the time of the last use with the session on the server, and refuse the session once that is too long ago. An end that stands in the cookie alone binds nobody.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#idle-timeout'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('idle', outcome, text), {
    broken: 'a session that nobody used for more than 60 seconds still opens the account',
    holds: 'a session that nobody uses for 60 seconds ends, and one that is used does not',
    unknown: 'no new session could be had',
  }),
  evaluate: ({ live }) => tellSession(live, 'idle'),
});
