import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const resetNotThrottled = defineCheck({
  id: 'access/reset-not-throttled',
  severity: 'low',
  covers: ['RESET-rate-limit'],
  doc: {
    title: 'Reset mails are sent to one address without limit',
    why: 'Somebody fills a customer’s mailbox with your mails. The customer is annoyed, and mail services learn to take your mails for spam.',
    fix: 'Limit reset mails per address (for example 5 an hour), with the same answer as always, and per caller.',
    effort: 'hours',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html',
      'https://cwe.mitre.org/data/definitions/799.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('reset-throttle', 'password reset', outcome, text), {
    broken: '12 reset mails in a row to one address are sent without a limit',
    holds: 'reset mails are refused after 5',
    unknown: 'the app stopped answering',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'reset-throttle'),
});
