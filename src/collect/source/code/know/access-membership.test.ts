import { describe, expect, it } from 'vitest';
import { nextRoute, routesOf } from '../routes/fixture.ts';

const head = `import { getServerSession } from 'next-auth'; import { PrismaClient } from '@prisma/client'; import { match } from 'ts-pattern';
const prisma = new PrismaClient(); const deny = () => Response.json({}, { status: 403 }); const done = (x) => Response.json(x);
const membersOf = ({ teamId, userId, roles }) => !roles
  ? { id: teamId, groups: { some: { orgGroup: { orgGroupMembers: { some: { orgMember: { userId } } } } } } }
  : { id: teamId, groups: { some: { orgGroup: { orgGroupMembers: { some: { orgMember: { userId } } } }, teamRole: { in: roles } } } };
const teamOf = ({ teamId, of }) => prisma.team.findUnique({ where: { id: teamId }, include: { members: { where: { orgMember: of.type === 'user' ? { userId: of.id } : { id: of.id } } } } });
const byKind = (ref) => match(ref).with({ kind: 'id' }, (value) => ({ id: value.id })).with({ kind: 'old' }, (value) => ({ oldId: value.id })).exhaustive();
`;
const lastOf = async (body: string) => {
  const { data } = await nextRoute(`${head} export async function POST(request, { params }) {
    const { id } = await params; const { teamId, kind, token } = await request.json(); const session = await getServerSession(); if (!session) return deny(); const { user } = session; ${body} }`);
  return data.at(-1)?.scope;
};

const remove = `return done(await prisma.teamEmail.delete({ where: { teamId } }));`;
const found = (where: string) => `const team = await prisma.team.findFirst({ where: ${where} }); if (!team) return deny();`;

describe('a membership that stands in the filter', () => {
  it.each([
    ['deep in relations', `${found('membersOf({ teamId, userId: user.id })')} ${remove}`, 'tenant'],
    ['with the roles asked for', `${found("membersOf({ teamId, userId: user.id, roles: ['ADMIN'] })")} ${remove}`, 'tenant'],
    [
      'of whomever the request names',
      `const { userId } = await request.json(); ${found('membersOf({ teamId, userId })')} ${remove}`,
      'none',
    ],
    ['asked for and not heeded', `await prisma.team.findFirst({ where: membersOf({ teamId, userId: user.id }) }); ${remove}`, 'none'],
    [
      'in every branch of OR',
      `${found('{ OR: [membersOf({ teamId, userId: user.id }), { id: teamId, teamEmail: { email: user.email } }] }')} ${remove}`,
      'tenant',
    ],
    ['in one branch of OR', `${found('{ OR: [membersOf({ teamId, userId: user.id }), { id: teamId, open: true }] }')} ${remove}`, 'none'],
    [
      'the team that was found, beside the caller (OR)',
      `${found('membersOf({ teamId, userId: user.id })')} const doc = await prisma.doc.findFirst({ where: { id, OR: [{ userId: user.id }, { teamId: team.id }] } }); return done(doc);`,
      'owner',
    ],
    [
      'behind a match on the kind of id',
      `const doc = await prisma.doc.findFirst({ where: { ...byKind({ kind: 'id', id }), userId: user.id } }); if (!doc) return deny(); return done(await prisma.field.delete({ where: { id: kind } }));`,
      'tenant',
    ],
    [
      'behind a match, but of nobody',
      `const doc = await prisma.doc.findFirst({ where: byKind({ kind: 'id', id }) }); if (!doc) return deny(); return done(await prisma.field.delete({ where: { id: kind } }));`,
      'none',
    ],
    [
      'one of the caller’s own companies',
      `const mine = await prisma.companyUser.findMany({ where: { userId: user.id } }); const order = await prisma.order.findUnique({ where: { id } }); if (!(mine ?? []).map((one) => one.companyId).includes(order.companyId)) return deny(); return done(await prisma.order.update({ where: { id }, data: { open: true } }));`,
      'tenant',
    ],
    [
      'one of the companies of whomever the request names',
      `const mine = await prisma.companyUser.findMany({ where: { userId: kind } }); const order = await prisma.order.findUnique({ where: { id } }); if (!new Set(mine.map((one) => one.companyId)).has(order.companyId)) return deny(); return done(await prisma.order.update({ where: { id }, data: { open: true } }));`,
      'none',
    ],
    [
      'a relation narrowed to the caller by a helper',
      `const team = await teamOf({ teamId, of: { type: 'user', id: user.id } }); if (!team || team.members.length === 0) return deny(); return done(await prisma.doc.findMany({ where: { teamId } }));`,
      'tenant',
    ],
    [
      'a relation narrowed to whomever the request names',
      `const team = await teamOf({ teamId, of: { type: 'user', id: kind } }); if (!team || team.members.length === 0) return deny(); return done(await prisma.doc.findMany({ where: { teamId } }));`,
      'none',
    ],
    [
      'the code of the row that is named',
      `const doc = await prisma.doc.findFirst({ where: { id, recipients: { some: { token } } } }); if (!doc) return deny(); return done(await prisma.note.findMany({ where: { docId: id } }));`,
      'tenant',
    ],
  ])('%s', async (_, body, scope) => {
    expect(await lastOf(body)).toBe(scope);
  });

  it.each([
    ['refused', 'if (!team) return deny();', 'tenant'],
    ['only noticed', "if (!team) console.warn('odd');", 'none'],
  ])('asked in a branch and used in the same one later: %s', async (_, heed, scope) => {
    const body = `if (kind === 'team') { const team = await prisma.team.findFirst({ where: membersOf({ teamId, userId: user.id }) }); ${heed} } else { await prisma.profile.findUnique({ where: { userId: user.id } }); }
      if (kind === 'team') return done(await prisma.team.update({ where: { id: teamId }, data: { name: 'x' } })); return done(1);`;
    expect(await lastOf(body)).toBe(scope);
  });
});

describe('a check in a try block after which the code goes on', () => {
  const pages = async (block: string, caught: string) => {
    const routes = await routesOf({
      'package.json': '{"dependencies":{"next":"15.1.0"}}',
      'pages/api/teams/[teamId]/tags.ts': `import { getServerSession } from 'next-auth'; import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
        const mustBe = (ok) => { if (!ok) throw new Error('no'); };
        export default async function handler(req, res) {
          const session = await getServerSession(req, res); if (!session) return res.status(401).end(); const { teamId } = req.query;
          try { const team = await prisma.team.findUnique({ where: { id: teamId }, include: { users: true } }); const mine = team?.users.some((one) => one.userId === session.user.id); ${block} }
          catch (error) { ${caught} }
          await prisma.tag.deleteMany({ where: { teamId } }); return res.status(204).end(); }`,
    });
    return Object.values(routes)
      .flatMap(({ data }) => data)
      .find(({ name, operation }) => name === 'tag' && operation === 'delete')?.scope;
  };
  const answer = `res.status(500).json({ message: 'failed' });`;
  const refuse = 'if (!mine) return res.status(403).end();';

  it.each([
    ['the failure ends it', refuse, `return ${answer}`, 'tenant'],
    ['the failure is answered: nobody knows whether it can be made', refuse, answer, 'unknown'],
    ['the failure is swallowed', refuse, 'console.error(error);', 'none'],
    ['the refusal itself is what is caught', `if (!mine) throw new Error('no');`, answer, 'none'],
    ['a helper refuses by throwing', 'mustBe(mine);', answer, 'none'],
    ['what is sent is parsed in it', `schema.parse(req.body); ${refuse}`, answer, 'none'],
  ])('%s', async (_, block, caught, scope) => {
    expect(await pages(block, caught)).toBe(scope);
  });
});

it('takes a hashed cookie for the session it names, whichever package hashes', async () => {
  const { data } =
    await nextRoute(`import { cookies } from 'next/headers'; import { sha256 } from '@oslojs/crypto/sha2'; import { encodeHexLowerCase } from '@oslojs/encoding'; import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
    export async function GET(request) { const token = (await cookies()).get('session')?.value; if (!token) return Response.json({}, { status: 401 });
      const session = await prisma.session.findUnique({ where: { id: encodeHexLowerCase(sha256(new TextEncoder().encode(token))) }, include: { user: true } }); if (!session) return Response.json({}, { status: 401 });
      return Response.json(await prisma.order.findMany({ where: { userId: session.user.id } })); }`);
  expect(data.at(-1)).toMatchObject({ name: 'order', auth: 'identity', scope: 'owner' });
});
