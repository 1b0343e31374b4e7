import { defineCheck } from '../../core/check.ts';
import { plural } from '../../core/wording.ts';
import { sourceSecrets } from '../../evidence/secrets.ts';
import { filesSearched, findingOf, leakedSecrets, nameOf, placesText, searched, severityIn } from '../leaked-secret.ts';
import { sampleAnonKey, sampleScan, sampleSecret } from '../secret-sample.ts';

export const secretInSource = defineCheck({
  id: 'audit/secret-in-source',
  severity: 'blocker',
  covers: ['MB-3', 'NT-1', 'S1-C4', 'S4-C1', 'AU-1', 'SEC-no-hardcode', 'RM-good-jwt-secret'],
  doc: {
    title: 'A secret is written into the code',
    why: 'Everybody who can see the code (a contractor, a builder tool, everybody once the repo is public) has the key, and it cannot be changed without changing the code.',
    fix: 'Replace the secret where it was issued, set the new one as an environment variable of the server, and read it from there.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html'],
  },
  needs: { scan: sourceSecrets },
  examples: {
    fails: [
      {
        name: 'a script holds the service_role key',
        given: { scan: sampleScan([sampleSecret({ places: [{ file: 'scripts/reset.js', line: 7 }] })]) },
      },
      {
        name: 'logins are signed with a word',
        given: {
          scan: sampleScan([
            sampleSecret({
              kind: 'guessable-signing-secret',
              label: 'guessable secret for signing logins',
              toldBy: 'name',
              variable: 'JWT_SECRET',
              places: [{ file: 'server/auth.ts', line: 9 }],
            }),
          ]),
        },
      },
    ],
    passes: [
      { name: 'no secret was found', given: { scan: sampleScan() } },
      { name: 'the anon key is public by design', given: { scan: sampleScan([sampleAnonKey()]) } },
      {
        name: 'the file with the secret stays on this computer',
        given: { scan: sampleScan([sampleSecret({ tracked: false, ignored: true })]) },
      },
    ],
  },
  *evaluate({ scan }) {
    const leaked = leakedSecrets(scan).filter(({ exposure }) => exposure === 'source');
    for (const secret of leaked)
      yield findingOf(secret, {
        message: `${nameOf(secret)} is written into ${placesText(secret)}.`,
        severity: severityIn(secret),
        after: 'Then set the new one as an environment variable of the server and read it from there.',
      });
    // Files that could not be searched are no reason to stop a launch, but neither are they searched.
    if (scan.gaps.length > 0)
      yield {
        outcome: 'unknown',
        severity: 'low',
        subject: 'not searched',
        message: `Not everything could be searched for secrets: ${scan.gaps
          .slice(0, 3)
          .map(({ what, why }) => `${what} (${why})`)
          .join('; ')}${scan.gaps.length > 3 ? ` and ${plural(scan.gaps.length - 3, 'more file')}` : ''}.`,
        toKnow: 'Make these files readable or smaller, or leave them out of the folder.',
      };
    if (leaked.length === 0 && filesSearched(scan) > 0)
      yield { outcome: 'pass', subject: 'source', message: `${searched(scan)} searched; no secret is written into the code.` };
  },
});
