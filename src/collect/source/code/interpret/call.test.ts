import { describe, expect, it } from 'vitest';
import type { AuthLevel } from '../../../../evidence/routes.ts';
import { type Files, nextRoute, routesOf } from '../routes/fixture.ts';

const head = `import { NextResponse } from 'next/server'; import { supabase } from '@/lib/supabase';
const deny = () => NextResponse.json({ error: 'no' }, { status: 401 });
const done = () => NextResponse.json({ ok: true });
const write = () => supabase.from('orders').insert({ total: 1 });
`;
const base: Files = {
  'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }',
  'lib/supabase.ts': `import { createServerClient } from '@supabase/ssr'; export const supabase = createServerClient(process.env.A, process.env.B, {});`,
};
const guard = (body: string): Files => ({
  'lib/guard.ts': `import { supabase } from './supabase'; import { NextResponse } from 'next/server'; ${body}`,
});
const routeOf = (source: string, files: Files = {}) => nextRoute(head + source, { ...base, ...files });
const levelOf = async (source: string, files: Files = {}): Promise<AuthLevel | undefined> => (await routeOf(source, files)).data[0]?.auth;
const use = (body: string, names = 'requireUser') =>
  `import { ${names} } from '@/lib/guard'; export async function POST(request) { ${body} await write(); return done(); }`;

const ask = 'const { data: { user } } = await supabase.auth.getUser();';
const orNull = guard(`export async function requireUser() { ${ask} return user; }`);
const orThrow = guard(`export async function requireUser() { ${ask} if (!user) throw new Error('no'); return user; }`);
const orError = guard(`export async function requireUser() { ${ask} if (!user) return { error: 'no' }; return { user }; }`);
const orResponse = guard(
  `export async function requireUser() { ${ask} if (!user) return NextResponse.json({}, { status: 401 }); return user; }`,
);
const orNothing = guard(
  `export async function requireUser() { ${ask} if (!user) return NextResponse.json({}, { status: 401 }); return null; }`,
);
const truth = guard(`export async function requireUser() { ${ask} return Boolean(user); }`);
const tuple = guard(
  `export async function requireUser() { ${ask} if (!user) return [null, deny()]; return [user, null]; } const deny = () => NextResponse.json({}, { status: 401 });`,
);

describe('guards in functions of their own', () => {
  it.each([
    ['null, tested', orNull, 'const user = await requireUser(); if (!user) return deny();'],
    ['throws', orThrow, 'await requireUser();'],
    ['{ error }, tested', orError, 'const { user, error } = await requireUser(); if (error) return deny();'],
    ['{ error }, by its user', orError, 'const result = await requireUser(); if (!result.user) return deny();'],
    ['{ error }, by "in"', orError, `const result = await requireUser(); if ('error' in result) return deny();`],
    ['a Response, tested by instanceof', orResponse, 'const user = await requireUser(); if (user instanceof NextResponse) return user;'],
    ['a Response or null', orNothing, 'const denied = await requireUser(); if (denied) return denied;'],
    ['true or false', truth, 'if (!(await requireUser())) return deny();'],
    ['a tuple', tuple, 'const [user, denied] = await requireUser(); if (denied) return denied;'],
  ])('%s', async (_, files, body) => {
    expect(await levelOf(use(body), files)).toBe('identity');
  });

  it.each([
    ['null, not tested', orNull, 'const user = await requireUser();'],
    ['throws, and is caught', orThrow, 'await requireUser().catch(() => null);'],
    ['throws, in a swallowing try', orThrow, 'try { await requireUser(); } catch { /* guests may order */ }'],
    ['{ error }, dropped', orError, 'const { user } = await requireUser();'],
    ['{ error }: the object is always there', orError, 'const result = await requireUser(); if (!result) return deny();'],
    ['a Response, dropped', orResponse, 'await requireUser();'],
    ['a Response: it is truthy', orResponse, 'const user = await requireUser(); if (!user) return deny();'],
    ['a Response or null, dropped', orNothing, 'await requireUser();'],
    ['true or false, dropped', truth, 'await requireUser();'],
    ['imported, never called', orThrow, ''],
  ])('%s', async (_, files, body) => {
    expect(await levelOf(use(body), files)).toBe('none');
  });
});

describe('wrappers of handlers', () => {
  const wrapper =
    guard(`export const requireUser = (handler) => async (request, context) => { ${ask} if (!user) return NextResponse.json({}, { status: 401 }); return handler(request, { ...context, user }); };
    export const logged = (handler) => async (...args) => { console.log('in'); const answer = await handler(...args); console.log('out'); return answer; };
    export const guarded = (handler) => logged(requireUser(handler));
    export const open = (handler) => async (request) => { ${ask} if (!user) console.log('nobody'); return handler(request); };`);
  const handler = `async (request) => { await write(); return done(); }`;

  it('let only the guarded through', async () => {
    const one = (name: string) =>
      levelOf(`import { guarded, logged, open, requireUser } from '@/lib/guard'; export const POST = ${name};`, wrapper);
    expect(await one(`requireUser(${handler})`)).toBe('identity');
    expect(await one(`logged(requireUser(${handler}))`)).toBe('identity');
    expect(await one(`guarded(${handler})`)).toBe('identity');
    expect(await one(`logged(guarded(logged(${handler})))`)).toBe('identity');
    expect(await one(`logged(${handler})`)).toBe('none');
    expect(await one(`open(${handler})`)).toBe('none');
  });

  it('of a package that is not known leave a gap, not a guess', async () => {
    const route = await routeOf(`import { withAuth } from 'some-guard'; export const POST = withAuth(${handler});`);
    expect(route.auth).toBe('none');
    expect(route.unresolved.map((gap) => gap.what).join()).toContain('some-guard');
  });
});

describe('where the guard comes from', () => {
  const call = 'await requireUser();';
  const text = orThrow['lib/guard.ts'] ?? '';

  it.each<[string, Files, string]>([
    ['a barrel of names', { 'lib/index.ts': `export { requireUser } from './guard';` }, `import { requireUser } from '@/lib';`],
    ['a barrel of everything', { 'lib/index.ts': `export * from './guard';` }, `import { requireUser } from '@/lib';`],
    [
      'two barrels',
      { 'lib/index.ts': `export * from './deep';`, 'lib/deep.ts': `export * from './guard';` },
      `import { requireUser } from '@/lib';`,
    ],
    [
      'renamed on the way',
      { 'lib/index.ts': `export { requireUser as check } from './guard';` },
      `import { check as requireUser } from '@/lib';`,
    ],
    [
      'a default export',
      { 'lib/d.ts': `import { requireUser } from './guard'; export default requireUser;` },
      `import requireUser from '@/lib/d';`,
    ],
    ['a namespace', {}, `import * as guard from '@/lib/guard'; const { requireUser } = guard;`],
    [
      'import and export',
      { 'lib/index.ts': `import { requireUser } from './guard'; export { requireUser };` },
      `import { requireUser } from '@/lib';`,
    ],
    [
      'an object of functions',
      { 'lib/o.ts': `import { requireUser } from './guard'; export const auth = { requireUser };` },
      `import { auth } from '@/lib/o'; const requireUser = auth.requireUser;`,
    ],
    ['a dynamic import', {}, `const { requireUser } = await import('@/lib/guard');`],
    [
      'a workspace package',
      {
        'packages/auth/package.json': '{"name":"@acme/auth","main":"dist/index.js"}',
        'packages/auth/src/index.ts': text.replace('./supabase', '../../../lib/supabase'),
      },
      `import { requireUser } from '@acme/auth';`,
    ],
    [
      'CommonJS',
      {
        'lib/c.js': `const { supabase } = require('./supabase'); async function requireUser() { ${ask} if (!user) throw new Error('no'); } module.exports = { requireUser };`,
      },
      `const { requireUser } = require('@/lib/c');`,
    ],
    [
      'a class with a static method',
      { 'lib/k.ts': `import { requireUser } from './guard'; export class Auth { static async requireUser() { return requireUser(); } }` },
      `import { Auth } from '@/lib/k'; const requireUser = () => Auth.requireUser();`,
    ],
  ])('%s', async (_, files, line) => {
    expect(await levelOf(`${line} export async function POST() { ${call} await write(); return done(); }`, { ...orThrow, ...files })).toBe(
      'identity',
    );
  });

  it('survives imports that go round in circles', async () => {
    const files: Files = {
      'lib/guard.ts': `${text} import { name } from './names'; export const label = () => name;`,
      'lib/names.ts': `import { label } from './guard'; export const name = 'guard'; export const again = () => label();`,
      'lib/loop.ts': `export * from './pool';`,
      'lib/pool.ts': `export * from './loop'; export { requireUser } from './guard';`,
    };
    expect(
      await levelOf(
        `import { requireUser } from '@/lib/loop'; export async function POST() { ${call} await write(); return done(); }`,
        files,
      ),
    ).toBe('identity');
  });

  it('is a gap when the file is not there', async () => {
    const route = await routeOf(
      `import { requireUser } from './gone'; export async function POST() { ${call} await write(); return done(); }`,
    );
    expect(route.auth).toBe('none');
    expect(route.unresolved).not.toEqual([]);
  });
});

it('what a server action gets out of its form is the caller’s', async () => {
  const routes = await routesOf({
    'package.json': '{"dependencies":{"next":"15.1.0"}}',
    'app/page.tsx': `import { remove } from './actions'; export default () => <form action={remove} />;`,
    'app/actions.ts': `'use server'; import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
      export async function remove(before, form) { await prisma.order.delete({ where: { id: form.get('order') } }); }`,
  });
  expect(routes['action app/actions.ts remove']?.data).toMatchObject([{ name: 'order', inputs: [{ column: 'id', source: 'body' }] }]);
});
