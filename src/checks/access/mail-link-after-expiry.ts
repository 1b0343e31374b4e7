import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';

export const mailLinkAfterExpiry = defineCheck({
  id: 'access/mail-link-after-expiry',
  severity: 'high',
  covers: ['S2-C5', 'RESET-expires', 'MAGIC-same-rules', 'INVITE-same-rules'],
  doc: {
    title: 'A mailed sign-in, reset or invitation link works after the time it is good for',
    why: 'A link that nobody used lies in a mailbox for years. Where it never ends, whoever gets at an old mailbox or its backup is signed in by it, sets a new password with it, or joins the team.',
    fix: 'Keep the time at which each token or code ends (ten to fifteen minutes for signing in, an hour for a reset, a few days for an invitation), and look it up with that time wherever it is used: where token_hash = $1 and used_at is null and expires_at > now().',
    effort: 'minutes',
    references: [
      'https://owasp.org/www-project-application-security-verification-standard/',
      'https://cwe.mitre.org/data/definitions/613.html',
    ],
  },
  needs: { live: liveAccess },
  examples: {
    fails: [
      {
        name: 'a reset link was tried and worked',
        given: {
          live: sampleAccounts(
            'link-expiry',
            'password reset',
            'broken',
            'a mailed reset link still sets a password after the 20 seconds that it is good for',
          ),
        },
      },
      {
        name: 'an invitation was tried and worked',
        given: {
          live: sampleAccounts(
            'link-expiry',
            'invitation',
            'broken',
            'a mailed invitation link still lets somebody in after the 20 seconds that it is good for',
          ),
        },
      },
      {
        name: 'a sign-in link was tried and worked',
        given: {
          live: sampleAccounts(
            'link-expiry',
            'sign-in by mail',
            'broken',
            'a mailed sign-in link still signs in after the 5 seconds that it is good for',
          ),
        },
      },
    ],
    passes: [
      {
        name: 'it was tried and did not work',
        given: {
          live: sampleAccounts(
            'link-expiry',
            'sign-in by mail',
            'holds',
            'a mailed sign-in link signs in nobody after the 5 seconds that it is good for',
          ),
        },
      },
    ],
    unknowns: [
      {
        name: 'it could not be tried',
        given: {
          live: sampleAccounts(
            'link-expiry',
            'sign-in by mail',
            'unknown',
            'the link is said to be good within 15 minutes, and that is not waited for',
          ),
        },
      },
    ],
  },
  evaluate: ({ live }) => tellAccounts(live, 'link-expiry'),
});
