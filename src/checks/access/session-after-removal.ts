import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionAfterRemoval = defineCheck({
  id: 'access/session-after-removal',
  severity: 'high',
  covers: ['S2-C4', 'SESS-kill-on-disable'],
  doc: {
    title: 'Whoever was removed from a team stays signed in to it',
    why: 'People are removed because they have left, or because somebody fears what they do. With the browser they had open, they go on reading and changing things.',
    fix: 'Ask with each request whether the membership still holds, or end all sessions of a member who is removed. A role that stands in the session or the token is an old one.',
    effort: 'hours',
    references: [
      'https://owasp.org/www-project-application-security-verification-standard/',
      'https://cwe.mitre.org/data/definitions/613.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('removed-session', 'invitation', outcome, text), {
    broken: 'a session from before somebody was removed from a team still opens GET /api/cases, which a new sign-in does not',
    holds: 'the session of somebody who was removed from a team opens nothing of it any more',
    unknown: 'no way was found to remove somebody from a team',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'removed-session'),
});
