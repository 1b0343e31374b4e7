import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; import { xchacha20poly1305, chacha20 } from '@noble/ciphers/chacha'; import { managedNonce } from '@noble/ciphers/webcrypto';
const prisma = new PrismaClient(); const key = process.env.ENCRYPTION_KEY;`;
const authOf = async (opened: string) =>
  (
    await nextRoute(`${head} export async function GET(request) { const d = new URL(request.url).searchParams.get('d'); ${opened}
      if (!id) return new Response('', { status: 404 }); return Response.json(await prisma.document.findUnique({ where: { id } })); }`)
  ).data.at(-1)?.auth;

describe('what the request brings and the server can open', () => {
  it.each([
    ['was sealed by it', 'const id = managedNonce(xchacha20poly1305)(key).decrypt(d);', 'role'],
    [
      'is null where it could not be opened',
      'let id = null; try { id = xchacha20poly1305(key, n).decrypt(d); } catch { id = null; }',
      'role',
    ],
    ['was made by anybody where the cipher does not check', 'const id = chacha20(key, n).decrypt(d);', 'none'],
    ['proves nothing where it is read all the same', 'let id = d; try { id = xchacha20poly1305(key, n).decrypt(d); } catch {}', 'none'],
    [
      'is the app’s own where a row kept it',
      'const kept = await prisma.setting.findFirst({ where: { id: d } }); const id = xchacha20poly1305(key).decrypt(kept.secret);',
      'none',
    ],
  ])('%s', async (_, opened, expected) => {
    expect(await authOf(opened)).toBe(expected);
  });
});
