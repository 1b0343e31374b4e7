import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const sign = `const sign = async (data) => {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(process.env.SESSION_SECRET), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(data)));`;
const forEach = `${sign} let text = ''; bytes.forEach((byte) => { text += String.fromCharCode(byte); }); return btoa(text).replace(/=+$/, ''); };`;
const forOf = `${sign} let text = ''; for (const byte of bytes) text += byte.toString(16).padStart(2, '0'); return text; };`;
const plain = `const sign = async (data) => data;`;

const byLetters = `const same = (a, b) => { if (a.length !== b.length) return false; let found = 0;
  for (let i = 0; i < a.length; i++) { found |= a.charCodeAt(i) ^ b.charCodeAt(i); } return found === 0; };`;
const byBytes = `const same = (a, b) => { const [x, y] = [Buffer.from(a), Buffer.from(b)]; let found = x.length ^ y.length;
  for (let i = 0; i < x.length; i++) { found = found | (x[i] ^ y[i]); } return !found; };`;
const forgets = `const same = (a, b) => { let found = 0;
  for (let i = 0; i < a.length; i++) { found |= a.charCodeAt(i) ^ b.charCodeAt(i); } return true; };`;

/** How the caller of a route is known who sends a signed cookie. */
const levelOf = async (...helpers: string[]): Promise<string | undefined> =>
  (
    await nextRoute(`import { cookies } from 'next/headers'; import { PrismaClient } from '@prisma/client';
      const prisma = new PrismaClient(); ${helpers.join('\n')}
      async function session() {
        const [text, signature] = ((await cookies()).get('session')?.value ?? '').split('.');
        if (!text || !signature || !(await same(await sign(text), signature))) return null;
        return JSON.parse(atob(text));
      }
      export async function DELETE(request) {
        const found = await session();
        if (!found) return Response.json({}, { status: 401 });
        await prisma.customer.delete({ where: { id: new URL(request.url).searchParams.get('id') } });
        return Response.json({});
      }`)
  ).data[0]?.auth;

describe('a session cookie with an HMAC, compared in constant time by hand', () => {
  it.each([
    ['letter by letter', [forEach, byLetters]],
    ['byte by byte', [forOf, byBytes]],
  ])('tells who is calling, and no role: %s', async (_name, helpers) => {
    expect(await levelOf(...helpers)).toBe('identity');
  });

  it.each([
    ['what was found is forgotten', [forEach, forgets]],
    ['it is compared with itself', [plain, byLetters]],
  ])('proves nothing where %s', async (_name, helpers) => {
    expect(await levelOf(...helpers)).toBe('presence');
  });
});
