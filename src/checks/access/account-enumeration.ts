import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const accountEnumeration = defineCheck({
  id: 'access/account-enumeration',
  severity: 'low',
  covers: ['AUTHN-generic-message'],
  doc: {
    title: 'Signing in tells which addresses have an account',
    why: 'Lists of addresses are tried until one is known, and then passwords from other leaks are tried on those.',
    fix: 'Answer a wrong password and an unknown address with the same status and the same text.',
    effort: 'hours',
    references: ['https://owasp.org/www-project-web-security-testing-guide/'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('enumeration', outcome, text), {
    broken: 'a wrong password is answered differently for an address that has an account',
    holds: 'a wrong password is answered alike, whether there is an account or not',
    unknown: 'a wrong password was not refused in a way that could be compared',
  }),
  evaluate: ({ live }) => tellSession(live, 'enumeration'),
});
