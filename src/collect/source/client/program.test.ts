import { describe, expect, it } from 'vitest';
import { toldOf } from './fixture.ts';

/** An app that shows this to administrators and that to everybody, with files of its own. */
const both = (imports: string, admin: string, everybody: string, files: Record<string, string>, hooks = ''): string[] =>
  toldOf(
    `${imports}\nexport default function App() { const { isAdmin } = useAuth(); ${hooks} return <main>{isAdmin && ${admin}}${everybody}</main>; }`,
    files,
  );
const head = "import { supabase } from './db';\n";

describe('following names from file to file', () => {
  it.each([
    [
      'a service object',
      "import { api } from './api';",
      "export const api = { list: async () => supabase.from('users').select('*'), async remove() { await supabase.from('users').delete(); } };",
    ],
    [
      'a class and its instance',
      "import { api } from './api';",
      "class Api { async list() { return supabase.from('users').select(); } async remove() { await supabase.from('users').delete(); } }\nexport const api = new Api();",
    ],
    [
      'static methods',
      "import { Api as api } from './api';",
      "export class Api { static async list() { return supabase.from('users').select(); } static async remove() { await this.really(); } static really = () => supabase.from('users').delete(); }",
    ],
    [
      'a namespace',
      "import * as api from './api';",
      "export const list = () => supabase.from('users').select();\nexport async function remove() { await supabase.from('users').delete(); }",
    ],
    [
      'a default export',
      "import api from './api';",
      "const api = { list() { return supabase.from('users').select(); }, remove: () => supabase.from('users').delete() };\nexport default api;",
    ],
  ])('%s: only the method that is used', (_, imports, source) => {
    expect(
      both(imports, '<a onClick={() => api.remove(1)} />', '<a onClick={() => api.list()} />', { 'src/api.ts': head + source }),
    ).toEqual(['admin: delete users', 'open read users']);
  });

  it('re-exports and lists of them', () => {
    const files = {
      'src/lib/index.ts': "export * from './users';\nexport { remove as erase } from './remove';",
      'src/lib/users.ts': "import { supabase } from '../db';\nexport const list = () => supabase.from('users').select();",
      'src/lib/remove.ts': "import { supabase } from '../db';\nexport function remove() { return supabase.from('users').delete(); }",
    };
    expect(both("import { list, erase } from './lib';", '<a onClick={erase} />', '<a onClick={list} />', files)).toEqual([
      'admin: delete users',
      'open read users',
    ]);
  });

  it('a whole object that is handed on may be used whole', () => {
    const source = "export const api = { list: () => supabase.from('users').select(), remove: () => supabase.from('users').delete() };";
    expect(
      both("import { api } from './api';", '<a onClick={() => api.remove()} />', '<Table source={api} />', { 'src/api.ts': head + source }),
    ).toEqual(['open delete users', 'open read users']);
  });
});

describe('hooks', () => {
  const hook = `export function useUsers() {
    const { data } = useQuery({ queryFn: async () => supabase.from('users').select() });
    const remove = useMutation({ mutationFn: () => supabase.from('users').delete() });
    const invite = async () => { await supabase.functions.invoke('invite'); };
    return { data, remove, invite, rename: () => supabase.from('users').update({}) };
  }`;

  it('run their body where they are called, and what they return where it is used', () => {
    const use = 'const { data, remove, invite } = useUsers();';
    expect(
      both(
        "import { useUsers } from './useUsers';",
        '<a onClick={() => remove.mutate()} />',
        '<a onClick={invite} />',
        { 'src/useUsers.ts': head + hook },
        use,
      ),
    ).toEqual(['admin: delete users', 'open call invite', 'open read users']);
  });

  it('may be used by their whole result', () => {
    expect(
      both(
        "import { useUsers } from './useUsers';",
        '<a onClick={() => users.rename()} />',
        '',
        { 'src/useUsers.ts': head + hook },
        'const users = useUsers();',
      ),
    ).toEqual(['admin: change users', 'open read users']);
    expect(
      both(
        "import { useUsers } from './useUsers';",
        '<a onClick={() => users.rename()} />',
        '<Table {...users} />',
        { 'src/useUsers.ts': head + hook },
        'const users = useUsers();',
      ),
    ).toContain('open delete users');
  });

  it('may return a mutation itself', () => {
    const source = "export const useRemove = () => useMutation({ mutationFn: async () => { await supabase.from('users').delete(); } });";
    expect(
      both(
        "import { useRemove } from './useRemove';",
        '<a onClick={() => remove.mutate(1)} />',
        '',
        { 'src/useRemove.ts': head + source },
        'const remove = useRemove();',
      ),
    ).toEqual(['admin: delete users']);
    expect(
      both(
        "import { useRemove } from './useRemove';",
        '<a onClick={() => mutate(1)} />',
        '',
        { 'src/useRemove.ts': head + source },
        'const { mutate } = useRemove();',
      ),
    ).toEqual(['admin: delete users']);
  });

  it('that ask for the role themselves', () => {
    const source =
      "import { useAuth } from './auth';\nexport function useRemove() { const { isAdmin } = useAuth(); const remove = async () => { if (!isAdmin) throw new Error(); await supabase.from('users').delete(); }; return { remove }; }";
    expect(
      both(
        "import { useRemove } from './useRemove';",
        '<i />',
        '<a onClick={remove} />',
        { 'src/useRemove.ts': head + source },
        'const { remove } = useRemove();',
      ),
    ).toEqual(['admin: delete users']);
  });
});

it('ends on files that import each other', () => {
  const files = {
    'src/a.tsx': "import { B } from './b';\nimport { remove } from './db';\nexport const A = () => <B onClick={remove} />;",
    'src/b.tsx': "import { A } from './a';\nexport * from './a';\nexport const B = () => <A />;",
  };
  expect(both("import { A } from './b';", '<i />', '<A />', files)).toEqual(['open delete invoices']);
});
