import { describe, expect, it } from 'vitest';
import { answerOf } from './compare.ts';
import { speaksOf } from './mapping.ts';

const files = new Set(['src/orders.ts']);
const checks = ['audit/object-without-ownership'];
const bola = { file: 'src/orders.ts', rule: 'BOLA_DIRECT_ID' };
const other = { file: 'src/orders.ts', rule: 'XSS_INNERHTML' };

describe('answerOf', () => {
  it('wants an alarm of the right kind that the clean app does not have', () => {
    expect(answerOf(checks, files, [], [bola])).toBe('told apart');
    expect(answerOf(checks, files, [bola], [bola, bola])).toBe('told apart');
    expect(answerOf(checks, files, [bola], [bola])).toBe('same alarm when clean');
  });

  it('grants less for another kind of alarm in the right file', () => {
    expect(answerOf(checks, files, [], [other])).toBe('something new there');
    expect(answerOf(checks, files, [other], [other])).toBe('same alarm when clean');
  });

  it('grants nothing for alarms elsewhere of another kind', () => {
    expect(answerOf(checks, files, [], [{ ...other, file: 'src/far.ts' }])).toBe('nothing');
    expect(answerOf(checks, files, [], [])).toBe('nothing');
  });
});

describe('speaksOf', () => {
  it('knows rules of each tool', () => {
    expect(speaksOf('API_SPREAD_BODY', 'audit/mass-assignment')).toBe(true);
    expect(speaksOf('SECRET Stripe Live Secret Key', 'audit/secret-in-source')).toBe(true);
    expect(speaksOf('@secretlint/secretlint-rule-stripe', 'audit/secret-in-env-file')).toBe(true);
    expect(speaksOf('security/detect-possible-timing-attacks', 'audit/webhook-unverified')).toBe(true);
    expect(speaksOf('XSS_INNERHTML', 'audit/mass-assignment')).toBe(false);
    expect(speaksOf('BOLA_DIRECT_ID', 'audit/no-such-check')).toBe(false);
  });
});
