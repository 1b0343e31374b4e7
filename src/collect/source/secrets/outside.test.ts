import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createVault } from '../../../core/vault.ts';
import { createCollection, secretsOf } from './collection.ts';
import { folderOf } from './fixtures/folder.ts';
import { forge, samples } from './fixtures/synthetic.ts';
import { mergeOutside } from './outside-merge.ts';
import { runOutside } from './outside.ts';
import { findSecrets } from './scan-text.ts';

const key = samples[0]?.make(forge(71)) ?? '';
const theirs = forge(72).text('alnum', 30);
const node = process.execPath;

/** A program of this name that runs the given JavaScript; `args` holds what it was called with. */
function program(name: string, code: string): string {
  const folder = folderOf({ [name]: `#!${node}\nconst args = process.argv.slice(2);\nconst fs = require('node:fs');\n${code}\n` });
  chmodSync(join(folder, name), 0o755);
  return folder;
}
const run = (root: string, path: string) => runOutside(root, { signal: new AbortController().signal, timeoutMs: 20_000, path });
const temporary = (): string[] => readdirSync(tmpdir()).filter((name) => /^launch-ready-[A-Za-z0-9]{6}$/.test(name));

describe('another scanner on PATH', () => {
  it('gitleaks is asked for JSON in a folder of ours, which is gone afterwards', async () => {
    const root = folderOf({ 'a.ts': key });
    const before = temporary().length;
    const path = program(
      'gitleaks',
      `if (args[0] !== 'dir' || args[args.indexOf('--exit-code') + 1] !== '0') process.exit(9);
       fs.writeFileSync(args[args.indexOf('--report-path') + 1], JSON.stringify([{ RuleID: 'jwt', Secret: ${JSON.stringify(key)}, File: args[1] + '/a.ts', StartLine: 1 }]));`,
    );
    expect(await run(root, path)).toEqual([{ name: 'gitleaks', hits: [{ value: key, rule: 'jwt', file: 'a.ts', line: 1 }] }]);
    expect(temporary().length).toBe(before);
  });

  it('trufflehog is told not to call anybody', async () => {
    const root = folderOf({ 'a.ts': key });
    const path = program(
      'trufflehog',
      `if (!args.includes('--no-verification') || !args.includes('--no-update')) process.exit(9);
       console.log('starting'); console.log(JSON.stringify({ SourceMetadata: { Data: { Filesystem: { file: args[1] + '/a.ts', line: 3 } } }, DetectorName: 'Github', Raw: ${JSON.stringify(theirs)} }));`,
    );
    expect(await run(root, path)).toEqual([{ name: 'trufflehog', hits: [{ value: theirs, rule: 'Github', file: 'a.ts', line: 3 }] }]);
  });

  it.each([
    ['ends with an error', 'process.exit(3)', /ended with code 3/],
    ['writes no JSON', "fs.writeFileSync(args[args.indexOf('--report-path') + 1], '<html>')", /not the JSON we know/],
    ['writes nothing', '', /ENOENT|no such file/],
  ])('that %s is a gap', async (_, code, expected) => {
    const [report] = await run(folderOf({ 'a.ts': 'x' }), program('betterleaks', code));
    expect(report).toMatchObject({ name: 'betterleaks', hits: [] });
    expect(report?.failure).toMatch(expected);
  });

  it('inside the repo is not run', async () => {
    const root = folderOf({ 'bin/gitleaks': `#!${node}\nrequire('node:fs').writeFileSync(__dirname + '/ran', '')` });
    chmodSync(join(root, 'bin/gitleaks'), 0o755);
    expect(await run(root, join(root, 'bin'))).toEqual([]);
    expect(existsSync(join(root, 'bin/ran'))).toBe(false);
  });
});

describe('merging', () => {
  const file = (path: string) => ({ path, bytes: 1, ignored: false, built: false });
  const merge = (hits: { value: string; rule: string; file: string; line: number }[]) => {
    const vault = createVault();
    const collection = createCollection(vault);
    for (const hit of findSecrets(`"${key}"`, { names: false, lines: false, code: false, certainOnly: false, now: 0 }))
      collection.add(hit, { location: 'source', place: { file: 'a.ts', line: 1 } });
    mergeOutside(collection, [{ name: 'gitleaks', hits }], { file, tracked: undefined });
    return { secrets: secretsOf(collection.all(), new Set()), vault };
  };

  it('by value or by place adds a witness', () => {
    expect(merge([{ value: key, rule: 'jwt', file: 'elsewhere.ts', line: 9 }]).secrets).toMatchObject([
      { kind: 'supabase-service-role', alsoSeenBy: ['gitleaks'] },
    ]);
    expect(merge([{ value: key.slice(5), rule: 'jwt', file: 'a.ts', line: 1 }]).secrets).toMatchObject([{ alsoSeenBy: ['gitleaks'] }]);
  });

  it('keeps what only the other saw, hidden like our own', () => {
    const { secrets, vault } = merge([{ value: theirs, rule: 'acme-api-key', file: 'b.ts', line: 2 }]);
    expect(secrets[1]).toMatchObject({
      kind: 'gitleaks-acme-api-key',
      toldBy: 'scanner',
      sensitivity: 'secret',
      places: [{ file: 'b.ts', line: 2 }],
    });
    expect(vault.scrub(theirs)).not.toContain(theirs);
    expect(merge([{ value: theirs, rule: 'generic-api-key', file: 'b.ts', line: 2 }]).secrets[1]?.sensitivity).toBe('low');
  });

  it('leaves out placeholders, samples, test code and tokens we judged harmless', () => {
    const skip = [
      { value: 'your-key-here-please', rule: 'x', file: 'b.ts', line: 1 },
      { value: theirs, rule: 'x', file: '.env.example', line: 1 },
      { value: theirs, rule: 'x', file: 'src/a.test.ts', line: 1 },
      { value: 'eyJhbGciOi.eyJyb2xlIjoiYW5vbiJ9.x', rule: 'jwt', file: 'b.ts', line: 1 },
    ];
    expect(merge(skip).secrets.length).toBe(1);
  });
});
