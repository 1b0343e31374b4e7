import { defineCheck } from '../../core/check.ts';
import { sourceSecrets } from '../../evidence/secrets.ts';
import { filesSearched, findingOf, leakedSecrets, nameOf, placesText, searched, severityIn } from '../leaked-secret.ts';
import { sampleAnonKey, sampleScan, sampleSecret } from '../secret-sample.ts';

export const secretInEnvFile = defineCheck({
  id: 'audit/secret-in-env-file',
  severity: 'blocker',
  covers: ['MB-3', 'NT-1', 'S1-C4', 'S4-C1', 'SEC-no-hardcode'],
  doc: {
    title: 'An environment file with secrets is part of the repo',
    why: 'Whoever can see the repo (a contractor, a builder tool, everybody once it is public) has the keys in it. Adding the file to .gitignore later changes nothing for a file that git already tracks.',
    fix: 'Replace every secret in the file where it was issued. Then take the file out of git (`git rm --cached .env`), add it to .gitignore, and set the values in the settings of your host.',
    effort: 'hours',
    references: [
      'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository',
    ],
  },
  needs: { scan: sourceSecrets },
  examples: {
    fails: [
      {
        name: 'a committed .env holds the service_role key',
        given: {
          scan: sampleScan([
            sampleSecret({
              location: 'env-file',
              tracked: true,
              places: [{ file: '.env', line: 4 }],
              variable: 'SUPABASE_SERVICE_ROLE_KEY',
            }),
          ]),
        },
      },
    ],
    passes: [
      {
        name: 'a committed .env holds public keys only',
        given: { scan: sampleScan([sampleAnonKey({ location: 'env-file', tracked: true, places: [{ file: '.env', line: 2 }] })]) },
      },
      {
        name: 'git ignores the .env with the secret',
        given: {
          scan: sampleScan([
            sampleSecret({ location: 'ignored-env-file', tracked: false, ignored: true, places: [{ file: '.env', line: 4 }] }),
          ]),
        },
      },
    ],
  },
  *evaluate({ scan }) {
    const leaked = leakedSecrets(scan).filter(({ exposure }) => exposure === 'env-file');
    for (const secret of leaked) {
      const { lead } = secret;
      const file = lead.places[0]?.file ?? '.env';
      const state = lead.tracked === false ? 'that git does not ignore, so the next commit publishes it' : 'that is part of the repo';
      yield findingOf(secret, {
        message: `${nameOf(secret)} is in an environment file ${state}: ${placesText(secret)}.`,
        severity: severityIn(secret),
        after: `Then take the file out of git (\`git rm --cached ${file}\`), list it in .gitignore, and set the new value in the settings of your host.`,
        cause: file,
      });
    }
    // Without git there is no telling whether a file that .gitignore names was committed all the same.
    const untold = scan.secrets.filter(
      ({ location, tracked, sensitivity }) => location === 'ignored-env-file' && tracked === undefined && sensitivity === 'secret',
    );
    const [first] = untold;
    if (first)
      yield {
        outcome: 'unknown',
        severity: 'medium',
        subject: 'ignored env files',
        ...(first.places[0] && { place: first.places[0] }),
        message: `${first.places[0]?.file ?? 'An environment file'} holds a secret (${first.label}). Its .gitignore names the file, but this folder is no git checkout, so it cannot be told whether the file was committed.`,
        toKnow: 'Run this in a clone of the repo.',
      };
    if (leaked.length === 0 && filesSearched(scan) > 0)
      yield {
        outcome: 'pass',
        subject: 'env files',
        message: `${searched(scan)} searched, ${filesSearched(scan, 'env-file')} of them environment files in the repo; none holds a secret.`,
      };
  },
});
