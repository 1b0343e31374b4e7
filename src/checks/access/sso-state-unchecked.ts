import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const ssoStateUnchecked = defineCheck({
  id: 'access/sso-state-unchecked',
  severity: 'high',
  covers: ['AUTHN-oidc-validate'],
  doc: {
    title: 'A sign-in at the identity provider ends in a browser that did not begin it',
    why: 'Somebody sends a customer a link that ends his own sign-in. The customer is then in the account of the attacker, and types, uploads and pays there.',
    fix: 'Keep a random state (or the verifier of PKCE) in the session of the browser before leading to the provider, and refuse whoever comes back with another one or with none.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc9700#section-4.7'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('sso-state', outcome, text), {
    broken: 'a sign-in that one browser began signs in another one',
    holds: 'a sign-in at the provider ends only in the browser that began it',
    unknown: 'the provider did not lead back to the app',
  }),
  evaluate: ({ live }) => tellSession(live, 'sso-state'),
});
