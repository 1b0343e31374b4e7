import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const secondFactorCodeReusable = defineCheck({
  id: 'access/second-factor-code-reusable',
  severity: 'low',
  covers: ['AUTHN-mfa-admin'],
  doc: {
    title: 'A code of the authenticator app works twice',
    why: 'Whoever sees a code (over a shoulder, on a copied sign-in page) has half a minute to use it as well.',
    fix: 'Remember the number of the last code that was taken for each account, and refuse it and all before it (RFC 6238, section 5.2).',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc6238#section-5.2'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('code-twice', outcome, text), {
    broken: 'a code of the authenticator app signs in twice',
    holds: 'a code of the authenticator app works once',
    unknown: 'no new session could be started',
  }),
  evaluate: ({ live }) => tellSession(live, 'code-twice'),
});
