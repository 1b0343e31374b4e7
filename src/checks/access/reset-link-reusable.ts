import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { linkTrials, sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const resetLinkReusable = defineCheck({
  id: 'access/reset-link-reusable',
  severity: 'high',
  covers: ['S2-C5', 'RESET-single-use'],
  doc: {
    title: 'A password reset link works again after it was used',
    why: 'Whoever finds the mail later (a shared mailbox, a forwarded message, a browser history) sets another password and takes the account over.',
    fix: 'Mark the token as used in the same statement that looks it up (update … where used_at is null returning user_id), and change the password only when that gave a row.',
    effort: 'hours',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html',
      'https://cwe.mitre.org/data/definitions/640.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('reset-twice', 'password reset', outcome, text), {
    broken: 'a reset link works again after it was used: the second password signs in',
    holds: 'a reset link works once: the first password still holds',
    unknown: 'no mail with a link or a code came',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'reset-twice'),
  trials: ({ live }) => linkTrials(live, 'reset-twice'),
});
