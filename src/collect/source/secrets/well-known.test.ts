import { describe, expect, it } from 'vitest';
import { forge } from './fixtures/synthetic.ts';
import { findSecrets } from './scan-text.ts';
import { isWellKnown } from './well-known.ts';

describe('keys that everybody has', () => {
  const local = ['sb', 'secret', 'N7UND0UgjKTVK-Uodkm0Hg', 'xSvEMPvz'].join('_');
  const read = { names: true, lines: true, code: false, certainOnly: false, now: 0 };

  it('the local stack of the Supabase command line opens nothing', () => {
    expect(isWellKnown(local)).toBe(true);
    expect(findSecrets(`SUPABASE_SECRET_KEY=${local}\n`, read)).toEqual([]);
  });

  it('another key of the same form does', () => {
    const other = ['sb', 'secret', forge(3).text('url', 22), forge(3).text('alnum', 8)].join('_');
    expect(isWellKnown(other)).toBe(false);
    expect(findSecrets(`SUPABASE_SECRET_KEY=${other}\n`, read).length).toBe(1);
  });

  it('the storage emulator of Azure is the same everywhere', () => {
    const text = `AccountName=devstoreaccount1;AccountKey=${forge(4).text('base64', 86)}==;`;
    expect(findSecrets(text, read)).toEqual([]);
    expect(findSecrets(text.replace('devstoreaccount1', 'acmeportal'), read).map(({ kind }) => kind)).toEqual(['azure-storage-key']);
  });
});
