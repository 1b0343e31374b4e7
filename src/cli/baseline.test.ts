import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../core/finding.ts';
import type { Run } from '../core/run.ts';
import { knownFingerprints, readBaseline, writeBaseline } from './baseline.ts';

const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
const file = join(folder, 'known.json');
afterAll(() => rmSync(folder, { recursive: true }));

const finding = (fingerprint: string, changes: Partial<Finding> = {}): Finding => ({
  id: `audit/x#${fingerprint}`,
  check: 'audit/x',
  stage: 'audit',
  title: 'X',
  severity: 'high',
  effort: 'hours',
  why: '',
  fix: '',
  replay: '',
  fingerprint,
  covers: [],
  tripwire: false,
  mendedIn: 'code',
  outcome: 'fail',
  message: 'm',
  ...changes,
});

describe('a baseline', () => {
  it('keeps what is open, sorted, and comes back', () => {
    const findings = [
      finding('b'),
      finding('a', { outcome: 'unknown' }),
      finding('c', { outcome: 'pass' }),
      finding('d', { outcome: 'not-applicable' }),
    ];
    expect(writeBaseline(file, { findings } as unknown as Run, ['audit'])).toBe(2);
    expect(readBaseline(file).map(({ fingerprint }) => fingerprint)).toEqual(['a', 'b']);
    const text = readFileSync(file, 'utf8');
    writeBaseline(file, { findings: findings.toReversed() } as unknown as Run, ['audit']);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('keeps what it knew of stages that were not run', () => {
    const both = [finding('a'), finding('b', { id: 'access/x#b' })];
    writeBaseline(file, { findings: both } as unknown as Run, ['audit', 'access']);
    expect(writeBaseline(file, { findings: [finding('c')] } as unknown as Run, ['audit'])).toBe(1);
    expect(readBaseline(file).map(({ fingerprint }) => fingerprint)).toEqual(['b', 'c']);
    writeBaseline(file, { findings: [] } as unknown as Run, ['access']);
    expect(readBaseline(file).map(({ fingerprint }) => fingerprint)).toEqual(['c']);
    writeFileSync(file, 'no baseline');
    expect(writeBaseline(file, { findings: [] } as unknown as Run, ['audit'])).toBe(0);
  });

  it('also reads a saved run', () => {
    writeFileSync(file, JSON.stringify({ schema: 1, tool: {}, findings: [finding('a'), finding('b', { outcome: 'pass' })] }));
    expect([...knownFingerprints(readBaseline(file), [finding('a'), finding('b')])]).toEqual(['a']);
  });

  it.each([
    '',
    'not json',
    '[]',
    'null',
    '{"findings":{}}',
    '{"findings":[null]}',
    '{"findings":[{"fingerprint":"a","outcome":"maybe","severity":"high"}]}',
  ])('refuses %s', (text) => {
    writeFileSync(file, text);
    expect(() => readBaseline(file)).toThrow(/baseline/);
  });

  it('refuses a file that is not there', () => {
    expect(() => readBaseline(join(folder, 'none.json'))).toThrow('it does not exist');
  });
});

describe('knownFingerprints', () => {
  const known = (before: Partial<Finding>, now: Partial<Finding>): boolean =>
    knownFingerprints([finding('a', before)], [finding('a', now)]).has('a');

  it('knows what is the same or became milder', () => {
    expect(known({}, {})).toBe(true);
    expect(known({}, { severity: 'medium' })).toBe(true);
    expect(known({}, { outcome: 'unknown' })).toBe(true);
    expect(known({ outcome: 'unknown' }, { outcome: 'unknown' })).toBe(true);
  });

  it('does not know what became worse', () => {
    expect(known({ outcome: 'unknown' }, {})).toBe(false);
    expect(known({}, { severity: 'blocker' })).toBe(false);
    expect(known({ outcome: 'pass' }, {})).toBe(false);
  });
});
