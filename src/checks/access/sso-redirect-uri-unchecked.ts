import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const ssoRedirectUriUnchecked = defineCheck({
  id: 'access/sso-redirect-uri-unchecked',
  severity: 'high',
  covers: ['AUTHN-oidc-validate'],
  doc: {
    title: 'The identity provider hands a sign-in to an address that is not the app’s',
    why: 'Somebody sends a customer a link to the identity provider that names another address to come back to. Where the provider does not compare it with the registered one, the code of the customer’s sign-in goes to whoever sent the link.',
    fix: 'Register the whole address of the callback at the identity provider, without wildcards, and let the provider compare it character by character.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc9700#section-2.1'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('sso-redirect', outcome, text), {
    broken: 'the identity provider hands the code of a sign-in to any address that the request names',
    holds: 'the identity provider leads back to the address of the app, and to no other',
    unknown: 'the provider did not lead back to the app',
  }),
  evaluate: ({ live }) => tellSession(live, 'sso-redirect'),
});
