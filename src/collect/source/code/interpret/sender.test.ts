import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; import ipRangeCheck from 'ip-range-check'; const prisma = new PrismaClient();
const RANGES = ['10.1.0.0/16', '10.2.0.0/16'];
const isIpInRange = (ip, range) => { const [base] = range.split('/'); return ip.startsWith(base.slice(0, 5)); };
`;
const levelOf = async (body: string) =>
  (
    await nextRoute(
      `${head} export async function POST(request) { const ip = request.headers.get('x-forwarded-for')?.split(',')[0] ?? '0.0.0.0'; ${body}
        await prisma.sale.create({ data: { amount: 1 } }); return Response.json({}); }`,
    )
  ).data[0]?.auth;

describe('a sender known by its network address', () => {
  it.each([
    ['in one of the ranges', `if (!RANGES.some((range) => isIpInRange(ip, range))) return Response.json({}, { status: 403 });`],
    ['in a list', `if (!RANGES.includes(ip)) throw new Error('no');`],
    ['in a list of the settings', `if (!process.env.ALLOWED_IPS.split(',').includes(ip)) throw new Error('no');`],
    ['by a library', `if (!ipRangeCheck(ip, RANGES)) throw new Error('no');`],
  ])('%s', async (_, body) => {
    expect(await levelOf(body)).toBe('role');
  });

  it.each([
    ['only logged', `if (!RANGES.includes(ip)) console.warn(ip);`],
    ['a list of those who are kept out', `if (RANGES.includes(ip)) throw new Error('no');`],
    ['a list the caller sends', `const { list } = await request.json(); if (!list.includes(ip)) throw new Error('no');`],
    ['something else the caller sends', `const { name } = await request.json(); if (!RANGES.includes(name)) throw new Error('no');`],
    ['an address without a list', `if (!ip) throw new Error('no');`],
  ])('not by %s', async (_, body) => {
    expect(await levelOf(body)).toBe('none');
  });
});
