import { describe, expect, it } from 'vitest';
import type { Secret, SecretScan } from '../../evidence/secrets.ts';
import { sampleHistory, sampleScan, sampleSecret } from '../secret-sample.ts';
import { secretInHistory } from './secret-in-history.ts';

const judged = (scan: SecretScan) => [...secretInHistory.evaluate({ scan })];
const old = (more: Partial<Secret> = {}): Secret =>
  sampleSecret({ location: 'history', commit: '86cf24bc5a31', places: [{ file: 'old/.env', line: 4 }], ...more });

describe('audit/secret-in-history', () => {
  it('names the file and the commit', () => {
    expect(judged(sampleHistory([old()]))[0]).toMatchObject({
      outcome: 'fail',
      severity: 'high',
      message: 'Supabase service_role key is in the history of the repo (old/.env since commit 86cf24bc5a31).',
    });
  });

  it('is worse when the same value is still in use on this computer', () => {
    const local = sampleSecret({ location: 'ignored-env-file', tracked: false, ignored: true, places: [{ file: '.env', line: 1 }] });
    expect(judged(sampleHistory([old(), local]))[0]).toMatchObject({ severity: 'blocker' });
    expect(judged(sampleHistory([old(), local]))[0]?.message).toMatch(/still in use on this computer/);
  });

  it('is less when it opens one service, or only its name told', () => {
    const severity = (more: Partial<Secret>): unknown => judged(sampleHistory([old(more)]))[0]?.severity;
    expect([
      severity({ power: 'service' }),
      severity({ toldBy: 'name' }),
      severity({ sensitivity: 'low' }),
      severity({ power: 'limited' }),
    ]).toEqual(['medium', 'medium', 'low', 'low']);
  });

  it('leaves what is still in the files to the other checks', () => {
    expect(judged(sampleHistory([old(), sampleSecret()])).map(({ outcome }) => outcome)).toEqual(['pass']);
  });

  it('is honest about what was not read', () => {
    const state = (history: SecretScan['history'], historyWhy?: string) =>
      judged(sampleScan([], { history, ...(historyWhy !== undefined && { historyWhy }) })).map(({ outcome, severity, message }) => [
        outcome,
        severity,
        message,
      ]);
    expect(state('not-asked')[0]?.[0]).toBe('not-applicable');
    expect(state('no-git')[0]?.[0]).toBe('not-applicable');
    expect(state('failed', 'The git history could not be read: broken.')).toEqual([
      ['unknown', undefined, 'The git history could not be read: broken.'],
    ]);
    expect(state('partial', 'This is a shallow clone.')).toEqual([
      ['unknown', 'medium', 'Only a part of the git history was searched. This is a shallow clone.'],
    ]);
    expect(state('scanned')).toEqual([]);
  });
});
