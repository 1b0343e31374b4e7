import { describe, expect, it } from 'vitest';
import type { Exposure } from '../../evidence/http.ts';
import type { Secret } from '../../evidence/secrets.ts';
import { exposedFile } from './exposed-file.ts';

const exposure = (path: string, kind: Exposure['kind'], more: Partial<Exposure> = {}): Exposure => ({
  path,
  url: `https://portal.example.com${path}`,
  outcome: 'exposed',
  kind,
  status: 200,
  what: 'a file',
  names: [],
  secrets: [],
  ...more,
});
const secret: Secret = {
  kind: 'stripe-live-secret',
  label: 'Stripe live secret key',
  sensitivity: 'secret',
  power: 'total',
  harm: 'Whoever has it can pay out.',
  rotate: 'Roll it.',
  toldBy: 'form',
  location: 'page',
  places: [],
  preview: 'sk_l…(32 characters, hidden)',
  hash: '00',
};
const severities = (...exposures: Exposure[]): (string | undefined)[] =>
  [...exposedFile.evaluate({ exposures })].map(({ severity }) => severity);

describe('audit/exposed-file', () => {
  it('weighs by what is inside', () => {
    expect(severities(exposure('/.env', 'env', { names: ['DATABASE_URL'] }))).toEqual(['blocker']);
    expect(severities(exposure('/.env', 'env', { names: ['VITE_API_URL', 'NEXT_PUBLIC_NAME'] }))).toEqual(['medium']);
    expect(severities(exposure('/.env', 'env', { names: ['VITE_API_URL'], secrets: [secret] }))).toEqual(['blocker']);
    expect(severities(exposure('/.git/HEAD', 'git'))).toEqual(['blocker']);
    expect(severities(exposure('/backup.sql', 'backup'))).toEqual(['blocker']);
    expect(severities(exposure('/package.json', 'source'), exposure('/server.js', 'source'))).toEqual(['medium', 'high']);
    expect(severities(exposure('/docker-compose.yml', 'config'))).toEqual(['high']);
  });

  it('names secrets without showing them, and what to do about them', () => {
    const [finding] = exposedFile.evaluate({ exposures: [exposure('/.env', 'env', { secrets: [secret] })] });
    expect(finding?.message).toContain('Stripe live secret key');
    expect(finding?.fix).toContain('replace every secret');
  });

  it('leaves other kinds to their own checks', () => {
    expect([
      ...exposedFile.evaluate({
        exposures: [exposure('/uploads/', 'listing'), exposure('/debug', 'debug'), exposure('/openapi.json', 'api-docs')],
      }),
    ]).toEqual([]);
  });

  it('does not pass over what could not be asked', () => {
    const unknown = exposure('/.env', 'env', { outcome: 'unknown', what: 'the server answered with an error (502)' });
    const closed = exposure('/backup.sql', 'backup', { outcome: 'not-exposed' });
    expect([...exposedFile.evaluate({ exposures: [unknown, closed] })].map(({ outcome, severity }) => [outcome, severity])).toEqual([
      ['unknown', undefined],
      ['pass', undefined],
    ]);
    expect(
      [...exposedFile.evaluate({ exposures: [{ ...unknown, kind: 'config' }] })].map(({ outcome, severity }) => [outcome, severity]),
    ).toEqual([['unknown', 'medium']]);
  });
});
