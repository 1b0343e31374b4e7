import { describe, expect, it } from 'vitest';
import { createVault } from '../../../core/vault.ts';
import { createCollection, hashOf, secretsOf, type Sighting } from './collection.ts';
import type { Hit } from './form.ts';

const hit = (more: Partial<Hit> = {}): Hit => ({
  kind: 'openai-key',
  label: 'OpenAI API key',
  sensitivity: 'secret',
  power: 'service',
  harm: 'H.',
  rotate: 'R.',
  toldBy: 'form',
  value: 'made-up-value-0001',
  start: 0,
  end: 18,
  ...more,
});
const at = (file: string, more: Partial<Sighting> = {}): Sighting => ({ location: 'source', place: { file, line: 1 }, ...more });

describe('collecting', () => {
  it('joins one value over places, and parts what stands differently', () => {
    const collection = createCollection(createVault());
    collection.add(hit(), at('a.ts'));
    collection.add(hit({ variable: 'VITE_KEY' }), at('.env', { location: 'env-file', tracked: true }));
    collection.add(hit(), at('b.ts'));
    collection.add(hit(), at('c.ts', { reachedFromClient: ['main.tsx', 'c.ts'] }));
    const secrets = secretsOf(collection.all(), new Set(['VITE_']));
    expect(new Set(secrets.map(({ hash }) => hash)).size).toBe(1);
    expect(
      secrets.map(({ location, places, publicPrefix, reachedFromClient }) => [
        location,
        places.length,
        publicPrefix,
        reachedFromClient?.length,
      ]),
    ).toEqual([
      ['source', 2, undefined, undefined],
      ['env-file', 1, true, undefined],
      ['source', 1, undefined, 2],
    ]);
    expect(secretsOf(collection.all(), new Set()).some(({ publicPrefix }) => publicPrefix)).toBe(false);
  });

  it('keeps the most telling reading of a value', () => {
    const collection = createCollection(createVault());
    collection.add(hit({ kind: 'google-api-key', sensitivity: 'low' }), at('a.ts'));
    collection.add(hit({ kind: 'google-gemini-key' }), at('b.ts'));
    collection.add(hit({ kind: 'google-browser-key', sensitivity: 'public' }), at('c.ts'));
    expect(secretsOf(collection.all(), new Set()).map(({ kind }) => kind)).toEqual(['google-gemini-key']);
  });

  it('hides the value, its parts and the password of an address, and keeps four characters at most', () => {
    const vault = createVault();
    const collection = createCollection(vault);
    collection.add(hit({ traces: ['made-up-va', 'lue-0001'] }), at('a.ts'));
    collection.add(hit({ value: 'postgres://portal:S0mething-odd@db.acme.io/x' }), at('b.ts'));
    const text = vault.scrub('made-up-value-0001 lue-0001 S0mething-odd');
    expect(text).not.toMatch(/made-up-value|lue-0001|S0mething-odd/);
    for (const secret of secretsOf(collection.all(), new Set())) expect(secret.preview.length).toBeLessThanOrEqual(4);
    expect(collection.find('made-up-value-0001')?.hash).toBe(hashOf('made-up-value-0001'));
  });

  it('does not blank dictionary words out of every report', () => {
    const vault = createVault();
    createCollection(vault).add(hit({ kind: 'guessable-signing-secret', value: 'password' }), at('a.ts'));
    expect(vault.scrub('your password')).toBe('your password');
  });

  it('takes a private key for the same however its lines are broken', () => {
    const begin = ['-----BEGIN PRIVATE', 'KEY-----'].join(' ');
    expect(hashOf(`${begin}\nAbC+/d\n`)).toBe(hashOf(`${begin}\\nAbC+/d\\n`));
  });

  it('lists so many places and counts the rest', () => {
    const collection = createCollection(createVault());
    for (let line = 1; line <= 100; line++) collection.add(hit(), { location: 'source', place: { file: 'a.ts', line } });
    expect(secretsOf(collection.all(), new Set())).toMatchObject([{ morePlaces: 40 }]);
  });
});
