import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { linkTrials, sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const magicLinkReusable = defineCheck({
  id: 'access/magic-link-reusable',
  severity: 'high',
  covers: ['S2-C5', 'MAGIC-same-rules'],
  doc: {
    title: 'A mailed sign-in link or code works again after it was used',
    why: 'A sign-in link is a password that lies in a mailbox, in browser histories and in logs. Where it works again, whoever finds it is signed in.',
    fix: 'Mark the token or code as used in the same statement that looks it up, and start a session only when that gave a row.',
    effort: 'hours',
    references: [
      'https://owasp.org/www-project-application-security-verification-standard/',
      'https://cwe.mitre.org/data/definitions/294.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('magic-twice', 'sign-in by mail', outcome, text), {
    broken: 'a mailed sign-in link signs in again after it was used',
    holds: 'a mailed sign-in link works once',
    unknown: 'the link of the mail did not sign in when we used it',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'magic-twice'),
  trials: ({ live }) => linkTrials(live, 'magic-twice'),
});
