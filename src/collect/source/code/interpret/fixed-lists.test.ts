import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

/** A route that deletes an order, wrapped by a guard that lets all pass where no role is asked for. */
const authOf = async (wrapped: string): Promise<string | undefined> =>
  (
    await nextRoute(
      `import { auth } from '@clerk/nextjs/server'; import { PrismaClient } from '@prisma/client';
      const prisma = new PrismaClient();
      const staff = ['admin', 'owner'] as const;
      const nobody = [];
      const filled = ['admin'];
      const mayPass = (role, allowed) => { if (!role) return false; if (allowed.length === 0) return true; return allowed.includes(role); };
      const withRoles = (handler, allowed) => async (request) => {
        const { userId } = await auth();
        if (!userId) return Response.json({}, { status: 401 });
        const me = await prisma.user.findUnique({ where: { clerkId: userId } });
        if (!mayPass(me?.role, allowed)) return Response.json({}, { status: 403 });
        return handler(request);
      };
      const wipe = async (request) => { const { id } = await request.json(); return Response.json(await prisma.order.delete({ where: { id } })); };
      const someRoles = (strict) => { const roles = ['any']; if (!strict) roles.pop(); return roles; };
      export const DELETE = ${wrapped};`,
    )
  ).data.find(({ operation }) => operation === 'delete')?.auth;

describe('a guard that lets all pass where its list is empty', () => {
  it.each(["withRoles(wipe, ['admin'])", 'withRoles(wipe, staff)', 'withRoles(wipe, filled)'])('asks for a role in %s', async (wrapped) => {
    expect(await authOf(wrapped)).toBe('role');
  });

  it.each([
    'withRoles(wipe, nobody)',
    'withRoles(wipe, [])',
    'withRoles(wipe, someRoles(process.env.STRICT))',
    'withRoles(wipe, [...process.env.ROLES.split(",")])',
  ])('may not ask for one in %s', async (wrapped) => {
    expect(await authOf(wrapped)).toBe('identity');
  });
});
