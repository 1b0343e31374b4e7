import { describe, expect, it } from 'vitest';
import { covers } from './next-middleware.ts';
import { inventoryOf, routesOf } from './fixture.ts';

const handler = `import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
export async function GET() { return Response.json(await prisma.order.findMany()); }`;
const app = (middleware: string) => ({
  'package.json': '{"dependencies":{"next":"15.1.0"}}',
  'middleware.ts': `import { NextResponse } from 'next/server'; import { createServerClient } from '@supabase/ssr'; ${middleware}`,
  'app/api/orders/route.ts': handler,
  'app/api/admin/users/route.ts': handler,
  'app/api/health/route.ts': handler,
});
const ask = `const supabase = createServerClient(process.env.A, process.env.B, {}); const { data: { user } } = await supabase.auth.getUser(); const path = request.nextUrl.pathname;`;
const login = `return NextResponse.redirect(new URL('/login', request.url));`;
const levels = async (middleware: string) => {
  const routes = await routesOf(app(middleware));
  return ['GET /api/orders', 'GET /api/admin/users', 'GET /api/health'].map((id) => routes[id]?.auth);
};

describe('middleware counts for the paths it turns strangers away from', () => {
  it.each<[string, string, string[]]>([
    [
      'everywhere',
      `export async function middleware(request) { ${ask} if (!user) ${login} return NextResponse.next(); }`,
      ['identity', 'identity', 'identity'],
    ],
    [
      'as default export',
      `export default async function (request) { ${ask} if (!user) ${login} return NextResponse.next(); }`,
      ['identity', 'identity', 'identity'],
    ],
    [
      'one path by its prefix',
      `export async function middleware(request) { ${ask} if (!user && path.startsWith('/api/admin')) ${login} return NextResponse.next(); }`,
      ['none', 'identity', 'none'],
    ],
    [
      'all but public paths',
      `const open = ['/api/health']; export async function middleware(request) { ${ask} if (open.includes(path)) return NextResponse.next(); if (!user) ${login} return NextResponse.next(); }`,
      ['identity', 'identity', 'none'],
    ],
    [
      'one path by its matcher',
      `export async function middleware(request) { ${ask} if (!user) ${login} return NextResponse.next(); } export const config = { matcher: ['/api/admin/:path*'] };`,
      ['none', 'identity', 'none'],
    ],
    [
      'a matcher with a lookahead',
      `export async function middleware(request) { ${ask} if (!user) ${login} return NextResponse.next(); } export const config = { matcher: ['/((?!api/health|_next/static).*)'] };`,
      ['identity', 'identity', 'none'],
    ],
    [
      'nobody: it only refreshes the session',
      `export async function middleware(request) { ${ask} return NextResponse.next(); }`,
      ['none', 'none', 'none'],
    ],
    [
      'nobody: pages only',
      `export async function middleware(request) { ${ask} if (!user && !path.startsWith('/api')) ${login} return NextResponse.next(); }`,
      ['none', 'none', 'none'],
    ],
    [
      'nobody: the wrong matcher',
      `export async function middleware(request) { ${ask} if (!user) ${login} return NextResponse.next(); } export const config = { matcher: '/dashboard/:path*' };`,
      ['none', 'none', 'none'],
    ],
    [
      'a cookie that merely exists',
      `export async function middleware(request) { if (!request.cookies.get('session')) ${login} return NextResponse.next(); }`,
      ['presence', 'presence', 'presence'],
    ],
  ])('%s', async (_, source, expected) => {
    expect(await levels(source)).toEqual(expected);
  });

  it('names the file the guard stands in', async () => {
    const files = app(
      `export async function middleware(request) { ${ask} if (!user) ${login} return NextResponse.next(); } export const config = { matcher: ['/api/:path*'] };`,
    );
    const inventory = await inventoryOf(files);
    expect(inventory.middleware).toMatchObject([{ place: { file: 'middleware.ts' }, matcher: ['/api/:path*'], guards: true }]);
    expect(inventory.routes[0]?.guards[0]).toMatchObject({ level: 'identity', via: 'middleware.ts' });
  });

  it('is not one when it stands elsewhere', async () => {
    const { 'middleware.ts': source, ...rest } = app(
      `export async function middleware(request) { ${ask} if (!user) ${login} return NextResponse.next(); }`,
    );
    expect((await routesOf({ ...rest, 'lib/middleware.ts': source }))['GET /api/orders']?.auth).toBe('none');
    expect((await routesOf({ ...rest, 'src/middleware.ts': source }))['GET /api/orders']?.auth).toBe('identity');
  });
});

describe('matchers', () => {
  it.each([
    ['/api/:path*', '/api', true],
    ['/api/:path*', '/api/orders/:id', true],
    ['/api/:path+', '/api', false],
    ['/api/:path', '/api/orders', true],
    ['/api/:path', '/api/orders/:id', false],
    ['/dashboard', '/dashboard', true],
    ['/dashboard', '/dashboard/x', false],
    ['/((?!api|_next/static).*)', '/api/orders', false],
    ['/((?!api|_next/static).*)', '/orders', true],
    ['/:locale(en|de)/admin', '/en/admin', true],
    ['/:locale(en|de)/admin', '/fr/admin', false],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(covers([pattern], path)).toBe(expected);
  });

  it('cover everything when there is none, and what any of several covers', () => {
    expect(covers([], '/api')).toBe(true);
    expect(covers(['/x', '/api/:path*'], '/api/y')).toBe(true);
  });

  it('that never end or are broken cover nothing', () => {
    expect(covers(['/(a+)+$'], `/${'a'.repeat(40)}!`)).toBe(false);
    expect(covers(['/((broken'], '/broken')).toBe(false);
  });
});
