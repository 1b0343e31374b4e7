import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const resetPageLeaksToken = defineCheck({
  id: 'access/reset-page-leaks-token',
  severity: 'low',
  covers: ['S2-C5', 'RESET-no-referrer'],
  doc: {
    title: 'The page of a reset link may tell other sites its address',
    why: 'The address of that page holds the token. Statistics, fonts or widgets from elsewhere may be told it as the referrer, and their scripts can read it anyway.',
    fix: 'Load nothing from elsewhere on the page that takes the new password, and send it with Referrer-Policy: no-referrer (or same-origin).',
    effort: 'hours',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html',
      'https://cwe.mitre.org/data/definitions/598.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('reset-page', 'password reset', outcome, text), {
    broken: 'the page of the reset link loads from stats.example.com and does not forbid telling them its address, token and all',
    holds: 'the page of the reset link loads nothing from elsewhere',
    unknown: 'the page of the link could not be opened',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'reset-page'),
});
