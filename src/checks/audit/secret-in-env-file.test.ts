import { describe, expect, it } from 'vitest';
import type { Secret } from '../../evidence/secrets.ts';
import { sampleScan, sampleSecret } from '../secret-sample.ts';
import { secretInEnvFile } from './secret-in-env-file.ts';

const judged = (...secrets: Partial<Secret>[]) => [
  ...secretInEnvFile.evaluate({
    scan: sampleScan(
      secrets.map((secret) => sampleSecret({ location: 'env-file', tracked: true, places: [{ file: '.env', line: 4 }], ...secret })),
    ),
  }),
];

describe('audit/secret-in-env-file', () => {
  it('judges a committed file by what is in it', () => {
    expect(judged({})[0]).toMatchObject({ outcome: 'fail', severity: 'blocker', cause: '.env' });
    expect(judged({ power: 'service' })[0]?.severity).toBe('high');
    expect(judged({ sensitivity: 'public' }).map(({ outcome }) => outcome)).toEqual(['pass']);
  });

  it('says when the file is not committed yet', () => {
    expect(judged({ tracked: false })[0]?.message).toMatch(/git does not ignore, so the next commit publishes it/);
  });

  it('advises to take the very file out of git', () => {
    expect(judged({ places: [{ file: 'apps/web/.env', line: 1 }] })[0]?.fix).toMatch(/git rm --cached apps\/web\/\.env/);
  });

  it('cannot tell about an ignored file without git, and says what would', () => {
    const ignored = { location: 'ignored-env-file', ignored: true } as const;
    expect(judged({ ...ignored, tracked: false }).map(({ outcome }) => outcome)).toEqual(['pass']);
    const { tracked: _, ...untracked } = sampleSecret({ ...ignored, places: [{ file: '.env', line: 4 }] });
    const [unknown] = [...secretInEnvFile.evaluate({ scan: sampleScan([untracked]) })];
    expect(unknown).toMatchObject({
      outcome: 'unknown',
      severity: 'medium',
      place: { file: '.env' },
      toKnow: 'Run this in a clone of the repo.',
    });
  });

  it('names several secrets of one file as one cause', () => {
    expect(judged({ hash: 'a' }, { hash: 'b' }).map(({ cause }) => cause)).toEqual(['.env', '.env']);
  });
});
