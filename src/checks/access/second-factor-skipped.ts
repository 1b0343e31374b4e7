import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const secondFactorSkipped = defineCheck({
  id: 'access/second-factor-skipped',
  severity: 'high',
  covers: ['AUTHN-mfa-admin'],
  doc: {
    title: 'The password alone opens an account that has a second factor',
    why: 'People set up an authenticator app so that a stolen password is not enough. Here it is: the page asks for the code, and the server lets in whoever does not answer.',
    fix: 'Give out the session only when the code was right. What remembers the first step until then must open nothing but the second.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Multifactor_Authentication_Cheat_Sheet.html'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('second-step', outcome, text), {
    broken: 'the password alone opens the account',
    holds: 'without the code the password opens nothing',
    unknown: 'no new session could be started',
  }),
  evaluate: ({ live }) => tellSession(live, 'second-step'),
});
