import { describe, expect, it } from 'vitest';
import { createVault, mask } from './vault.ts';

const secret = 'sk_live_4242424242';

describe('a vault', () => {
  it('masks what it hides in every text of a value, names of keys too, and leaves the value alone', () => {
    const vault = createVault();
    vault.hide(secret);
    const value = { [secret]: [`a ${secret} b ${secret}`, 7, null, { deep: secret }] };
    const clean = vault.scrubAll(value);
    expect(JSON.stringify(clean)).not.toContain(secret);
    expect(JSON.stringify(clean)).toContain(mask(secret));
    expect(value[secret]?.[0]).toBe(`a ${secret} b ${secret}`);
  });

  it('shows four characters of a secret and its length, no more', () => {
    expect(mask(secret)).toBe('sk_l…(18 characters, hidden)');
  });

  it('does not hide short values, which would blank out ordinary words', () => {
    const vault = createVault();
    vault.hide('secret');
    vault.hide('');
    expect(vault.scrub('a secret word')).toBe('a secret word');
  });

  it('hides values that contain each other', () => {
    const vault = createVault();
    vault.hide('abcdefgh');
    vault.hide('abcdefghijkl');
    for (const text of ['abcdefgh', 'abcdefghijkl', 'xx abcdefghijkl yy'])
      expect(vault.scrub(text)).toMatch(/^(xx )?abcd…\(\d+ characters, hidden\)( yy)?$/);
  });

  it('is not fooled by replacement patterns', () => {
    const vault = createVault();
    vault.hide('$&$&$&$&$&');
    expect(vault.scrub('x $&$&$&$&$& y')).toBe('x $&$&…(10 characters, hidden) y');
  });
});
