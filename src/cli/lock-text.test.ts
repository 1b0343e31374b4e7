import { describe, expect, it } from 'vitest';
import { LockError, readLock } from '../collect/answers/lock-reader.ts';
import { chart, databaseSources } from '../evidence/access-chart.ts';
import { driftOf } from '../evidence/access-drift.ts';
import { noLock } from '../evidence/access-lock.ts';
import { leakyObject, sampleObject, sampleProof } from '../evidence/isolation-samples.ts';
import type { ProvedObject } from '../evidence/isolation.ts';
import { lockText } from './lock-text.ts';

const rowsOf = (...objects: readonly ProvedObject[]) => chart(databaseSources(sampleProof({ objects })), noLock);
const written = (...objects: readonly ProvedObject[]): string => lockText(rowsOf(...objects), undefined, 'access.lock.yaml');

describe('the lock file', () => {
  it('has one line a thing and verb, and reads back as what was written', () => {
    const rows = rowsOf(sampleObject({ name: 'cases' }), leakyObject());
    const text = lockText(rows, undefined, 'access.lock.yaml');
    console.log(text);
    const lock = readLock(text, 'access.lock.yaml');
    expect(lock.lines).toHaveLength(rows.length);
    expect(driftOf(rows, lock)).toEqual([]);
  });
});
void LockError;
void written;
