import { expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const authOf = async (text: string, found: string): Promise<string | undefined> => {
  const routes = await routesOf({
    'package.json': '{"dependencies":{"next":"15.0.0"}}',
    'app/api/x/route.ts': `import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
      async function hashed(token) {
        const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(${text}));
        return Array.from(new Uint8Array(bytes)).map((byte) => byte.toString(16).padStart(2, '0')).join('');
      }
      export async function GET(request) {
        const header = request.headers.get('Authorization');
        if (!header) return new Response('no', { status: 401 });
        const key = await prisma.apiKey.findUnique({ where: ${found} });
        if (!key) return new Response('no', { status: 401 });
        return Response.json(await prisma.invoice.findMany());
      }`,
  });
  return routes['GET /api/x']?.data.find(({ name }) => name === 'invoice')?.auth;
};

it('keeps what a text put together carries when it is hashed and written in hex', async () => {
  const byHash = `{ hashedKey: await hashed(header.replace('Bearer ', '')) }`;
  expect(await authOf('token', byHash)).toBe('identity');
  expect(await authOf("`${token}${process.env.PEPPER ?? ''}`", byHash)).toBe('identity');
  expect(await authOf('`${token}`', `{ name: 'default' }`)).toBe('presence');
});
