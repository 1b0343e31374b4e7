import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

/** The level at which a member is deleted once `asked` holds; \`me\` is the row of the caller. */
const levelWhere = async (asked: string): Promise<string | undefined> =>
  (
    await nextRoute(
      `import { getServerSession } from 'next-auth'; import { PrismaClient } from '@prisma/client';
      const prisma = new PrismaClient();
      enum Role { OWNER = 'owner', ADMIN = 'admin', MEMBER = 'member' }
      const StaffRole = { OWNER: 'owner', ADMIN: 'admin' } as const;
      const ROLES = ['owner', 'admin', 'member'] as const;
      const tidy = (role) => { const plain = String(role ?? '').trim().toLowerCase(); return ROLES.includes(plain) ? plain : 'member'; };
      const config = { admin: {}, member: {} };
      const aliases = { super_admin: 'admin', user: 'member' };
      const key = (role) => { if (!role) return null; const plain = role.toLowerCase(); if (plain in config) return plain; if (plain in aliases) return aliases[plain]; return 'member'; };
      const isAdmin = (role) => { if (!role) return false; return key(role) === 'admin'; };
      export async function DELETE(request) {
        const session = await getServerSession();
        if (!session?.user) return Response.json({}, { status: 401 });
        const { id, role } = await request.json();
        const me = await prisma.user.findUnique({ where: { id: session.user.id } });
        const settings = await prisma.setting.findFirst({ where: { name: 'staff' } });
        if (!(${asked})) return Response.json({}, { status: 403 });
        return Response.json(await prisma.member.delete({ where: { id } }));
      }`,
    )
  ).data.find(({ operation }) => operation === 'delete')?.auth;

describe('a role is asked for', () => {
  it.each([
    `['owner', 'admin'].includes(me.role)`,
    `Object.values(StaffRole).includes(me.role)`,
    `me.roles.includes(Role.ADMIN)`,
    `me.roles.includes('admin')`,
    `me.permissions.includes(settings.permission)`,
    `session.user['cognito:groups'].includes('admin')`,
    `tidy(me.role) === 'admin'`,
    `isAdmin(me.role)`,
  ])('in %s', async (asked) => {
    expect(await levelWhere(asked)).toBe('role');
  });
});

describe('no role is asked for', () => {
  it.each([
    ['every role there is', `Object.values(Role).includes(me.role)`],
    ['their own role among their own', `me.roles.includes(me.role)`],
    ['a role the request names', `me.roles.includes(role)`],
    ['a word in the address they chose', `session.user.email.includes('admin')`],
    ['a word in the name they chose', `me.name.includes('admin')`],
    ['a role brought into shape, whichever it is', `tidy(me.role)`],
    ['a text that happens to hold such letters', `me.terms.includes('www.papermark.test/')`],
  ])('%s', async (_, asked) => {
    expect(await levelWhere(asked)).toBe('identity');
  });
});

it('believes no list that every user may write of themselves', async () => {
  const levelOf = async (list: string): Promise<string | undefined> =>
    (
      await nextRoute(`import { createServerClient } from '@supabase/ssr';
        export async function DELETE(request) {
          const supabase = createServerClient('https://x.supabase.co', 'anon', { cookies: {} });
          const { data: { user } } = await supabase.auth.getUser();
          if (!user?.${list}?.includes('admin')) return Response.json({}, { status: 403 });
          await supabase.from('members').delete().eq('id', new URL(request.url).searchParams.get('id'));
          return Response.json({});
        }`)
    ).data[0]?.auth;
  expect(await levelOf('app_metadata.groups')).toBe('role');
  expect(await levelOf('user_metadata.groups')).toBe('identity');
  expect(await levelOf(`user_metadata['team groups']`)).toBe('identity');
});
