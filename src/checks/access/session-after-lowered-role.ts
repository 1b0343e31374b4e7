import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const sessionAfterLoweredRole = defineCheck({
  id: 'access/session-after-lowered-role',
  severity: 'high',
  covers: ['S2-C4'],
  doc: {
    title: 'Whoever has a lower role now keeps the higher one where they are signed in',
    why: 'A role is lowered so that somebody no longer sees or does something. With the browser they had open, they go on with it.',
    fix: 'Look up the role with each request, or end all sessions of a member whose role is changed. A role that stands in the session or the token is an old one.',
    effort: 'hours',
    references: [
      'https://owasp.org/www-project-application-security-verification-standard/',
      'https://cwe.mitre.org/data/definitions/613.html',
    ],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('lowered-session', 'invitation', outcome, text), {
    broken: 'a session from before a role was lowered from admin to member still opens GET /api/reports, which a new sign-in does not',
    holds: 'the session of somebody whose role was lowered opens nothing of the higher one any more',
    unknown: 'no other role was found that a member may be given',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'lowered-session'),
});
