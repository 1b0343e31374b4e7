import { describe, expect, it } from 'vitest';
import { createVault } from '../../core/vault.ts';
import { stripeKey, supabaseKey } from './fixtures/keys.ts';
import { mergeSecrets, secretsIn } from './secrets.ts';

const at = (url: string, name?: string) => ({ location: 'bundle' as const, place: { url, ...(name !== undefined && { name }) } });

describe('secretsIn', () => {
  it('hides the value and keeps what identifies it', () => {
    const vault = createVault();
    const key = supabaseKey('service_role');
    const [secret] = secretsIn(`\nconst serviceKey="${key}"`, 'code', at('https://x.example/a.js'), vault);
    expect(secret).toMatchObject({
      sensitivity: 'secret',
      location: 'bundle',
      variable: 'serviceKey',
      places: [{ url: 'https://x.example/a.js', line: 2 }],
    });
    expect(secret?.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(JSON.stringify(secret)).not.toContain(key);
    expect(vault.scrub(`see ${key}`)).not.toContain(key);
  });

  it('gives no lines in minified code, where they say nothing', () => {
    expect(secretsIn(`a="${stripeKey()}"`, 'minified', at('https://x.example/a.js'), createVault())[0]?.places).toEqual([
      { url: 'https://x.example/a.js' },
    ]);
  });

  it('judges values by name only where names mean something', () => {
    const text = 'DB_PASSWORD=Tr0ub4dor&3xyz\n';
    expect(secretsIn(text, 'variables', at('https://x.example/.env'), createVault()).map(({ variable }) => variable)).toEqual([
      'DB_PASSWORD',
    ]);
    expect(secretsIn(text, 'minified', at('https://x.example/a.js'), createVault())).toEqual([]);
  });
});

describe('mergeSecrets', () => {
  it('puts one value seen in several places together, at most ten', () => {
    const key = stripeKey();
    const all = Array.from({ length: 15 }, (_, index) =>
      secretsIn(`"${key}"`, 'minified', at(`https://x.example/${index}.js`), createVault()),
    ).flat();
    const merged = mergeSecrets([...all, ...all]);
    expect(merged.map(({ places }) => places.length)).toEqual([10]);
    expect(mergeSecrets([...all, ...all.map((secret) => ({ ...secret, location: 'source-map' as const }))]).length).toBe(2);
  });
});
