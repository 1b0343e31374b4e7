import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../evidence/routes.ts';
import { routesOf } from '../routes/fixture.ts';

const app = async (
  id: string,
  guard: string,
  cookie = `await getSignedCookie(c, process.env.COOKIE_SECRET, 'sid')`,
): Promise<Route | undefined> => {
  const routes = await routesOf({
    'package.json': '{"dependencies":{"hono":"4.6.0"}}',
    'src/index.ts': `
      import { Hono } from 'hono';
      import { getCookie, getSignedCookie } from 'hono/cookie';
      import { PrismaClient, Role } from '@prisma/client';
      import { sha256 } from '@oslojs/crypto/sha2';
      import { encodeHexLowerCase } from '@oslojs/encoding';
      const prisma = new PrismaClient();
      const hashed = (token) => encodeHexLowerCase(sha256(new TextEncoder().encode(token)));
      const sessionOf = async (token) => {
        const found = await prisma.session.findUnique({ where: { id: ${id} }, include: { user: { select: { id: true, roles: true } } } });
        if (!found?.user) return { session: null, user: null };
        const { user, ...session } = found;
        return { session, user };
      };
      const isAdmin = (user) => user.roles.includes(Role.ADMIN);
      const app = new Hono();
      app.delete('/admin/users/:id', async (c) => {
        const cookie = ${cookie};
        const token = cookie || null;
        const { session, user } = token ? await sessionOf(token) : { session: null, user: null };
        if (!session || !user) return c.json({}, 401);
        ${guard}
        return c.json(await prisma.user.delete({ where: { id: c.req.param('id') } }));
      });
      export default app;`,
  });
  return routes['DELETE /admin/users/:id'];
};
const roleOf = async (...args: Parameters<typeof app>): Promise<string | undefined> =>
  (await app(...args))?.data.find(({ operation }) => operation === 'delete')?.auth;
const asksRole = `if (!isAdmin(user)) return c.json({}, 403);`;

describe('hashes that are functions', () => {
  it('finds the caller by the hash of the token in the cookie, signed or not, and with the caller the roles', async () => {
    expect(await roleOf('hashed(token)', asksRole)).toBe('role');
    expect(await roleOf('hashed(token)', asksRole, `getCookie(c, 'sid')`)).toBe('role');
  });

  it('sees that the role is not asked for, and that a row found by something else is nobody’s', async () => {
    expect(await roleOf('hashed(token)', '')).toBe('identity');
    expect(await roleOf(`hashed('the first')`, asksRole)).toBe('identity');
    expect(await roleOf(`hashed('the first')`, asksRole, `getCookie(c, 'sid')`)).toBe('presence');
  });
});
