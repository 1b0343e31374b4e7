import { describe, expect, it } from 'vitest';
import { forge } from './fixtures/synthetic.ts';
import { entropyOf, isPlaceholder, isRegular, isWordy } from './placeholder.ts';

describe('placeholders', () => {
  it.each([
    'your-key-here',
    'YOUR_API_KEY',
    'xxxxxxxxxxxxxxxx',
    'changeme',
    'change-me-in-production',
    '<insert token>',
    '${STRIPE_KEY}',
    '$SECRET',
    '{{ secrets.KEY }}',
    '%API_KEY%',
    'process.env.JWT_SECRET',
    'import.meta.env.VITE_X',
    'secrets.GITHUB_TOKEN',
    'op://vault/item',
    'replace_with_real_key',
    'AAAAAAAAAAAAAAAAAAAA',
    '0123456789abcdef0123456789abcdef',
    'abcdefghijklmnopqrstuvwxyz',
    '12345678901234567890',
    'abcabcabcabcabcabc',
    'my-super-secret-key',
    'test-token-value',
    'sk_example_key',
    'dummy-secret-value',
    'secret-goes-here',
    'super-secret-jwt-token-with-at-least-32-characters-long',
    '********',
    'redacted',
  ])('%s', (value) => {
    expect(isPlaceholder(value)).toBe(true);
  });

  it('are rarely found in generated text', () => {
    const texts = Array.from({ length: 2000 }, (_, seed) => forge(seed + 1).text('alnum', 40));
    expect(texts.filter(isPlaceholder).length).toBeLessThan(10);
    expect(texts.filter(isRegular).length).toBe(0);
    expect(texts.filter(isWordy).length).toBeLessThan(4);
  });
});

describe('words', () => {
  it.each([
    'currentPassword',
    'forgot-password-link',
    'auth.errors.invalidToken',
    'refresh_token_expires_in',
    'supabase-auth-token',
    'admin dashboard',
  ])('%s', (value) => {
    expect(isWordy(value)).toBe(true);
  });
  it('are told from random text', () => {
    expect(isWordy('8f3Kq0ZpTx71LmNvRw52')).toBe(false);
  });
});

describe('entropy', () => {
  it('is in bits per character', () => {
    expect(entropyOf('aaaaaaaa')).toBe(0);
    expect(entropyOf('abababab')).toBe(1);
    expect(entropyOf('0123456789abcdef')).toBe(4);
    expect(entropyOf('')).toBe(0);
  });
});
