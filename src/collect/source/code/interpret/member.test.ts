import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const supabase = {
  'lib/db.ts': `
    import { createServerClient } from '@supabase/ssr';
    import { createClient } from '@supabase/supabase-js';
    export const session = () => createServerClient('https://x.supabase.co', 'anon', { cookies: {} });
    export const admin = () => createClient('https://x.supabase.co', process.env.SUPABASE_SERVICE_ROLE_KEY);
  `,
};

/** A route that deletes a member after `guard` has looked at the caller, who is `user`. */
const guarded = (guard: string, helpers = '') =>
  nextRoute(
    `
    import { admin, session } from '../../../lib/db';
    ${helpers}
    export async function DELETE(request) {
      const { data: { user } } = await session().auth.getUser();
      if (!user) return Response.json({}, { status: 401 });
      ${guard}
      await admin().from('members').delete().eq('id', new URL(request.url).searchParams.get('id'));
      return Response.json({});
    }`,
    supabase,
  );

const lookUp = (column: string, value = 'user.id') =>
  `const { data: me } = await admin().from('people').select('*').eq('${column}', ${value}).maybeSingle();`;

describe('the row that bears the caller’s login', () => {
  it.each(['auth_user_id', 'authUserId', 'auth_id', 'supabase_user_id', 'firebase_uid', 'clerk_id', 'clerkUserId', 'cognito_sub'])(
    'is the caller’s where %s is their id, and its role is theirs',
    async (column) => {
      const route = await guarded(`${lookUp(column)} if (me?.role !== 'admin') return Response.json({}, { status: 403 });`);
      expect(route.auth).toBe('role');
    },
  );

  it.each(['security_role', 'accessRole', 'auth_role'])('names its role %s', async (field) => {
    const route = await guarded(`${lookUp('auth_user_id')} if (me?.${field} !== 'owner') return Response.json({}, { status: 403 });`);
    expect(route.auth).toBe('role');
  });

  it('is not the row that the request asks for', async () => {
    const route = await guarded(
      `${lookUp('auth_user_id', "new URL(request.url).searchParams.get('as')")} if (me?.role !== 'admin') return Response.json({}, { status: 403 });`,
    );
    expect(route.auth).toBe('identity');
  });

  it('does not prove a role by its being there', async () => {
    const route = await guarded(`
      const { data: me } = await admin().from('people').select('*').eq('auth_user_id', user.id).maybeSingle();
      if (!me) return Response.json({}, { status: 403 });`);
    expect(route.auth).toBe('identity');
  });

  it('is followed through a look-up by login and then by e-mail', async () => {
    const helpers = (list: string): string => `
      const leaders = ${list};
      const standing = (row) => ({ found: true, leads: leaders.includes(row.role ?? ''), active: row.is_active !== false });
      async function standingOf(db, id, email) {
        const byLogin = await db.from('people').select('*').eq('auth_user_id', id).maybeSingle();
        if (byLogin.data) return standing(byLogin.data);
        if (email) {
          const byMail = await db.from('people').select('*').eq('email', email).maybeSingle();
          if (byMail.data) return standing(byMail.data);
        }
        return { found: false };
      }`;
    const guard = (test: string): string => `
      const status = await standingOf(admin(), user.id, user.email ?? null);
      if (!status.found) return Response.json({}, { status: 403 });
      if (!status.${test}) return Response.json({}, { status: 403 });`;
    expect((await guarded(guard('leads'), helpers("['partner', 'admin']"))).auth).toBe('role');
    expect((await guarded(guard('active'), helpers("['partner', 'admin']"))).auth).toBe('identity');
  });
});
