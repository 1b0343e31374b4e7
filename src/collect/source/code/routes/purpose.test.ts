import { describe, expect, it } from 'vitest';
import { nextRoute, routesOf } from './fixture.ts';
import { purposesOf as purposesOfPath } from './purpose.ts';

const head = `import { PrismaClient } from '@prisma/client'; import bcrypt from 'bcryptjs'; import nodemailer from 'nodemailer'; import { z } from 'zod';
const prisma = new PrismaClient(); const mailer = nodemailer.createTransport({});
`;
const routeOf = (body: string, before = '') =>
  nextRoute(
    `${head} ${before} export async function POST(request) { const body = await request.json(); const { email, password, name, id } = body; ${body} return Response.json({}); }`,
  );
const purposesOf = async (body: string) => (await routeOf(body)).purposes;
const hash = 'const passwordHash = await bcrypt.hash(password, 8);';

describe('what a route does tells what it is for, whatever its path', () => {
  it('sign-up: whoever comes makes an account of their own', async () => {
    expect(
      await purposesOf(
        `${hash} const user = await prisma.user.create({ data: { name, email, passwordHash } }); await prisma.token.create({ data: { userId: user.id } });`,
      ),
    ).toEqual(['signup']);
    expect(await purposesOf(`${hash} await prisma.user.create({ data: { email, passwordHash, role: 'MEMBER' } });`)).toEqual(['signup']);
  });

  it.each([
    ['they say what the account can do', `${hash} await prisma.user.create({ data: { email, passwordHash, role: body.role } });`],
    ['they say whose it is', `${hash} await prisma.user.create({ data: { email, passwordHash, companyId: body.companyId ?? null } });`],
    [
      'a row that was there is changed',
      `${hash} await prisma.user.create({ data: { email, passwordHash } }); await prisma.team.update({ where: { id }, data: { name } });`,
    ],
    ['an account that was there is changed', `${hash} await prisma.user.update({ where: { id }, data: { email, passwordHash } });`],
    ['no password is theirs', `await prisma.client.create({ data: { name, email } });`],
  ])('no sign-up where %s', async (_, body) => {
    expect(await purposesOf(body)).toEqual([]);
  });

  it('a new code for an account that is there, mailed to its address', async () => {
    const mail = `await mailer.sendMail({ to: email, subject: 'Your code', text: 'ours' });`;
    const found = 'const user = await prisma.user.findUnique({ where: { email } }); if (!user) return Response.json({});';
    expect(await purposesOf(`${found} await prisma.token.create({ data: { userId: user.id } }); ${mail}`)).toEqual(['reset']);
    expect(await purposesOf(`${found} await prisma.order.create({ data: { userId: user.id } }); ${mail}`)).toEqual([]);
    expect(await purposesOf(`await prisma.token.create({ data: { userId: id } }); ${mail}`)).toEqual([]);
    expect(await purposesOf(`${found} await prisma.token.create({ data: { userId: user.id } });`)).toEqual([]);
  });
});

describe('a code that is sent to whoever logs in, or typed in again', () => {
  const purposes = async (path: string) =>
    (
      await routesOf({
        'package.json': '{"dependencies":{"next":"15.1.0"}}',
        [`app/api/${path}/route.ts`]: 'export async function POST() { return Response.json({}); }',
      })
    )[`POST /api/${path}`]?.purposes;
  it.each(['send-code', 'auth/verify-code', 'user/send-verification-code', 'resend-email-code', 'auth/resend-verification'])(
    '%s',
    async (path) => {
      expect(await purposes(path)).toEqual(['login']);
    },
  );
  it('is a page for everybody: a logo, and what others embed', async () => {
    expect(await purposes('branding/logo/team')).toEqual(['public']);
    expect(await purposes('embed/form')).toEqual(['public']);
    expect(await purposes('catalogos')).toEqual([]);
  });
  it('is the way in by the provider of an organisation', async () => {
    expect(await purposes('oauth/authorize/oidc')).toEqual(['login']);
    expect(await purposes('teams/sso')).toEqual([]);
  });
  it.each(['check-discount-code', 'send-gift-code', 'send-codes-export', 'verify-email', 'send-report'])('not %s', async (path) => {
    expect(await purposes(path)).toEqual([]);
  });
});

describe('what a new account takes from the request', () => {
  const chosenBy = async (role: string, schema: string) =>
    (
      await routeOf(
        `const data = schema.parse(body); await prisma.user.create({ data: { email, password, role: ${role} } });`,
        `const schema = ${schema};`,
      )
    ).data[0]?.chosen;

  it('is not a choice of what gives no power', async () => {
    const among = (values: string) => `z.object({ email: z.string(), role: z.enum(${values}).optional() }).strict()`;
    expect(await chosenBy('data.role', among(`['buyer', 'seller']`))).toEqual(['email', 'password']);
    expect(await chosenBy(`data.role ?? 'buyer'`, among(`['buyer', 'seller']`))).toEqual(['email', 'password']);
    expect(await chosenBy('data.role', among(`['buyer', 'admin']`))).toEqual(['email', 'password', 'role']);
    expect(await chosenBy('data.role', 'z.object({ role: z.string() })')).toEqual(['email', 'password', 'role']);
    expect(await chosenBy('data.role', `${among(`['buyer']`)}.extend({ role: z.string() })`)).toEqual(['email', 'password', 'role']);
    expect(await chosenBy('body.role', among(`['buyer', 'seller']`))).toEqual(['email', 'password', 'role']);
  });

  it('is the organisation that the domain of the address names', async () => {
    const joins = async (where: string) =>
      (
        await routeOf(`const organization = await prisma.organization.findFirst({ where: ${where} });
          await prisma.user.create({ data: { email, password, memberOn: organization ? { create: { organizationId: organization.id } } : undefined } });`)
      ).data.find(({ operation }) => operation === 'create')?.joins;
    expect(await joins(`{ domain: email.split('@').at(1) }`)).toBe('organization');
    expect(await joins(`{ inviteToken: body.token }`)).toBeUndefined();
    expect(await joins(`{ name: 'Everybody' }`)).toBeUndefined();
  });
});

describe('what is public by its place', () => {
  const handler =
    "const express = require('express'); const router = express.Router(); router.get('/', (req, res) => res.json({})); module.exports = router;";
  const purposes = async (folder: string, path: string) =>
    (
      await routesOf({
        'package.json': '{"dependencies":{"express":"5.0.0"}}',
        [`server/${folder}/list.js`]: handler,
        'server.js': `const express = require('express'); const app = express(); app.use('${path}', require('./server/${folder}/list')); app.listen(3000);`,
      })
    )[`GET ${path}`]?.purposes;

  it('a path that ends so, a folder of that name', async () => {
    expect(await purposes('api', '/companies/public')).toEqual(['public']);
    expect(await purposes('api/public', '/companies')).toEqual(['public']);
    expect(await purposes('api', '/companies')).toEqual([]);
  });
});

describe('a route named after a test', () => {
  const isDebug = (path: string): boolean => purposesOfPath({ path, method: 'POST', id: `POST ${path}` }, []).includes('debug');

  it.each(['/api/routers/:id/test', '/api/routers/:id/test-connection', '/api/mail-settings/test', '/api/campaigns/:id/test-email'])(
    '%s tries out what is there',
    (path) => {
      expect(isDebug(path)).toBe(false);
    },
  );

  it.each([
    '/api/test',
    '/api/test-db',
    '/api/test-connection',
    '/api/users/test',
    '/api/test/:id',
    '/api/debug/:id/test',
    '/api/:id/test',
  ])('%s was left behind', (path) => {
    expect(isDebug(path)).toBe(true);
  });
});

describe('a way in for administrators', () => {
  const purposes = async (body: string) =>
    (
      await routesOf({
        'package.json': '{"dependencies":{"express":"5.0.0"}}',
        'server.js': `import express from 'express'; import bcrypt from 'bcryptjs'; import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient(); const app = express();
app.post('/api/admin/entry/confirm', async (req, res) => { const { email, code, id } = req.body; ${body} res.json({ ok: true }); }); app.listen(3000);`,
      })
    )['POST /api/admin/entry/confirm']?.purposes;
  const begin = `await prisma.session.create({ data: { userId: row.userId, token: crypto.randomUUID() } });`;

  it('is a login where the code they show is compared before the session begins', async () => {
    const compared = `const row = await prisma.challenge.findFirst({ where: { email } }); if (!row) return res.sendStatus(404); if (!(await bcrypt.compare(code, row.codeHash))) return res.sendStatus(401);`;
    expect(await purposes(compared + begin)).toEqual(['login']);
  });

  it('stays an administrator’s route where nothing is shown', async () => {
    expect(await purposes(`const row = await prisma.user.findUnique({ where: { id } }); ${begin}`)).toContain('admin');
  });
});
