import { describe, expect, it } from 'vitest';
import { surfaceOf, told } from './fixture.ts';

const db = 'export const supabase = createClient(url, key);';
const next = (files: Record<string, string>): string[] =>
  told(
    surfaceOf({
      'package.json': '{"dependencies":{"next":"15","react":"19"}}',
      'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./*"]}}}',
      'lib/db.ts': db,
      ...files,
    }),
  );
const client =
  "'use client';\nimport { supabase } from '@/lib/db';\nexport function Remove() { return <a onClick={() => supabase.from('users').delete()} />; }";

describe('a Next.js app', () => {
  it('begins at its pages; what a client component asks is asked by the browser', () => {
    const files = {
      'app/page.tsx':
        "import { Remove } from './remove';\nimport { supabase } from '@/lib/db';\nexport default async function Page() { await supabase.from('plans').select(); return <Remove />; }",
      'app/remove.tsx': client,
    };
    expect(next(files)).toEqual(['open delete users']);
  });

  it('has gates in pages rendered on the server', () => {
    const page = (line: string) =>
      `import { Remove } from './remove';\nimport { auth } from '@/lib/auth';\nexport default async function Page() { const session = await auth(); ${line} }`;
    for (const line of [
      "if (session.user.role !== 'admin') redirect('/'); return <Remove />;",
      "return session.user.role === 'admin' && <Remove />;",
    ])
      expect(
        next({ 'app/page.tsx': page(line), 'app/remove.tsx': client, 'lib/auth.ts': 'export const auth = () => null;' }),
        line,
      ).toEqual(['admin: delete users']);
  });

  it('guards the pages below a layout that asks', () => {
    const layout =
      "import { getSession } from '@/lib/auth';\nexport default async function Layout({ children }) { const { user } = await getSession(); if (user.role !== 'admin') redirect('/'); return <main>{children}</main>; }";
    const files = {
      'lib/auth.ts': 'export const getSession = () => null;',
      'app/admin/users/page.tsx': "import { Remove } from '@/app/remove';\nexport default () => <Remove />;",
      'app/remove.tsx': client,
    };
    expect(next({ ...files, 'app/admin/layout.tsx': layout })).toEqual(['admin: delete users']);
    expect(next({ ...files, 'app/other/layout.tsx': layout })).toEqual(['open delete users']);
  });

  it('calls server actions, and does not show what they do', () => {
    const actions =
      "'use server';\nimport { supabase } from '@/lib/db';\nexport async function removeUser() { await supabase.from('users').delete(); }";
    const page =
      "import { removeUser } from './actions';\nimport { auth } from '@/lib/auth';\nexport default async function Page() { const { user } = await auth(); return user.role === 'admin' ? <form action={removeUser} /> : null; }";
    expect(next({ 'app/page.tsx': page, 'app/actions.ts': actions, 'lib/auth.ts': '' })).toEqual([
      'admin: call action app/actions.ts removeUser',
    ]);
  });

  it('reads the pages router, but not its API or what runs on the server only', () => {
    const files = {
      'pages/index.tsx':
        "import { supabase } from '@/lib/db';\nexport async function getServerSideProps() { await supabase.from('secret').select(); }\nexport default function Page() { const { data } = useSWR('/api/users'); return <a />; }",
      'pages/api/users.ts':
        "import { supabase } from '@/lib/db';\nexport default async (req, res) => { await supabase.from('users').select(); };",
    };
    expect(next(files)).toEqual(['open GET /api/users']);
  });
});

describe('pages that a server renders', () => {
  const server = (view: string): string[] =>
    told(
      surfaceOf({
        'package.json': '{"dependencies":{"express":"5"}}',
        'src/routes.ts':
          "import { page } from './view.ts';\nrouter.get('/members', async (req, res) => { res.send(page(req.user, rows)); });\nrouter.delete('/x', handler);\nfetch('/api/own');",
        'src/view.ts': view,
      }),
    );
  const form = '<form method="post" action="/members/${member.id}/role"><button>Save</button></form>';

  it('have gates around their forms', () => {
    const view = `export function page(user: SignedInUser, rows: Row[]) { return html\`<ul>\${rows.map((member) => row(user, member))}</ul>\`; }
      function row(user: SignedInUser, member: Row) { return html\`<li>\${user.role === 'owner' && member.id !== user.id && actions(member)}</li>\`; }
      function actions(member: Row) { return html\`${form}\`; }`;
    expect(server(view)).toEqual(['owner: POST /members/:param/role']);
  });

  it('are open where they ask the role of a row, or nothing', () => {
    expect(server(`export const page = (user, rows) => rows.map((member) => member.role === 'owner' ? html\`${form}\` : '');`)).toEqual([
      'open POST /members/:param/role',
    ]);
  });
});

describe('other front ends', () => {
  const asks = "import { supabase } from './db';\nexport const remove = () => supabase.from('users').delete();";

  it('Expo screens', () => {
    const files = {
      'package.json': '{"dependencies":{"expo":"53","expo-router":"5"}}',
      'app/index.tsx':
        "import { remove } from './api';\nimport { useAuth } from './auth';\nexport default function Screen() { const { role } = useAuth(); return role === 'admin' ? <Button onPress={remove} /> : null; }",
      'app/api.ts': asks,
      'app/db.ts': db,
    };
    expect(told(surfaceOf(files))).toEqual(['admin: delete users']);
  });

  it('Vue and Svelte, whose templates may use every name of the script', () => {
    const vue = {
      'package.json': '{"dependencies":{"nuxt":"4"}}',
      'nuxt.config.ts': '',
      'pages/index.vue':
        '<template><button v-if="isAdmin" @click="remove" /></template>\n<script setup>\nimport { remove } from \'~/lib/api\'\nconst click = () => remove()\n</script>',
      'lib/api.ts': asks,
      'lib/db.ts': db,
    };
    expect(told(surfaceOf(vue))).toEqual(['open delete users']);
    const svelte = {
      'package.json': '{"dependencies":{"@sveltejs/kit":"2"}}',
      'svelte.config.js': '',
      'src/routes/+page.svelte': "<script>\nimport { remove } from '$lib/api';\nfunction click() { remove(); }\n</script>",
      'src/lib/api.ts': asks,
      'src/lib/db.ts': db,
    };
    expect(told(surfaceOf(svelte))).toEqual(['open delete users']);
  });
});
