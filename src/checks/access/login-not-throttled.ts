import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const loginNotThrottled = defineCheck({
  id: 'access/login-not-throttled',
  severity: 'medium',
  covers: ['AUTHN-throttle-per-account', 'RM-throttle-requests'],
  doc: {
    title: 'Passwords can be guessed without limit',
    why: 'Programs try passwords from other leaks by the thousand until one fits an account of your customers.',
    fix: 'Limit wrong passwords per account and per address (for example 10 in 15 minutes) with 429 or a growing delay, in a store that all servers share. Let a reset by mail through, so that nobody can be locked out for good.',
    effort: 'hours',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html',
      'https://cwe.mitre.org/data/definitions/307.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('login-throttle', 'sign-in', outcome, text), {
    broken: '25 wrong passwords in a row are not stopped: the right one signs in right after them',
    holds: 'guessing passwords is stopped after 10 tries',
    unknown: 'a wrong password could not be sent',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'login-throttle'),
});
