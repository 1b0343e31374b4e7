import { describe, expect, it } from 'vitest';
import { LockError, readLock } from '../collect/answers/lock-reader.ts';
import { chart, type ChartRow, databaseSources } from '../evidence/access-chart.ts';
import { driftOf } from '../evidence/access-drift.ts';
import { noLock } from '../evidence/access-lock.ts';
import { leakyObject, sampleCells, sampleObject, sampleProof, sampleProved, soundReach } from '../evidence/isolation-samples.ts';
import type { ProvedObject } from '../evidence/isolation.ts';
import { lockText } from './lock-text.ts';

const rowsOf = (...objects: readonly ProvedObject[]): ChartRow[] => chart(databaseSources(sampleProof({ objects })), noLock);
const write = (objects: readonly ProvedObject[], before?: string): string => lockText(rowsOf(...objects), before, 'access.lock.yaml');
const invoices = sampleObject();
const cases = sampleObject({ name: 'cases' });

describe('the lock file', () => {
  it('has one sorted line a thing and verb, leaks and doubts marked, and asks what colleagues share', () => {
    const objects = [
      leakyObject(),
      sampleObject({ name: 'devices', cells: [], unseeded: 'no row could be made' }),
      sampleObject({ name: 'cases', cells: sampleCells(soundReach, 'cases', { grade: 'conditional', unless: [0] }) }),
    ];
    const text = write(objects);
    expect(text.slice(text.indexOf('\naccess:'), text.indexOf('\n# Shared by design?'))).toBe(`
access:
  supabase:
    table cases read: [anon?, newcomer?, stranger?, foreign-admin?, peer, owner, tenant-admin, admin]
    table cases add: [anon?, newcomer?, stranger?, foreign-admin?, peer?, owner?, tenant-admin, admin]
    table cases change: [anon?, newcomer?, stranger?, foreign-admin?, peer?, owner?, tenant-admin, admin]
    table cases delete: [anon?, newcomer?, stranger?, foreign-admin?, peer?, owner?, tenant-admin?, admin]
    table devices read: not known
    table invoices read: [newcomer!, stranger!, foreign-admin!, peer, owner, tenant-admin, admin]
    table invoices add: [tenant-admin, admin]
    table invoices change: [tenant-admin, admin]
    table invoices delete: [admin]
`);
    expect(text.slice(text.indexOf('\nshared:'))).toBe(`
shared:
  supabase:
    table cases: {with: not answered, by: "", on: "", why: ""} # peer can read
    table invoices: {with: not answered, by: "", on: "", why: ""} # peer can read
`);
  });

  it('reads back as what was written, whatever the names are', () => {
    const names = ['a: b', '#x', '- y', '? z', '*', '&anchor', '"quoted"', "it's", '{a}', 'ünïcode', 'true', 'a\nb', ' '];
    const rows = rowsOf(...names.map((name) => sampleObject({ name })));
    const lock = readLock(lockText(rows, undefined, 'lock'), 'lock');
    expect(driftOf(rows, lock)).toEqual([]);
    expect(lock.lines).toHaveLength(rows.length);
  });

  it('does not change when nothing has changed, nor with the order of things', () => {
    const text = write([invoices, cases]);
    expect(write([cases, invoices])).toBe(text);
    expect(write([cases, invoices], text)).toBe(text);
  });

  it('keeps answers and comments, and asks only once', () => {
    const answer = 'table cases: {with: members, by: Jane Doe, on: 2026-11-23, why: They cover for each other.} # ask again in spring';
    const before = write([invoices, cases])
      .replace(/ {4}table cases: \{with.*/, `    # the team has agreed\n    ${answer}`)
      .replace('    table cases read:', '    # Ann looked at this\n    table cases read:')
      .replace('table invoices delete: [admin]', 'table invoices delete: [admin] # on purpose')
      .concat('# the end\n');
    const after = write([sampleObject({}, { ...soundReach, delete: [] }), cases, sampleObject({ name: 'assets' })], before);
    for (const kept of [answer, '# the team has agreed', '# Ann looked at this', 'table invoices delete: [] # on purpose', '# the end'])
      expect(after).toContain(kept);
    expect(after.match(/table cases: \{/g)).toHaveLength(1);
    expect(after.indexOf('table assets read')).toBeLessThan(after.indexOf('table cases read'));
    expect(after.indexOf('# Ann looked')).toBe(after.indexOf('table cases read') - '# Ann looked at this\n    '.length);
  });

  it('keeps an answer about what is gone, drops questions nobody answered, and moves comments to the end', () => {
    const before = write([invoices, cases])
      .replace(/ {4}table cases: \{with.*/, '    table cases: {with: members, by: Jane, on: 2026-11-23, why: Agreed.}')
      .replace('table cases read: [peer', '# needs a word\n    table cases read: [peer');
    const after = write([sampleObject({ name: 'payouts' })], before);
    expect(after).toContain('table cases: {with: members, by: Jane, on: 2026-11-23, why: Agreed.}');
    expect(after).not.toContain('table invoices');
    expect(after).not.toMatch(/table cases read:/);
    expect(after).toContain('table cases read (not there any more): needs a word');
    expect(readLock(after, 'lock').lines).toHaveLength(4);
    expect(write([sampleObject({ name: 'payouts' })], after)).toBe(after);
  });

  it('is not written over one that cannot be read', () => {
    for (const broken of ['version: 2\n', 'version: 1\naccess: [', 'version: 1\naccess:\n  s:\n    table a read: [boss]\n'])
      expect(() => write([invoices], broken)).toThrow(LockError);
  });

  it('keeps databases apart', () => {
    const proof = { databases: [sampleProved(), sampleProved({ folder: 'apps/admin/supabase' })] };
    const text = lockText(chart(databaseSources(proof), noLock), undefined, 'lock');
    expect(text).toMatch(/access:\n {2}apps\/admin\/supabase:\n(?: {4}.*\n)+ {2}supabase:\n/);
  });
});
