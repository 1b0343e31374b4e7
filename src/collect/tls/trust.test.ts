import { describe, expect, it } from 'vitest';
import { makeAuthority } from './fixture.ts';
import { contextTrusting } from './trust.ts';

const pem = async (name: string): Promise<string> => (await makeAuthority(name)).certificate.toString('pem');

describe('what connections trust', () => {
  it('is made once for the same authorities and settings', async () => {
    const [one, two] = [await pem('One'), await pem('Two')];
    const context = contextTrusting([one], { maxVersion: 'TLSv1.2' });
    expect(context).toBeDefined();
    expect(contextTrusting([one], { maxVersion: 'TLSv1.2' })).toBe(context);
    expect(contextTrusting([one], { maxVersion: 'TLSv1.3' })).not.toBe(context);
    expect(contextTrusting([two], { maxVersion: 'TLSv1.2' })).not.toBe(context);
  });

  it('is left to Node where nothing is added', () => {
    expect(contextTrusting([])).toBeUndefined();
  });
});
