import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const mailTokenGuessable = defineCheck({
  id: 'access/mail-token-guessable',
  severity: 'high',
  covers: ['S2-C5', 'RESET-random-long'],
  doc: {
    title: 'The token of a mailed link can be guessed',
    why: 'Whoever works out the token needs no mail: he asks for a reset of your customer’s password, tries the few tokens that it can be, and is in.',
    fix: 'Make tokens of 32 random bytes from a cryptographic source (crypto.randomBytes, secrets.token_urlsafe), with no time, number or address in them.',
    effort: 'hours',
    references: [
      'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html',
      'https://cwe.mitre.org/data/definitions/340.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('token', 'password reset', outcome, text), {
    broken: 'the token in the link is the time of the request',
    holds: 'the links are long, and nothing in them can be foreseen from another one',
    unknown: 'less than two links came that could be compared',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'token'),
});
