import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createVault } from '../../core/vault.ts';
import { personaNames } from '../../evidence/isolation.ts';
import { accessLockCollector } from './collector.ts';
import { LockError, readLock } from './lock-reader.ts';

const head = 'version: 1\n';
const good = `${head}
access:
  supabase:
    # reviewed by Ann
    table invoices read: [stranger!, owner, admin?] # to be closed
    table my invoices, old read: []
    table devices read: not known
shared:
  supabase:
    table notes: {with: members, by: Jane Doe, on: 2026-11-23, why: They cover for each other.}
    table tasks: {with: not answered, by: "", on: "", why: ""}
`;

describe('reading the lock', () => {
  it('takes lines, marks and answers, with where they stand', () => {
    const lock = readLock(good, 'access.lock.yaml');
    expect(lock.lines).toEqual([
      { source: 'supabase', thing: 'table invoices', verb: 'read', can: ['stranger', 'owner'], unknown: ['admin'], line: 6 },
      { source: 'supabase', thing: 'table my invoices, old', verb: 'read', can: [], unknown: [], line: 7 },
      { source: 'supabase', thing: 'table devices', verb: 'read', can: [], unknown: personaNames, line: 8 },
    ]);
    expect(lock.answers).toEqual([
      {
        source: 'supabase',
        thing: 'table notes',
        with: 'members',
        by: 'Jane Doe',
        on: '2026-11-23',
        why: 'They cover for each other.',
        line: 11,
      },
      { source: 'supabase', thing: 'table tasks', by: '', on: '', why: '', line: 12 },
    ]);
  });

  it('takes a file without lines', () => {
    expect(readLock(head, 'x')).toMatchObject({ found: true, lines: [], answers: [] });
    expect(readLock(`${head}access:\nshared:\n`, 'x')).toMatchObject({ lines: [], answers: [] });
  });

  it.each<[string, string, RegExp]>([
    ['a broken list', `${head}access:\n  supabase:\n    table a read: [owner\n    table b read: []\n`, /^lock:\d: this is no valid YAML/],
    ['a tab', `${head}access:\n\tsupabase: {}\n`, /^lock:3: this is no valid YAML/],
    [
      'a line that stands twice',
      `${head}access:\n  s:\n    table a read: []\n    table a read: [owner]\n`,
      /^lock:[45]: this is no valid YAML/,
    ],
    ['a merge conflict', `${head}access:\n<<<<<<< HEAD\n  s: {}\n=======\n`, /^lock:\d: this is no valid YAML/],
    ['a stranger name', `${head}access:\n  s:\n    table a read: [owner, boss]\n`, /^lock:4: boss is nobody we try things as/],
    ['a line without a verb', `${head}access:\n  s:\n    invoices: [owner]\n`, /^lock:4: "invoices" does not name a kind/],
    ['no list', `${head}access:\n  s:\n    table a read: everyone\n`, /^lock:4: "table a read" must list people/],
    ['a list of lists', `${head}access:\n  s:\n    table a read: [[owner]]\n`, /^lock:4: this is nobody/],
    ['no things', `${head}access:\n  s: [1]\n`, /^lock:3: s lists who can do what/],
    ['another version', 'version: 2\n', /^lock:1: this file is of another version/],
    ['no version', 'access: {}\n', /^lock:1: this file is of another version/],
    ['another part', `${head}acess: {}\n`, /^lock:2: there is no part acess/],
    [
      'an unknown sharing',
      `${head}shared:\n  s:\n    table a: {with: friends, by: a, on: 2026-01-01, why: b}\n`,
      /^lock:4: table a is shared with friends/,
    ],
    [
      'an answer of nobody',
      `${head}shared:\n  s:\n    table a: {with: members, by: "", on: 2026-01-01, why: b}\n`,
      /^lock:4: the answer about table a lacks who/,
    ],
    [
      'an answer without a day',
      `${head}shared:\n  s:\n    table a: {with: members, by: a, on: 2026-13-01, why: b}\n`,
      /^lock:4: the answer/,
    ],
    [
      'an answer with more',
      `${head}shared:\n  s:\n    table a: {with: members, until: 2026-13-01}\n`,
      /^lock:4: an answer has with, by, on and why, not until/,
    ],
    [
      'all made public at once',
      `${head}shared:\n  s:\n    everything: {with: everyone, by: a, on: 2026-01-01, why: b}\n`,
      /^lock:4: everything can be shared/,
    ],
    ['an alias', `${head}access: &a {}\nshared: *a\n`, /anchors and tags|aliases/],
    ['a tag', `${head}access: !!js/function {}\n`, /anchors and tags|valid YAML/],
    ['a list', '- 1\n', /^lock:1: the file has version/],
    ['nothing', '', /^lock:1: the file has version/],
    ['a pit of brackets', `${head}access: ${'['.repeat(50_000)}`, /nested too deeply|valid YAML/],
    ['too much', `${head}# ${'x'.repeat(5_000_000)}`, /larger than 4 MB/],
  ])('refuses %s, with its line', (_, text, message) => {
    expect(() => readLock(text, 'lock')).toThrow(LockError);
    expect(() => readLock(text, 'lock')).toThrow(message);
  });
});

describe('the collector', () => {
  const root = mkdtempSync(join(tmpdir(), 'launch-ready-lock-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const collect = (lock?: string) =>
    accessLockCollector.collect(
      {},
      {
        target: { root, scope: { hosts: [], requests: 0, history: false }, ...(lock !== undefined && { lock: join(root, lock) }) },
        signal: new AbortController().signal,
        vault: createVault(),
        progress: () => undefined,
      },
    );

  it('finds none, one, and the one that is named', async () => {
    expect(await collect()).toMatchObject({ found: false, file: 'access.lock.yaml' });
    writeFileSync(join(root, 'access.lock.yaml'), good);
    expect(await collect()).toMatchObject({ found: true });
    mkdirSync(join(root, 'policy'));
    writeFileSync(join(root, 'policy/lock.yaml'), head);
    expect(await collect('policy/lock.yaml')).toMatchObject({ found: true, file: 'policy/lock.yaml', lines: [] });
  });

  it('says in plain words why it cannot look', async () => {
    writeFileSync(join(root, 'broken.yaml'), 'version: 3\n');
    await expect(collect('broken.yaml')).rejects.toMatchObject({
      fault: { kind: 'blocked', message: expect.stringContaining('broken.yaml:1:') },
    });
    symlinkSync('/etc/hostname', join(root, 'link.yaml'));
    await expect(collect('link.yaml')).rejects.toMatchObject({ fault: { message: 'link.yaml is no plain file of a few megabytes.' } });
    await expect(collect('policy')).rejects.toMatchObject({ fault: { kind: 'blocked' } });
  });
});
