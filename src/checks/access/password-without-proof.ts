import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const passwordWithoutProof = defineCheck({
  id: 'access/password-without-proof',
  severity: 'blocker',
  covers: ['MB-1', 'S2-C5', 'RESET-no-change-before-token'],
  doc: {
    title: 'Naming an address is enough to set the password of its account',
    why: 'An address is no secret. Whoever knows one of a customer, or of yours, sets a password and signs in with it.',
    fix: 'Take a new password only with the single-use token that was mailed to the address, or from somebody who is signed in and gives the old one. Take the open route away.',
    effort: 'hours',
    references: [
      'https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/',
      'https://cwe.mitre.org/data/definitions/640.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('password-unproven', 'password reset', outcome, text), {
    broken: 'anybody can set the password of an account by POST /setup-password and its address',
    holds: 'no route set a password for somebody who only knew the address',
    unknown: 'there is no account that was made for testing',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'password-unproven'),
});
