import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createVault } from '../../../core/vault.ts';
import { openTree } from '../tree.ts';
import { firebaseCollector } from './collector.ts';
import { namedRules } from './deployed.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function collect(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'firebase-'));
  folders.push(root);
  for (const [path, text] of Object.entries({ 'README.md': '# app', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const context = {
    target: { root, scope: { hosts: [], requests: 0, history: false } },
    signal: new AbortController().signal,
    vault: createVault(),
    progress: () => {},
  };
  return firebaseCollector.collect({ tree: openTree(root) }, context);
}

const firestore = (condition: string): string =>
  `service cloud.firestore { match /databases/{db}/documents { match /a/{id} { allow read: if ${condition}; } } }`;
const storage = 'service firebase.storage { match /b/{b}/o { match /{all=**} { allow read; } } }';
const realtime = '{ "rules": { ".read": true } }';

describe('source.firebase-rules', () => {
  it('reads all three products', async () => {
    const { rules, gaps } = await collect({
      'firestore.rules': firestore('true'),
      'storage.rules': storage,
      'database.rules.json': realtime,
      'data/database.json': '{ "rules": { "a": 1 } }',
      'udev.rules': 'SUBSYSTEM=="usb"',
    });
    expect(rules.map(({ product, kind }) => `${product} ${kind}`).toSorted()).toEqual(['database open', 'firestore open', 'storage open']);
    expect(gaps).toEqual([]);
  });

  it('finds nothing where there is nothing', async () => {
    expect(await collect({})).toEqual({ rules: [], gaps: [] });
  });

  it('reads only what firebase.json deploys, under any name', async () => {
    const { rules } = await collect({
      'app/firebase.json': '{ "firestore": { "rules": "security/live.txt" } }',
      'app/security/live.txt': firestore('request.auth.uid == id'),
      'app/security/emulator.rules': firestore('true'),
      'storage.rules': storage,
    });
    expect(rules.map(({ place, kind }) => `${place.file} ${kind}`)).toEqual(['app/security/live.txt owner', 'storage.rules open']);
  });

  it('reads every file where what firebase.json names is not in the repo', async () => {
    const { rules } = await collect({
      'firebase.json': '{ "firestore": { "rules": "gone.rules" } }',
      'firestore.rules': firestore('true'),
    });
    expect(rules).toHaveLength(1);
  });

  it('says which file could not be read, and reads the others', async () => {
    const { rules, gaps } = await collect({
      'firestore.rules': `\n${firestore('(')}`,
      'storage.rules': storage,
      'database.rules.json': '{ "rules": { ".read": tru } }',
    });
    expect(rules).toHaveLength(1);
    expect(gaps).toMatchObject([
      { what: 'Firebase rules', place: { file: 'database.rules.json' } },
      { what: 'Firebase rules', why: expect.any(String), place: { file: 'firestore.rules', line: 2 } },
    ]);
  });

  it('understands every form of firebase.json', () => {
    expect(namedRules('firebase.json', '{ "storage": [{ "target": "a", "rules": "./a.rules" }, { "rules": "b.rules" }] }')).toEqual([
      { product: 'storage', file: 'a.rules' },
      { product: 'storage', file: 'b.rules' },
    ]);
    for (const text of ['', 'no', 'null', '[]', '{ "firestore": "x", "storage": { "rules": 3 } }'])
      expect(namedRules('firebase.json', text)).toEqual([]);
  });
});
