import { describe, expect, it } from 'vitest';
import { keyTagOf, matchOf } from './key.ts';

// RFC 4034 §5.4 and RFC 4509 §2.3: one key, its tag, and its digests.
const key = {
  flags: 256,
  algorithm: 5,
  key: Buffer.from(
    'AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==',
    'base64',
  ),
};
const zone = 'dskey.example.com';
const sha1 = Buffer.from('2BB183AF5F22588179A53B0A98631FAD1A292118', 'hex');
const sha256 = Buffer.from('D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A', 'hex');
const ds = { keyTag: 60485, algorithm: 5, digestType: 1, digest: sha1 };

describe('keys and their fingerprints', () => {
  it('are those of the RFCs', () => {
    expect(keyTagOf(key)).toBe(60485);
    expect(matchOf(zone, ds, [key])).toBe('yes');
    expect(matchOf('DSKEY.example.com', { ...ds, digestType: 2, digest: sha256 }, [key])).toBe('yes');
  });

  it.each([
    ['of another zone', 'other.example.com', ds, [key], 'no'],
    ['of another key', zone, { ...ds, keyTag: 1 }, [key], 'no'],
    ['of a revoked key', zone, ds, [{ ...key, flags: 256 | 128 }], 'no'],
    ['of a key that is not for the zone', zone, ds, [{ ...key, flags: 0 }], 'no'],
    ['cut short', zone, { ...ds, digest: sha1.subarray(0, 19) }, [key], 'no'],
    ['of no key at all', zone, ds, [], 'no'],
    ['of a kind that we do not know', zone, { ...ds, digestType: 99 }, [key], 'unknown'],
  ] as const)('a digest %s', (_, name, record, keys, expected) => {
    expect(matchOf(name, record, keys)).toBe(expected);
  });
});
