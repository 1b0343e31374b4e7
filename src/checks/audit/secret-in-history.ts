import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { plural } from '../../core/wording.ts';
import { type SecretScan, sourceSecrets } from '../../evidence/secrets.ts';
import { filesSearched, findingOf, type LeakedSecret, leakedSecrets, nameOf, severityIn } from '../leaked-secret.ts';
import { sampleAnonKey, sampleHistory, sampleSecret } from '../secret-sample.ts';

const isInUse = ({ entries }: LeakedSecret): boolean => entries.some(({ location }) => location !== 'history');

// Taken out of the code, it may have been replaced as well; found in a local file, it certainly was not.
function severityOf(secret: LeakedSecret): Severity {
  const severity = severityIn(secret);
  if (isInUse(secret)) return severity;
  const { toldBy, power, sensitivity } = secret.lead;
  if (sensitivity !== 'secret' || severity === 'low' || secret.lead.kind === 'password') return 'low';
  return toldBy === 'form' && power === 'total' ? 'high' : 'medium';
}

export const secretInHistory = defineCheck({
  id: 'audit/secret-in-history',
  severity: 'high',
  covers: ['MB-3', 'NT-1', 'S1-C4', 'SEC-history', 'AU-1'],
  doc: {
    title: 'A secret is in the history of the repo',
    why: 'Git keeps every version of every file. A secret that was deleted later can still be read by whoever has the repo, and by everybody once it is public.',
    fix: 'Replace the secret where it was issued: after that the old value in the history opens nothing. Rewriting the history alone does not help, because copies remain.',
    effort: 'hours',
    references: [
      'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository',
    ],
  },
  needs: { scan: sourceSecrets },
  examples: {
    fails: [
      {
        name: 'an early commit had the service_role key',
        given: {
          scan: sampleHistory([
            sampleSecret({
              location: 'history',
              commit: '86cf24bc5a31',
              places: [{ file: '.env', line: 4, name: 'commit 86cf24bc5a31' }],
            }),
          ]),
        },
      },
    ],
    passes: [
      {
        name: 'the whole history is clean but for public keys',
        given: {
          scan: sampleHistory([sampleAnonKey({ location: 'history' })]),
        },
      },
    ],
  },
  *evaluate({ scan }) {
    const leaked = leakedSecrets(scan).filter(({ exposure }) => exposure === 'history');
    for (const secret of leaked) {
      const { lead } = secret;
      const since = lead.commit === undefined ? '' : ` since commit ${lead.commit}`;
      yield findingOf(secret, {
        message: `${nameOf(secret)} is in the history of the repo (${lead.places[0]?.file ?? 'an old file'}${since})${isInUse(secret) ? ', and the same value is still in use on this computer' : ''}.`,
        severity: severityOf(secret),
        after: 'After that the old value in the history opens nothing; rewriting the history is optional.',
      });
    }
    yield* stateOf(scan, leaked.length);
  },
});

function* stateOf(scan: SecretScan, leaks: number): Iterable<Observation> {
  const { history, historyWhy, scanned } = scan;
  const why = historyWhy ?? '';
  if (history === 'not-asked')
    yield {
      outcome: 'not-applicable',
      subject: 'history',
      message: 'The git history was not searched, because this run was asked not to.',
    };
  if (history === 'no-git')
    yield {
      outcome: 'not-applicable',
      subject: 'history',
      message: 'This folder has no git history. If the code is also on GitHub, audit a clone of it: the history is there.',
    };
  if (history === 'failed')
    yield {
      outcome: 'unknown',
      subject: 'history',
      message: why || 'The git history could not be read.',
      toKnow: 'Install git, or run this on a fresh clone of the repo.',
    };
  if (history === 'partial')
    yield {
      outcome: 'unknown',
      severity: 'medium',
      subject: 'history',
      message: `Only a part of the git history was searched. ${why}`.trim(),
      toKnow: 'Run this on a full clone (`git fetch --unshallow`; in GitHub Actions `fetch-depth: 0`).',
    };
  if (history === 'scanned' && leaks === 0 && filesSearched(scan, 'history') > 0)
    yield {
      outcome: 'pass',
      subject: 'history',
      message: `${plural(scanned.commits, 'commit')} searched; the history holds no secret besides those that are still in the files.`,
    };
}
