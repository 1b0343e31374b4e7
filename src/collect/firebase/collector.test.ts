import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createVault } from '../../core/vault.ts';
import { openTree } from '../source/tree.ts';
import { firebaseProofCollector } from './collector.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function collect(files: Readonly<Record<string, string>>, signal = new AbortController().signal) {
  const root = mkdtempSync(join(tmpdir(), 'firebase-proof-'));
  folders.push(root);
  for (const [path, text] of Object.entries({ 'README.md': '# app', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const context = { target: { root, scope: { hosts: [], requests: 0, history: false } }, signal, vault: createVault(), progress: () => {} };
  return firebaseProofCollector.collect({ tree: openTree(root) }, context);
}

const firestore =
  "rules_version = '2';\nservice cloud.firestore { match /databases/{db}/documents {\n match /orders/{id} { allow read: if true; } } }";
const storage =
  "rules_version = '2'; service firebase.storage { match /b/{b}/o { match /{all=**} { allow read, write: if request.auth != null; } } }";

describe('firebase.isolation', () => {
  it('tries the rules of all three products', async () => {
    const { rulesets, gaps } = await collect({
      'firestore.rules': firestore,
      'storage.rules': storage,
      'database.rules.json': '{ "rules": { "a": { ".read": true } } }',
      'src/order.ts': 'addDoc(collection(db, "orders"), { email: user.email, total: 3 });',
    });
    expect(gaps).toEqual([]);
    expect(rulesets.map(({ product, objects }) => `${product} ${objects.map(({ name }) => name).join()}`).toSorted()).toEqual([
      'database /a',
      'firestore /orders/{id}',
      'storage /{all=**}',
    ]);
    const orders = rulesets.flatMap(({ objects }) => objects).find(({ name }) => name === '/orders/{id}');
    expect(orders).toMatchObject({ place: { file: 'firestore.rules', line: 3 }, holds: ['contact', 'money'], nature: 'private' });
    expect(orders?.cells.find(({ who, verb }) => who === 'anon' && verb === 'get')?.through).toEqual({
      place: { file: 'firestore.rules', line: 3, name: '/orders/{id}' },
      text: 'allow read: if true',
    });
  });

  it('finds nothing where there is nothing, and says what it could not read', async () => {
    expect(await collect({})).toEqual({ rulesets: [], gaps: [] });
    const { rulesets, gaps } = await collect({
      'firestore.rules': firestore.replace('if true', 'if (true'),
      'database.rules.json': '{ "rules": { ".read": tru } }',
    });
    expect(rulesets).toEqual([]);
    expect(gaps).toMatchObject([{ place: { file: 'database.rules.json', line: 1 } }, { place: { file: 'firestore.rules', line: 3 } }]);
  });

  it('leaves undone what there is no time for', async () => {
    const { rulesets } = await collect({ 'firestore.rules': firestore }, AbortSignal.abort());
    expect(rulesets).toMatchObject([{ objects: [], cutShort: expect.stringContaining('1 paths') }]);
  });

  it('keeps nothing that cannot be saved', async () => {
    const proof = await collect({ 'firestore.rules': firestore, 'storage.rules': storage });
    expect(JSON.parse(JSON.stringify(proof))).toEqual(proof);
  });
});
