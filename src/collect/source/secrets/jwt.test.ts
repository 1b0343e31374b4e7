import { describe, expect, it } from 'vitest';
import { forge } from './fixtures/synthetic.ts';
import { decodePart, judgeJwt } from './jwt.ts';

const now = Date.UTC(2026, 10, 23);
const f = forge(41);
const judge = (claims: Record<string, unknown>, variable?: string) =>
  judgeJwt(f.jwt(claims), { text: '', start: 0, end: 0, now, ...(variable !== undefined && { variable }) });
const later = now / 1000 + 365 * 24 * 3600;

describe('tokens', () => {
  it('of Supabase are told by role; an old one opens nothing', () => {
    expect(judge({ iss: 'supabase', ref: 'qzvmkrtyplwxnbdhsjgf', role: 'anon', exp: later })).toMatchObject({ sensitivity: 'public' });
    expect(judge({ iss: 'supabase', ref: 'qzvmkrtyplwxnbdhsjgf', role: 'service_role', exp: later })).toMatchObject({
      power: 'total',
      certain: true,
    });
    expect(judge({ iss: 'supabase', ref: 'qzvmkrtyplwxnbdhsjgf', role: 'service_role', exp: 1_600_000_000 })).toMatchObject({
      sensitivity: 'low',
      power: 'limited',
    });
    expect(judge({ iss: 'supabase', ref: 'abcdefghijklmnopqrst', role: 'service_role', exp: later })).toMatchObject({ certain: false });
  });

  it('that everybody has are no secrets: the local demo keys, the sample of jwt.io', () => {
    expect(judge({ iss: 'supabase-demo', role: 'service_role', exp: later })).toBeUndefined();
    expect(judge({ iss: 'supabase', role: 'service_role', iat: 1_641_769_200, exp: 1_799_535_600 })).toBeUndefined();
    expect(judge({ sub: '1234567890', name: 'John Doe', iat: 1_516_239_022 })).toBeUndefined();
  });

  it('of others count when they live long and are named as keys', () => {
    expect(judge({ iss: 'https://n8n.acme.io', sub: 'x' }, 'N8N_API_KEY')).toMatchObject({
      sensitivity: 'secret',
      meaning: 'issued by n8n.acme.io, never expires',
    });
    expect(judge({ iss: 'https://n8n.acme.io', sub: 'x' })).toMatchObject({ sensitivity: 'low' });
    expect(judge({ sub: 'x', exp: now / 1000 + 3600 }, 'token')).toMatchObject({ sensitivity: 'low' });
    expect(judge({ sub: 'x', exp: now / 1000 - 3600 }, 'token')).toBeUndefined();
  });

  it('that are made up or broken are none', () => {
    const [head, body] = f.jwt({ role: 'service_role', iss: 'supabase' }).split('.');
    const around = { text: '', start: 0, end: 0, now };
    expect(judgeJwt(`${head}.${body}.fake-signature-that-is-too-short`, around)).toBeUndefined();
    expect(judgeJwt(`${head}.bm90IGpzb24.${f.text('url', 43)}`, around)).toBeUndefined();
    expect(judgeJwt(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.${f.text('url', 43)}`, around)).toBeUndefined();
    expect(decodePart('WzFd')).toBeUndefined();
  });
});
