import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const loginWithoutProof = defineCheck({
  id: 'access/login-without-proof',
  severity: 'blocker',
  covers: ['MB-1', 'S1-C2', 'API2-all-flows-known'],
  doc: {
    title: 'Naming an address is enough to be signed in as its owner',
    why: 'An address is no secret. Whoever knows one of a customer, or of yours, is in the account.',
    fix: 'Ask for a proof before a session starts: the password, a mailed token, or a signed answer of the device. Take the open route away.',
    effort: 'hours',
    references: [
      'https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/',
      'https://cwe.mitre.org/data/definitions/287.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('login-unproven', 'sign-in', outcome, text), {
    broken: 'knowing an address is enough to be signed in as its owner: POST /login/mobile with nothing but the address',
    holds: 'nobody is signed in by naming an address',
    unknown: 'there is no account that was made for testing',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'login-unproven'),
});
