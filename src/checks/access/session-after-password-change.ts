import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionAfterPasswordChange = defineCheck({
  id: 'access/session-after-password-change',
  severity: 'medium',
  covers: ['S2-C4', 'RESET-sessions', 'SESS-kill-others-on-pwchange'],
  doc: {
    title: 'Sessions from before a new password still work',
    why: 'People choose a new password because they fear that somebody is in their account. Whoever is stays in.',
    fix: 'End all other sessions of the account (and its refresh tokens) whenever its password is reset or changed.',
    effort: 'hours',
    references: [
      'https://owasp.org/www-project-application-security-verification-standard/',
      'https://cwe.mitre.org/data/definitions/613.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('old-session', 'password reset', outcome, text), {
    broken: 'a session from before the password was reset still opens the account',
    holds: 'a password reset ends the sessions from before',
    unknown: 'there was no session from before',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'old-session'),
});
