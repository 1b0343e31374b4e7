import { describe, expect, it } from 'vitest';
import type { PublicSecretVariable, Secret } from '../../evidence/secrets.ts';
import { sampleScan, sampleSecret } from '../secret-sample.ts';
import { secretWithPublicPrefix } from './secret-with-public-prefix.ts';

const variable = (more: Partial<PublicSecretVariable> = {}): PublicSecretVariable => ({
  variable: 'VITE_ADMIN_KEY',
  place: { file: 'src/a.ts', line: 1 },
  places: [{ file: 'src/a.ts', line: 1 }],
  says: 'a key with administrator rights',
  usedBy: 'client',
  ...more,
});
const judged = (secrets: readonly Secret[], publicVariables: readonly PublicSecretVariable[] = []) => [
  ...secretWithPublicPrefix.evaluate({ scan: sampleScan(secrets, { publicVariables }) }),
];
const set = (more: Partial<Secret> = {}): Secret =>
  sampleSecret({ location: 'env-file', publicPrefix: true, variable: 'VITE_ADMIN_KEY', places: [{ file: '.env', line: 1 }], ...more });

describe('audit/secret-with-public-prefix', () => {
  it('by value: also from an env file that git ignores, because the build reads it', () => {
    expect(judged([set({ location: 'ignored-env-file', ignored: true })])[0]).toMatchObject({ outcome: 'fail', severity: 'blocker' });
    expect(judged([set()])[0]?.message).toMatch(/^Supabase service_role key is set as VITE_ADMIN_KEY, a name/);
  });

  it('by name: worst when a page reads it', () => {
    const severity = (more: Partial<PublicSecretVariable>): unknown => judged([], [variable(more)])[0]?.severity;
    expect([severity({}), severity({ says: 'a password' }), severity({ usedBy: 'other-code' }), severity({ usedBy: 'declared' })]).toEqual([
      'blocker',
      'high',
      'medium',
      'medium',
    ]);
  });

  it('one variable is told once, and by its value when that is known', () => {
    expect(judged([set()], [variable()]).map(({ subject }) => subject)).toEqual(['supabase-service-role 0f1e2d3c4b5a6978']);
    expect(judged([set({ sensitivity: 'public', kind: 'supabase-anon' })], [variable()]).map(({ outcome }) => outcome)).toEqual(['pass']);
  });

  it('a secret that is in the browser already is told there', () => {
    expect(judged([set(), set({ location: 'bundle' })]).map(({ outcome }) => outcome)).toEqual(['pass']);
  });
});
