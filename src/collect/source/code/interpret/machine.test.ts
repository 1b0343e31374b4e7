import { describe, expect, it } from 'vitest';
import { routeBudget } from './machine.ts';
import { inventoryOf, nextRoute } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; import { getServerSession } from 'next-auth'; const prisma = new PrismaClient();
const guard = async () => { if (!(await getServerSession())) throw new Error('no'); };
const write = () => prisma.order.create({ data: { total: 1 } });
`;
const routeOf = (source: string) => nextRoute(head + source);

describe('code that goes round in circles', () => {
  it.each([
    [
      'a function that calls itself',
      `const walk = (n) => { if (n > 0) walk(n - 1); return n; }; export async function POST() { await guard(); walk(1000); await write(); return Response.json({}); }`,
    ],
    [
      'two that call each other',
      `const even = (n) => n === 0 || odd(n - 1); const odd = (n) => n !== 0 && even(n - 1); export async function POST() { await guard(); even(9); await write(); return Response.json({}); }`,
    ],
    ['a loop without end', `export async function POST() { await guard(); for (;;) { await write(); } }`],
    [
      'a value made of itself',
      `const a = { get self() { return a; } }; a.a = a; export async function POST() { await guard(); console.log(a.a.a.a); await write(); return Response.json(a); }`,
    ],
  ])('%s is followed once and left', async (_, source) => {
    const route = await routeOf(source);
    expect(route.data).toMatchObject([{ name: 'order', operation: 'create', auth: 'identity' }]);
  });
});

describe('code that is too much', () => {
  it('is a gap when it is too large to follow to its end', async () => {
    const source = (times: number) =>
      `export async function POST() { const step = () => [${'1,'.repeat(1000)}]; ${'step();'.repeat(times)} await write(); return Response.json({}); }`;
    const fits = await routeOf(source(3));
    expect([fits.data.length, fits.unresolved.length]).toEqual([1, 0]);
    const huge = await routeOf(source(Math.ceil(routeBudget / 1000)));
    expect(huge.unresolved).toMatchObject([
      { why: 'the code is too large to follow to its end', place: { file: 'app/api/orders/route.ts' } },
    ]);
  });

  it('does not stop the reader when it is nested without end', async () => {
    const deep = `${'('.repeat(3000)}1${')'.repeat(3000)}`;
    const sum = Array.from({ length: 6000 }, () => '1').join(' + ');
    const chain = `x${'.a()'.repeat(3000)}`;
    const ifs = `${'if (x) {'.repeat(800)} ${'}'.repeat(800)}`;
    for (const text of [deep, sum, chain, ifs]) {
      const { routes } = await inventoryOf({
        'package.json': '{"dependencies":{"next":"15.1.0"}}',
        'app/api/deep/route.ts': `${head} export async function GET(x) { ${text}; return Response.json({}); }`,
        'app/api/plain/route.ts': `${head} export async function GET() { await guard(); await write(); return Response.json({}); }`,
      });
      expect(routes.find((route) => route.path === '/api/plain')?.auth).toBe('identity');
    }
  });

  it('does not hang on patterns that never end', async () => {
    const route = await routeOf(
      `const hostile = /^(a+)+$/; export async function POST() { if (hostile.test('${'a'.repeat(60)}!')) await guard(); await write(); return Response.json({}); }`,
    );
    expect(route.auth).toBe('none');
  });
});

describe('code that is broken', () => {
  it('is a gap, and the rest is read', async () => {
    const { routes } = await inventoryOf({
      'package.json': '{"dependencies":{"next":"15.1.0"}}',
      'app/api/a/route.ts': `export async function GET( { return }`,
      'app/api/b/route.ts': `${head} export async function GET() { await guard(); return Response.json(await prisma.order.findMany()); }`,
      'app/api/c/route.ts': `import { x } from '../a/route'; ${head} export async function GET() { x(); return Response.json(await prisma.order.findMany()); }`,
    });
    expect(routes.find((route) => route.path === '/api/b')?.auth).toBe('identity');
    expect(routes.find((route) => route.path === '/api/c')?.auth).toBe('none');
  });
});
