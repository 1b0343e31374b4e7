import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { auth } from '@clerk/nextjs/server'; import { getServerSession } from 'next-auth'; import { createServerClient } from '@supabase/ssr'; import { createClient } from '@supabase/supabase-js'; import { PrismaClient } from '@prisma/client';
const prisma = new PrismaClient(); const supabase = createServerClient(process.env.A, process.env.B, {}); const admin = createClient(process.env.A, process.env.SUPABASE_SERVICE_ROLE_KEY);
const deny = () => Response.json({}, { status: 403 }); const done = (x) => Response.json(x);
`;
const user = 'const { data: { user } } = await supabase.auth.getUser(); if (!user) return deny();';
const routeOf = (body: string) =>
  nextRoute(`${head} export async function POST(request, { params }) { const { id } = await params; ${user} ${body} }`);
const lastOf = async (body: string) => (await routeOf(body)).data.at(-1);

describe('whose rows an access reaches', () => {
  it.each([
    ['the id of the request alone', `return done(await prisma.order.findUnique({ where: { id } }));`, 'none'],
    ['the caller as owner', `return done(await prisma.order.findMany({ where: { id, userId: user.id } }));`, 'owner'],
    ['the caller as customer', `return done(await prisma.order.findMany({ where: { clientId: user.id } }));`, 'owner'],
    [
      'the customer of the caller',
      `const me = await prisma.user.findUnique({ where: { id: user.id } }); return done(await prisma.order.findMany({ where: { clientId: me.clientId } }));`,
      'tenant',
    ],
    ['the caller by relation', `return done(await prisma.order.findFirst({ where: { id, customer: { userId: user.id } } }));`, 'owner'],
    [
      'an owner the request names',
      `const { userId } = await request.json(); return done(await prisma.order.findMany({ where: { userId } }));`,
      'none',
    ],
    [
      'the caller among others (OR)',
      `return done(await prisma.order.findMany({ where: { OR: [{ userId: user.id }, { id }] } }));`,
      'unknown',
    ],
    [
      'compared after the read',
      `const order = await prisma.order.findUnique({ where: { id } }); if (order.userId !== user.id) return deny(); return done(order);`,
      'tenant',
    ],
    [
      'compared and only logged',
      `const order = await prisma.order.findUnique({ where: { id } }); if (order.userId !== user.id) console.warn('odd'); return done(order);`,
      'none',
    ],
    ['everybody but the caller', `return done(await prisma.order.findMany({ where: { userId: { not: user.id } } }));`, 'none'],
    [
      'others by a part of their name',
      `const { name } = await request.json(); return done(await prisma.order.findMany({ where: { name: { contains: name }, userId: { not: user.id } } }));`,
      'none',
    ],
    ['a time', `return done(await prisma.order.findMany({ where: { createdAt: { gte: new Date(0) }, teamId: id } }));`, 'none'],
    [
      'an id that nobody is seen to set',
      `const me = { email: user.email }; return done(await prisma.order.findUnique({ where: { id: me.id } }));`,
      'unknown',
    ],
    ['a fixed state', `return done(await prisma.order.findMany({ where: { state: 'open' } }));`, 'none'],
    ['Supabase: eq on the caller', `return done(await admin.from('orders').select('*').eq('user_id', user.id));`, 'owner'],
    ['Supabase: eq on the id', `return done(await admin.from('orders').select('*').eq('id', id));`, 'none'],
    [
      'an ownership check before the write',
      `const own = await prisma.order.findFirst({ where: { id, userId: user.id } }); if (!own) return deny(); await prisma.order.delete({ where: { id: own.id } }); return done({});`,
      'owner',
    ],
  ])('%s', async (_, body, scope) => {
    expect((await lastOf(body))?.scope).toBe(scope);
  });

  it('a write before the check stays unscoped', async () => {
    const route = await routeOf(
      `await prisma.invoice.delete({ where: { id } }); const own = await prisma.order.findFirst({ where: { id, userId: user.id } }); if (!own) return deny(); return done({});`,
    );
    expect(route.data.find((access) => access.name === 'invoice')).toMatchObject({
      scope: 'none',
      operation: 'delete',
      inputs: [{ column: 'id', source: 'path' }],
    });
  });

  it('tells with whose rights the data is reached', async () => {
    expect((await lastOf(`return done(await supabase.from('orders').select('*'));`))?.client).toBe('user');
    expect((await lastOf(`return done(await admin.from('orders').select('*'));`))?.client).toBe('service');
    expect((await lastOf(`return done(await prisma.order.findMany());`))?.client).toBe('server');
  });
});

describe('what a write takes from the request', () => {
  it('all of the body, or the listed columns', async () => {
    expect(
      await lastOf(`const body = await request.json(); await prisma.order.update({ where: { id }, data: body }); return done({});`),
    ).toMatchObject({ wholeInput: 'body' });
    expect(
      await lastOf(`const body = await request.json(); await prisma.order.update({ where: { id }, data: { ...body } }); return done({});`),
    ).toMatchObject({ wholeInput: 'body' });
    const listed = await lastOf(
      `const { note } = await request.json(); await prisma.order.update({ where: { id }, data: { note } }); return done({});`,
    );
    expect(listed).toMatchObject({ writes: ['note'] });
    expect(listed?.wholeInput).toBeUndefined();
  });

  it('only known fields after a schema, unless it lets all through', async () => {
    const parsed = (schema: string) =>
      nextRoute(
        `import { z } from 'zod'; ${head} const schema = ${schema}; export async function POST(request) { ${user} const data = schema.parse(await request.json()); await prisma.order.create({ data }); return done({}); }`,
      );
    expect((await parsed('z.object({ note: z.string() })')).data.at(-1)?.wholeInput).toBeUndefined();
    expect((await parsed('z.object({ note: z.string() }).passthrough()')).data.at(-1)?.wholeInput).toBe('body');
  });
});

describe('roles', () => {
  const write = `await prisma.order.deleteMany({ where: {} }); return done({});`;
  const profile = `const profile = await prisma.profile.findUnique({ where: { id: user.id } });`;
  it.each([
    ['a row of the caller', `${profile} if (profile?.role !== 'admin') return deny(); ${write}`, 'role', ['admin']],
    ['one of several', `${profile} if (!['admin', 'owner'].includes(profile.role)) return deny(); ${write}`, 'role', ['admin', 'owner']],
    ['app_metadata, which only the server writes', `if (user.app_metadata.role !== 'admin') return deny(); ${write}`, 'role', ['admin']],
    ['user_metadata, which the user writes', `if (user.user_metadata.role !== 'admin') return deny(); ${write}`, 'identity', []],
    ['only logged', `${profile} if (profile.role !== 'admin') console.warn('odd'); ${write}`, 'identity', []],
    ['upside down', `${profile} if (profile.role === 'admin') return deny(); ${write}`, 'identity', []],
    [
      'after the write',
      `await prisma.order.deleteMany({ where: {} }); ${profile} if (profile.role !== 'admin') return deny(); return done({});`,
      'identity',
      [],
    ],
    [
      'of the row the request names',
      `const { userId } = await request.json(); const other = await prisma.profile.findUnique({ where: { id: userId } }); if (other?.role !== 'admin') return deny(); ${write}`,
      'identity',
      [],
    ],
    ['from the body', `const { role } = await request.json(); if (role !== 'admin') return deny(); ${write}`, 'identity', []],
    ['from a header', `if (request.headers.get('x-role') !== 'admin') return deny(); ${write}`, 'identity', []],
  ])('%s', async (_, body, level, roles) => {
    const route = await routeOf(body);
    expect(route.data.find((access) => access.operation === 'delete')?.auth).toBe(level);
    if (level === 'role') expect(route.roles).toEqual(expect.arrayContaining(roles));
  });
});

describe('what is looked up by a key', () => {
  const found = async (where: string, from = `request.headers.get('authorization').replace('Bearer ', '')`) =>
    (
      await nextRoute(`${head} export async function POST(request) { const key = ${from}; const app = await prisma.project.findUnique({ where: { ${where} } });
        if (!app) return deny(); await prisma.customer.create({ data: { projectId: app.id } }); return done({}); }`)
    ).data.find(({ operation }) => operation === 'create')?.auth;

  it('is the organisation that the key was given to', async () => {
    expect(await found('publishableKey: key')).toBe('tenant');
    expect(await found('apiKey: key')).toBe('identity');
    expect(await found('invitationKey: key')).toBe('identity');
    expect(await found('groupKey: key')).not.toBe('identity');
    expect(await found('id: key')).not.toBe('tenant');
    expect(await found('slug: key', '(await request.json()).slug')).toBe('none');
  });

  it('is whose the key is, also where only its being there was asked before', async () => {
    const own = async (where: string) =>
      (
        await nextRoute(`${head} export async function POST(request) { const header = request.headers.get('authorization'); if (!header) return deny();
          const user = await prisma.user.findFirst({ where: { ${where} } }); if (!user) return deny();
          const me = { id: user.id }; return done(await prisma.order.findMany({ where: { userId: me.id } })); }`)
      ).data.find(({ name }) => name === 'order');
    expect(await own(`tokens: { some: { hashedKey: header } }`)).toMatchObject({ auth: 'identity', scope: 'owner' });
    expect((await own(`name: header`))?.scope).not.toBe('owner');
  });

  it('reads the fields of a form', async () => {
    const code = (form: string) => found('code: key', form);
    expect(await code(`Object.fromEntries(await request.formData()).code`)).toBe('identity');
    expect(await code(`(await request.formData()).get('code')`)).toBe('identity');
  });
});

/** Level at a write after `body` has asked something of `me`, the caller's row. */
const levelOf = async (body: string) =>
  (
    await lastOf(
      `const { data: me } = await admin.from('profiles').select('*').eq('id', user.id).maybeSingle(); if (!me) return deny();
      ${body} await admin.from('orders').update({ paid: true }).eq('state', 'open'); return done({});`,
    )
  )?.auth;
const role = `const { data: role } = await admin.from('roles').select('id').eq('code', me.role).maybeSingle(); if (!role) return deny();`;
const list = `const { data: rows } = await admin.from('role_permissions').select('permissions!inner(code)').eq('role_id', role.id);
  const may = rows?.map((row) => row.permissions.code) ?? [];`;

describe('the permissions that tables keep of the caller’s role', () => {
  it.each([
    ['are a list that is asked', `${role} ${list} if (!may.includes('order.pay')) return deny();`],
    [
      'are rows that are asked for',
      `${role} const { data: row } = await admin.from('role_permissions').select().eq('role_id', role.id).eq('code', 'order.pay').maybeSingle(); if (!row) return deny();`,
    ],
    ['go by the role’s id in the caller’s row', `if (me.role_id !== 1) return deny();`],
  ])('%s', async (_, body) => {
    expect(await levelOf(body)).toBe('role');
  });

  it.each([
    ['are read, but not asked', `${role} ${list}`],
    ['are asked for one action only', `${role} ${list} if (user.kind === 'a') { if (!may.includes('order.pay')) return deny(); }`],
    [
      'are those of the role that the request names',
      `${role.replace('me.role', "request.headers.get('x-role')")} ${list} if (!may.includes('order.pay')) return deny();`,
    ],
    [
      'are rows of something else',
      `const { data: news } = await admin.from('news').select('*').eq('audience', me.role).maybeSingle(); if (news?.state !== 'new') return deny();`,
    ],
  ])('prove nothing where they %s', async (_, body) => {
    expect(await levelOf(body)).toBe('identity');
  });
});

describe('a row that must be there', () => {
  const auth = async (before: string) =>
    (
      await nextRoute(`${head} export async function POST(request) { const { token, id } = await request.json(); ${before}
        await prisma.user.update({ where: { id: row.userId }, data: { name: 'x' } }); return done({}); }`)
    ).data.find(({ name }) => name === 'user')?.auth;
  it.each([
    ['the code that is used up', 'const row = await prisma.verificationToken.delete({ where: { token } });', 'identity'],
    [
      'the code that is marked',
      'const row = await prisma.verificationToken.update({ where: { token }, data: { used: true } });',
      'identity',
    ],
    [
      'a code that is made where there is none',
      'const row = await prisma.verificationToken.upsert({ where: { token }, create: { token }, update: {} });',
      'none',
    ],
    ['a row of any id', 'const row = await prisma.verificationToken.delete({ where: { id } });', 'none'],
  ])('%s', async (_, before, expected) => {
    expect(await auth(before)).toBe(expected);
  });
});
