import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleSession, tellSession } from '../session-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const tokenForged = defineCheck({
  id: 'access/token-forged',
  severity: 'blocker',
  covers: ['JWT-no-none', 'RM-jwt-algorithm', 'RM-good-jwt-secret', 'AU-3'],
  doc: {
    title: 'The app believes a token that nobody signed',
    why: 'Everybody can write a token with the name of another customer in it and is let in as him.',
    fix: 'Verify the signature with the one algorithm you use, and a long random secret, before you read anything in the token.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc8725'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleSession('forged-token', outcome, text), {
    broken: 'the app believes a token whose signature was taken away',
    holds: 'every token that the app had not issued was refused',
    unknown: 'no new session could be started',
  }),
  evaluate: ({ live }) => tellSession(live, 'forged-token'),
});
