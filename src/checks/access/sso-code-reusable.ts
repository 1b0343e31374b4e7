import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const ssoCodeReusable = defineCheck({
  id: 'access/sso-code-reusable',
  severity: 'medium',
  covers: ['AUTHN-oidc-validate'],
  doc: {
    title: 'The address that the identity provider returns to signs in twice',
    why: 'The address with the code stands in the history of the browser and in logs. Whoever finds it there is signed in.',
    fix: 'Forget the state when somebody comes back with it, exchange each code once, and refuse what the provider refuses.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('sso-code', outcome, text), {
    broken: 'the address that the provider returns to signs in twice',
    holds: 'the address that the provider returns to signs in once',
    unknown: 'coming back did not sign in',
  }),
  evaluate: ({ live }) => tellSession(live, 'sso-code'),
});
