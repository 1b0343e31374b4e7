import { describe, expect, it } from 'vitest';
import { nextRoute, routesOf } from '../routes/fixture.ts';

/** Level of a handler that asks `test` of the signed-in `user` before it writes. */
const levelOf = async (lists: string, test: string) =>
  (
    await nextRoute(`
    import { auth } from '@/auth'; import { getServerSession } from 'next-auth'; import { PrismaClient } from '@prisma/client';
    const prisma = new PrismaClient();
    ${lists}
    export async function POST(request) {
      const session = await getServerSession();
      if (!session) return Response.json({}, { status: 401 });
      const { user } = session; const body = await request.json();
      if (!(${test})) return Response.json({}, { status: 403 });
      await prisma.order.create({ data: { total: 1 } });
      return Response.json({});
    }`)
  ).auth;

const listed = `const staff = new Set((process.env.STAFF ?? '').split(',').map((one) => one.trim().toLowerCase()).filter(Boolean));`;

describe('a set', () => {
  it.each([
    ['of the addresses that a setting lists', listed, 'staff.has((user.email ?? "").toLowerCase())'],
    ['of roles', `const leads = new Set(['owner', 'admin']);`, 'leads.has(user.role)'],
  ])('%s tells who the caller is', async (_, lists, test) => {
    expect(await levelOf(lists, test)).toBe('role');
  });

  it.each([
    ['what the request says', listed, 'staff.has(body.email)'],
    ['what is no part of the caller', `const states = new Set(['open', 'closed']);`, 'states.has(body.state)'],
  ])('that holds %s does not', async (_, lists, test) => {
    expect(await levelOf(lists, test)).toBe('identity');
  });
});

describe('a map that a module keeps', () => {
  it('says nothing of the next request’s caller', async () => {
    const route = (body: string): string => `
      import { getServerSession } from 'next-auth'; import { PrismaClient } from '@prisma/client'; import { kept } from '../../../lib/kept';
      const prisma = new PrismaClient();
      export async function POST() { ${body} await prisma.order.create({ data: { total: 1 } }); return Response.json({}); }`;
    const routes = await routesOf({
      'package.json': '{"dependencies":{"next":"15.1.0"}}',
      'lib/kept.ts': 'export const kept = new Map();',
      'app/api/a/route.ts': route(
        `const session = await getServerSession(); kept.set('last', session?.user); if (!session) return new Response('', { status: 401 });`,
      ),
      'app/api/b/route.ts': route(`if (!kept.get('last')) return new Response('', { status: 401 });`),
    });
    expect(routes['POST /api/a']?.auth).toBe('identity');
    expect(routes['POST /api/b']?.auth).toBe('none');
  });
});
