import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const ssoRequestUnbound = defineCheck({
  id: 'access/sso-request-unbound',
  severity: 'low',
  covers: ['AUTHN-oidc-validate'],
  doc: {
    title: 'The request to the identity provider has neither PKCE nor a nonce',
    why: 'A code that was stolen on its way can be put into another sign-in, and nobody notices that it was meant for somebody else.',
    fix: 'Send a code_challenge (S256) with each request and the verifier with the code, or a nonce and compare it with the one in the id token. Libraries for OpenID Connect do both.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('sso-bound', outcome, text), {
    broken: 'the request to the provider has neither PKCE (S256) nor a nonce',
    holds: 'what comes back from the provider is tied to the request, by PKCE',
    unknown: 'the app did not lead to the provider',
  }),
  evaluate: ({ live }) => tellSession(live, 'sso-bound'),
});
