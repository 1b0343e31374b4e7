import { describe, expect, it } from 'vitest';
import { type AuthLevel, withoutRole } from '../../../../evidence/routes.ts';
import { nextRoute } from '../routes/fixture.ts';

const supabase = `import { createServerClient } from '@supabase/ssr'; import { cookies } from 'next/headers'; import { NextResponse } from 'next/server';
const supabase = createServerClient(process.env.SUPABASE_URL, process.env.SUPABASE_ANON_KEY, { cookies: cookies() });
const deny = () => NextResponse.json({ error: 'no' }, { status: 401 });
const done = () => NextResponse.json({ ok: true });
const write = () => supabase.from('orders').insert({ total: 1 });
`;
/** The level at the only data access of a handler with this body. */
const levelOf = async (body: string): Promise<AuthLevel | undefined> =>
  (await nextRoute(`${supabase} export async function POST(request) { ${body} }`)).data[0]?.auth;

const user = 'const { data: { user }, error } = await supabase.auth.getUser();';

describe('a test of the caller counts where it is passed', () => {
  it.each([
    ['if (!user) return', `${user} if (!user) return deny(); await write(); return done();`],
    ['if (user) {…}', `${user} if (user) { await write(); return done(); } return deny();`],
    ['if (error || !user)', `${user} if (error || !user) return deny(); await write(); return done();`],
    ['if (error)', `${user} if (error) return deny(); if (!user) return deny(); await write(); return done();`],
    ['user === null', `${user} if (user === null) return deny(); await write(); return done();`],
    ['user == null', `${user} if (user == null) return deny(); await write(); return done();`],
    ['!user?.id', `${user} if (!user?.id) return deny(); await write(); return done();`],
    ['Boolean(user)', `${user} if (!Boolean(user)) return deny(); await write(); return done();`],
    ['!!user in a constant', `${user} const ok = !!user; if (!ok) return deny(); await write(); return done();`],
    ['ternary', `${user} return user ? (await write(), done()) : deny();`],
    ['&&', `${user} user && (await write()); return deny();`],
    ['throw', `${user} if (!user) throw new Error('no'); await write(); return done();`],
    ['switch', `${user} switch (true) { case !user: return deny(); default: await write(); return done(); }`],
    ['data?.user', `const { data } = await supabase.auth.getUser(); if (!data?.user) return deny(); await write(); return done();`],
    ['if … else', `${user} if (!user) { return deny(); } else { await write(); return done(); }`],
    ['finally', `${user} try { if (!user) return deny(); await write(); return done(); } finally { console.log('done'); }`],
  ])('%s', async (_, body) => {
    expect(await levelOf(body)).toBe('identity');
  });
});

describe('a test that does not stop the caller', () => {
  it.each([
    ['no test at all', `${user} await write(); return done();`],
    ['only logged', `${user} if (!user) console.log('nobody'); await write(); return done();`],
    ['the write comes first', `await write(); ${user} if (!user) return deny(); return done();`],
    ['the answer is made, not returned', `${user} if (!user) deny(); await write(); return done();`],
    ['one path only', `${user} if (request.headers.get('x-app') === 'web') { if (!user) return deny(); } await write(); return done();`],
    [
      'or-ed with something the caller says',
      `${user} if (!user && request.headers.get('x-debug') !== '1') return deny(); await write(); return done();`,
    ],
    ['the wrong way round', `${user} if (user) return deny(); await write(); return done();`],
    ['optional chaining alone', `${user} console.log(user?.id); await write(); return done();`],
    ['thrown and swallowed', `${user} try { if (!user) throw new Error('no'); } catch {} await write(); return done();`],
    [
      'caught and logged',
      `${user} try { if (!user) throw new Error('no'); } catch (e) { console.error(e); } await write(); return done();`,
    ],
    ['after the write in finally', `${user} try { return done(); } finally { await write(); }`],
    [
      'in a callback that is never called',
      `${user} const guard = () => { if (!user) throw new Error('no'); }; await write(); return done();`,
    ],
    [
      'in a loop that may not run',
      `${user} for (const item of (await request.json()).items) { if (!user) return deny(); } await write(); return done();`,
    ],
    ['a fallback user', `${user} const who = user ?? { id: 'guest' }; if (!who) return deny(); await write(); return done();`],
  ])('%s', async (_, body) => {
    expect(await levelOf(body)).toBe('none');
  });

  it('is told with the guard that some paths have', async () => {
    const route = await nextRoute(`${supabase} export async function POST(request) { ${user}
      if (request.headers.get('x-app') === 'web') { if (!user) return deny(); }
      await write(); return done(); }`);
    expect(route.auth).toBe('none');
    expect(route.guards).toMatchObject([{ level: 'identity', place: { file: 'app/api/orders/route.ts' } }]);
    expect(route.guards[0]?.skippedWhen).toBeDefined();
  });
});

describe('getUser() asks the server, getSession() believes the cookie', () => {
  const session = 'const { data: { session } } = await supabase.auth.getSession(); if (!session) return deny();';
  it('session alone', async () => {
    expect(await levelOf(`${session} await write(); return done();`)).toBe('unverified-session');
    expect(await levelOf(`${session} if (!session.user.id) return deny(); await write(); return done();`)).toBe('unverified-session');
    expect(await levelOf(`${session} ${user} if (!user) return deny(); await write(); return done();`)).toBe('identity');
  });
});

describe('presence is not identity', () => {
  it.each([
    ['a cookie exists', `if (!cookies().get('session')) return deny(); await write(); return done();`],
    ['a cookie exists (has)', `if (!cookies().has('auth_token')) return deny(); await write(); return done();`],
    ['an authorization header is sent', `if (!request.headers.get('authorization')) return deny(); await write(); return done();`],
    [
      'a bearer prefix',
      `const h = request.headers.get('authorization'); if (!h?.startsWith('Bearer ')) return deny(); await write(); return done();`,
    ],
  ])('%s', async (_, body) => {
    expect(await levelOf(body)).toBe('presence');
  });

  it('and neither is a token taken apart but never verified, nor a field of the body', async () => {
    const token = `const token = request.headers.get('authorization')?.split(' ')[1]; if (!token) return deny();`;
    expect(['none', 'presence']).toContain(await levelOf(`${token} await write(); return done();`));
    expect(await levelOf(`const { userId } = await request.json(); if (!userId) return deny(); await write(); return done();`)).toBe(
      'none',
    );
  });
});

describe('secrets of the environment', () => {
  const header = `request.headers.get('authorization')`;
  it.each([
    ['compared whole', `if (${header} !== \`Bearer \${process.env.CRON_SECRET}\`) return deny(); await write(); return done();`],
    ['compared bare', `if (${header} !== process.env.CRON_SECRET) return deny(); await write(); return done();`],
    [
      'set and compared',
      `const key = process.env.CRON_SECRET; if (!key || ${header} !== key) return deny(); await write(); return done();`,
    ],
    [
      '500 when unset',
      `const key = process.env.CRON_SECRET; if (!key) return Response.json({}, { status: 500 }); if (${header} !== key) return deny(); await write(); return done();`,
    ],
  ])('%s', async (_, body) => {
    expect(await levelOf(body)).toBe('role');
  });

  it.each([
    [
      'asked only when set',
      `const key = process.env.CRON_SECRET; if (key && ${header} !== key) return deny(); await write(); return done();`,
    ],
    [
      'an empty secret as fallback',
      `const key = process.env.CRON_SECRET || ''; if ((${header} ?? '') !== key) return deny(); await write(); return done();`,
    ],
    [
      'compared only when sent',
      `const sent = request.headers.get('x-secret'); if (sent && sent !== process.env.CRON_SECRET) return deny(); await write(); return done();`,
    ],
    [
      'a public variable',
      `if (request.headers.get('x-secret') !== process.env.NEXT_PUBLIC_KEY) return deny(); await write(); return done();`,
    ],
    [
      'only in development',
      `if (process.env.NODE_ENV === 'development' && ${header} !== process.env.CRON_SECRET) return deny(); await write(); return done();`,
    ],
  ])('%s', async (_, body) => {
    expect(['none', 'presence']).toContain(await levelOf(body));
  });

  it('holds in production where only development is let off', async () => {
    expect(
      await levelOf(
        `if (process.env.NODE_ENV !== 'development' && ${header} !== process.env.CRON_SECRET) return deny(); await write(); return done();`,
      ),
    ).toBe('role');
  });
});

describe('a role asked only of those who have one', () => {
  const guardsOf = async (test: string) => {
    const { data, guards } = await nextRoute(
      `${supabase} export async function POST(request) { ${user} const admins = ['admin']; if (!user) return deny(); const role = user.app_metadata.role; if (${test}) return deny(); await write(); return done(); }`,
    );
    return [data[0]?.auth, guards.find(({ level }) => level === 'role')?.skippedWhen];
  };

  it.each([`role && role !== 'admin'`, `user?.app_metadata?.role && !admins.includes(user.app_metadata.role)`])('%s', async (test) => {
    expect(await guardsOf(test)).toEqual(['identity', withoutRole]);
  });

  it('is none where something else decides who is asked', async () => {
    expect(await guardsOf(`request.headers.get('x-app') && role !== 'admin'`)).toEqual([
      'identity',
      expect.not.stringMatching(withoutRole),
    ]);
    expect(await guardsOf(`role !== 'admin'`)).toEqual(['role', undefined]);
  });
});

describe('a role that is asked for', () => {
  const asked = (test: string): Promise<AuthLevel | undefined> =>
    levelOf(`${user} if (!user) return deny(); if (!(${test})) return deny(); await write(); return done();`);

  it.each([
    ['a constant in the caller’s roles', `user.app_metadata.roles.includes(Role.ADMIN)`],
    [
      'some() with a way round for the owner',
      `allowed.some((role) => { if (user.app_metadata.role === 'owner') return true; return user.app_metadata.role === role; })`,
    ],
  ])('%s', async (_, test) => {
    expect(await asked(test)).toBe('role');
  });

  it.each([
    ['what the caller sends, in their roles', `user.app_metadata.roles.includes((await request.json()).role)`],
    [
      'some() that also gives true without asking',
      `allowed.some((role) => { if (role.open) return true; return user.app_metadata.role === role; })`,
    ],
  ])('not by %s', async (_, test) => {
    expect(await asked(test)).toBe('identity');
  });
});
