import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleAccounts, tellAccounts } from '../account-trial.ts';

const sample = (outcome: 'broken' | 'holds' | 'unknown', text: string) => ({
  live: sampleAccounts('changed-address', 'password reset', outcome, text),
});

export const resetLinkAfterAddressChange = defineCheck({
  id: 'access/reset-link-after-address-change',
  severity: 'medium',
  covers: ['S2-C5', 'RESET-single-use'],
  doc: {
    title: 'A reset link that was mailed to an old address works after the address was changed',
    why: 'People change the address of an account because they have lost the old mailbox, or because somebody else reads it. Whoever does sets a new password with a mail from before.',
    fix: 'Delete all reset tokens of an account when its address or its password is changed, or keep the address in the token and compare it when it is used.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html'],
  },
  needs: { live: liveAccess },
  examples: {
    fails: [
      {
        name: 'it was tried and worked',
        given: sample('broken', 'a reset link that was mailed to the old address works after the address was changed'),
      },
    ],
    passes: [
      {
        name: 'it was tried and did not work',
        given: sample('holds', 'a reset link that was mailed to the old address is dead once the address is changed'),
      },
    ],
    unknowns: [{ name: 'it could not be tried', given: sample('unknown', 'the address could not be changed by us') }],
  },
  evaluate: ({ live }) => tellAccounts(live, 'changed-address'),
});
