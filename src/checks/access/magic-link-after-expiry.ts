import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';

export const magicLinkAfterExpiry = defineCheck({
  id: 'access/magic-link-after-expiry',
  severity: 'high',
  covers: ['S2-C5', 'MAGIC-same-rules'],
  doc: {
    title: 'A mailed sign-in link or code works after the time it is good for',
    why: 'A sign-in link that nobody used lies in a mailbox for years. Where it never ends, whoever gets at an old mailbox or its backup is signed in by it.',
    fix: 'Keep the time at which each token or code ends (ten to fifteen minutes), and look it up with that time: where token_hash = $1 and used_at is null and expires_at > now().',
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
        name: 'it was tried and worked',
        given: {
          live: sampleAccounts(
            'magic-expiry',
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
            'magic-expiry',
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
            'magic-expiry',
            'sign-in by mail',
            'unknown',
            'the link is said to be good within 15 minutes, and that is not waited for',
          ),
        },
      },
    ],
  },
  evaluate: ({ live }) => tellAccounts(live, 'magic-expiry'),
});
