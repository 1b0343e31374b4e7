import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';
import { holdsSecret } from './secrets.ts';

const head = `import { PrismaClient } from '@prisma/client'; import { Redis } from 'ioredis'; import bcrypt from 'bcryptjs';
const prisma = new PrismaClient(); const redis = new Redis();
const deny = () => Response.json({}, { status: 400 }); const done = () => Response.json({ ok: true });
const set = (id, password) => prisma.user.update({ where: { id }, data: { password } });
`;
const routeOf = (body: string) =>
  nextRoute(`${head} export async function POST(request) { const { email, code, token, password, id } = await request.json(); ${body} }`);
const levelOf = async (body: string) => (await routeOf(body)).data.find(({ operation }) => operation === 'update')?.auth;
const user = 'const user = await prisma.user.findUnique({ where: { email } }); if (!user) return deny();';

describe('whoever sends the secret that a row keeps is whom the row is about', () => {
  it.each([
    ['a mailed code in a column', `${user} if (user.resetCode !== code) return deny(); await set(user.id, password); return done();`],
    ['a mailed token in a column', `${user} if (token === user.resetToken) { await set(user.id, password); } return done();`],
    [
      'the id of a token row',
      `${user} const row = await prisma.token.findFirst({ where: { id: code, userId: user.id } }); if (!row) return deny(); await set(user.id, password); return done();`,
    ],
    [
      'a code in a store',
      `${user} const kept = await redis.get(\`otp:\${user.id}\`); if (kept !== code) return deny(); await set(user.id, password); return done();`,
    ],
    [
      'the old password',
      `${user} if (!(await bcrypt.compare(password, user.password))) return deny(); await set(user.id, password); return done();`,
    ],
  ])('%s', async (_, body) => {
    expect(await levelOf(body)).toBe('identity');
  });

  it.each([
    ['the e-mail address alone', `${user} await set(user.id, password); return done();`],
    ['a column that is no secret', `${user} if (user.email !== email) return deny(); await set(user.id, password); return done();`],
    ['the code of a country', `${user} if (user.countryCode !== code) return deny(); await set(user.id, password); return done();`],
    [
      'a code that is compared and not acted on',
      `${user} if (user.resetCode !== code) console.warn('odd'); await set(user.id, password); return done();`,
    ],
    [
      'a token row found by the id of its user',
      `${user} const row = await prisma.token.findFirst({ where: { userId: user.id } }); if (!row) return deny(); await set(user.id, password); return done();`,
    ],
    [
      'the id of a row that is no token',
      `const row = await prisma.order.findFirst({ where: { id: code } }); if (!row) return deny(); await set(row.userId, password); return done();`,
    ],
    [
      'a stored value that is no code',
      `${user} const kept = await redis.get(\`theme:\${user.id}\`); if (kept !== code) return deny(); await set(user.id, password); return done();`,
    ],
    [
      'that there is a code in the store',
      `${user} const kept = await redis.get(\`otp:\${user.id}\`); if (!kept) return deny(); await set(user.id, password); return done();`,
    ],
  ])('not by %s', async (_, body) => {
    expect(await levelOf(body)).toBe('none');
  });

  it('ties the row that was read before the secret was asked for, and no other', async () => {
    const own = await routeOf(`${user} if (user.otp !== code) return deny(); return Response.json(user);`);
    expect(own.data[0]).toMatchObject({ name: 'user', auth: 'identity', scope: 'owner' });
    const other = await routeOf(
      `${user} const order = await prisma.order.findUnique({ where: { id } }); if (user.otp !== code) return deny(); return Response.json(order);`,
    );
    expect(other.data.find(({ name }) => name === 'order')).toMatchObject({ auth: 'identity', scope: 'none' });
  });
});

it.each([
  ['passwordHash', 'users', true],
  ['hashed_token', 'resets', true],
  ['otp', 'users', true],
  ['verification_code', 'users', true],
  ['code', 'password_resets', true],
  ['code', 'coupons', false],
  ['discountCode', 'orders', false],
  ['fileHash', 'uploads', false],
  ['shipping', 'orders', false],
  ['email', 'users', false],
])('%s of %s: %s', (column, table, secret) => {
  expect(holdsSecret(column, table)).toBe(secret);
});
