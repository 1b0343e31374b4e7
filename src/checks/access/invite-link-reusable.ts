import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { linkTrials, sampleAccounts, tellAccounts } from '../account-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const inviteLinkReusable = defineCheck({
  id: 'access/invite-link-reusable',
  severity: 'high',
  covers: ['S2-C5', 'INVITE-same-rules'],
  doc: {
    title: 'An invitation link lets in a second person',
    why: 'The mail is forwarded, or lies in a shared mailbox: whoever opens the link later is in the organisation, in the name of the one who was invited.',
    fix: 'Use the invitation up when it is accepted, in the same statement that looks it up, and bind it to the address it was sent to.',
    effort: 'hours',
    references: ['https://owasp.org/www-project-web-security-testing-guide/', 'https://cwe.mitre.org/data/definitions/294.html'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleAccounts('invite-twice', 'invitation', outcome, text), {
    broken: 'an invitation that was accepted signs in whoever else has its link',
    holds: 'an invitation works once',
    unknown: 'the invitation could not be accepted by us, so a second time says nothing',
  }),
  evaluate: ({ live }) => tellAccounts(live, 'invite-twice'),
  trials: ({ live }) => linkTrials(live, 'invite-twice'),
});
