import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { PrismaClient, UserRole } from '@prisma/client'; import { currentUser } from '../../../auth';
const prisma = new PrismaClient(); const deny = () => Response.json({}, { status: 403 }); const done = (x) => Response.json(x);
`;
const auth = `import { getServerSession } from 'next-auth'; export async function currentUser() { const session = await getServerSession(); if (!session) throw new Error('no'); return session.user; }`;
const routeOf = (body: string, above = '') =>
  nextRoute(
    `${head} ${above} export async function POST(request, { params }) { const { id } = await params; const user = await currentUser(); ${body} }`,
    {
      'auth.ts': auth,
    },
  );

const insidersOf = async (body: string, name: string, above?: string) => {
  const { data } = await routeOf(body, above);
  const access = data.findLast((one) => one.name === name);
  if (!access) throw new Error(`no access to ${name}`);
  return access.scope === 'owner' || access.scope === 'tenant' ? 'tied' : access.insiders === true;
};

const plan = `const plan = await prisma.plan.findUnique({ where: { id } }); if (!plan) return deny();`;
const target = `async function target(wanted, user) {
  if (user.role === UserRole.MEMBER) { const self = await prisma.member.findUnique({ where: { userId: user.id } }); if (!self) throw new Error('no'); if (wanted && wanted !== self.id) throw new Error('no'); return { id: self.id }; }
  if (!wanted) throw new Error('no');
  const other = await prisma.member.findUnique({ where: { id: wanted } }); if (!other) throw new Error('no');
  return { id: other.id };
}`;
const blind = target.replace('if (wanted && wanted !== self.id)', 'if (!wanted)').replace('id: self.id', 'id: wanted');

describe('rows that only those reach who hold no customer’s role', () => {
  it.each<[string, string, boolean | 'tied', string?]>([
    [
      'members are held to their own',
      `${plan} if (user.role === 'MEMBER' && plan.userId !== user.id) return deny(); return done(plan);`,
      true,
    ],
    [
      'a role of the schema',
      `${plan} if (user.role === UserRole.MEMBER && plan.userId !== user.id) return deny(); return done(plan);`,
      true,
    ],
    [
      'roles in a list',
      `${plan} if (['MEMBER', 'GUEST'].includes(user.role) && plan.userId !== user.id) return deny(); return done(plan);`,
      true,
    ],
    ['only the staff come in', `if (!['STAFF', 'MANAGER'].includes(user.role)) return deny(); ${plan} return done(plan);`, true],
    ['members come in too', `if (!['STAFF', 'MEMBER'].includes(user.role)) return deny(); ${plan} return done(plan);`, false],
    [
      'staff are held to their own, members not',
      `${plan} if (user.role === 'STAFF' && plan.userId !== user.id) return deny(); return done(plan);`,
      false,
    ],
    [
      'the comparison only logs',
      `${plan} if (user.role === 'MEMBER' && plan.userId !== user.id) console.warn('odd'); return done(plan);`,
      false,
    ],
    ['no role is asked', `${plan} return done(plan);`, false],
    ['everybody is held to their own', `${plan} if (plan.userId !== user.id) return deny(); return done(plan);`, 'tied'],
    [
      'the member’s own id or the one that staff ask for',
      `const member = await target(id, user); return done(await prisma.plan.findMany({ where: { memberId: member.id } }));`,
      true,
      target,
    ],
    [
      'the id a member asks for',
      `const member = await target(id, user); return done(await prisma.plan.findMany({ where: { memberId: member.id } }));`,
      false,
      blind,
    ],
    [
      'a helper that refuses members the rows of others',
      `${plan} await target(plan.memberId, user); return done(await prisma.plan.update({ where: { id }, data: { done: true } }));`,
      true,
      target,
    ],
    [
      'the same with the id of a relation',
      `${plan} await target(plan.member.id, user); return done(await prisma.plan.update({ where: { id }, data: { done: true } }));`,
      true,
      target,
    ],
    [
      'a helper that refuses nobody',
      `${plan} await target(plan.memberId, user); return done(await prisma.plan.update({ where: { id }, data: { done: true } }));`,
      false,
      blind,
    ],
  ])('%s', async (_, body, expected, above) => {
    expect(await insidersOf(body, 'plan', above)).toBe(expected);
  });
});
