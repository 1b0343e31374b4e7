import { describe, expect, it } from 'vitest';
import type { Tree } from '../source/tree.ts';
import { anyUse, appUses } from './app-uses.ts';

const client = `import { createClient } from '@supabase/supabase-js';\n`;
const uses = (files: Readonly<Record<string, string>>) =>
  appUses({
    files: Object.keys(files).map((path) => ({ path, ignored: path.startsWith('ignored'), built: path.startsWith('dist') })),
    text: (path: string) => files[path],
  } as unknown as Tree);
const verbs = ['select', 'insert', 'update', 'delete'] as const;
const does = (code: string, table: string): string =>
  verbs.filter((verb) => uses({ 'a.ts': client + code }).touches(table, verb)).join(' ');

describe("what the app's code uses", () => {
  it('are the tables it names, each with what it does to them', () => {
    expect(does(`supabase.from('notes').select('*')`, 'notes')).toBe('select');
    expect(does(`supabase\n  .from("notes")\n  .insert(x)`, 'notes')).toBe('insert');
    expect(does(`supabase.from<Note>('notes').upsert(x)`, 'notes')).toBe('insert update');
    expect(does(`(supabase as any).from('public.notes' as never).delete()`, 'notes')).toBe('delete');
    expect(does(`supabase.from('notes').select('*')`, 'others')).toBe('');
  });

  it('are all of it where what it does is not to be seen', () => {
    expect(does(`const table = supabase.from('notes'); table.insert(x)`, 'notes')).toBe(verbs.join(' '));
    expect(does(`fetch(url + '/rest/v1/notes?id=eq.1')`, 'notes')).toBe(verbs.join(' '));
    expect(does(`supabase.from(name).select()`, 'notes')).toBe(verbs.join(' '));
  });

  it('are the tables it reads along with others', () => {
    const code = `supabase.from('notes').select('id, author:people!notes_author_fkey(name), tags (id)')`;
    expect(does(code, 'people')).toBe('select');
    expect(does(code, 'tags')).toBe('select');
  });

  it('are no lists and no buckets', () => {
    expect(does(`Array.from('notes'); Buffer.from('notes'); supabase.storage.from('notes').upload(x)`, 'notes')).toBe('');
  });

  it('are functions by name, or any where the name is no constant', () => {
    const calls = (code: string, name: string): boolean => uses({ 'a.ts': client + code }).calls(name);
    expect(calls(`supabase.rpc('find')`, 'find')).toBe(true);
    expect(calls(`supabase.rpc('find')`, 'wipe')).toBe(false);
    expect(calls(`supabase.rpc(name)`, 'wipe')).toBe(true);
    expect(calls(`fetch('/rest/v1/rpc/find')`, 'find')).toBe(true);
  });

  it('are not what the server does with the service key, nor what is built or left out', () => {
    const files = {
      'app.ts': client,
      'server.ts': `createClient(url, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')).from('notes').insert(x); db.rpc('find')`,
      'dist/app.js': `supabase.from('notes').select()`,
      'ignored/app.js': `supabase.from('notes').select()`,
    };
    expect(verbs.some((verb) => uses(files).touches('notes', verb))).toBe(false);
    expect(uses(files).calls('find')).toBe(false);
  });

  it('may be everything where no code talks to the database', () => {
    for (const all of [uses({ 'a.ts': 'x' }), anyUse]) {
      expect(all.calls('find')).toBe(true);
      expect(all.touches('notes', 'delete')).toBe(true);
    }
  });

  it('are known by the first places where they are used, tests left out', () => {
    const found = uses({
      'src/a.ts': `${client}\nsupabase.from('notes').select('id');\nsupabase.rpc('count_notes')`,
      'src/a.test.ts': `${client}supabase.from('notes').insert(x); supabase.rpc('count_notes')`,
      'src/b.ts': `${client}supabase.from('notes')\n.update(x)`,
    });
    expect(found.touchesAt('notes', ['select'])).toEqual([{ file: 'src/a.ts', line: 3 }]);
    expect(found.touchesAt('notes', ['select', 'update'])).toEqual([
      { file: 'src/a.ts', line: 3 },
      { file: 'src/b.ts', line: 2 },
    ]);
    expect([found.touches('notes', 'insert'), found.touchesAt('notes', ['insert'])]).toEqual([true, []]);
    expect(found.callsAt('count_notes')).toEqual([{ file: 'src/a.ts', line: 4 }]);
    expect(found.callsAt('other')).toEqual([]);
  });

  it('are told at three places at most', () => {
    const many = uses({ 'a.ts': client + `supabase.rpc('f');`.repeat(5) });
    expect(many.callsAt('f')).toHaveLength(3);
  });

  it('are files of buckets', () => {
    const found = uses({
      'src/a.ts': `${client}supabase.storage\n  .from('docs')\n  .upload(\`\${user.id}/a\`, file);`,
      'src/b.ts': `${client}supabase.storage.from('docs').createSignedUrl(path, 60)`,
      'supabase/functions/c.ts': `${client}service_role; supabase.storage.from('docs').upload(\`\${org.id}/a\`, file)`,
    });
    expect(found.filesAt('docs', ['upload'])).toEqual([{ file: 'src/a.ts', line: 2 }]);
    expect(found.filesAt('docs', ['download', 'upload'])).toHaveLength(2);
    expect(found.filesAt('docs', ['delete'])).toEqual([]);
    expect(found.uploads('docs').map(({ first }) => first)).toEqual(['user_id', 'org_id']);
    expect(found.uploads('other')).toEqual([]);
  });

  it('are columns that it names, but for types made from the database', () => {
    const found = uses({
      'a.ts': `${client}row.handled_by`,
      'src/types.ts': 'approved_by: string',
      'database.types.ts': 'approved_by: string',
    });
    expect([found.names('handled_by'), found.names('handled'), found.names('approved_by')]).toEqual([true, false, false]);
  });

  it('are accounts that it makes with something of their own', () => {
    const found = uses({
      'supabase/functions/invite.ts': `service_role;\nadmin.auth.admin.inviteUserByEmail(email, { data: { role, full_name } })`,
      'src/join.ts': `supabase.auth.signUp({ email, options: { data: { full_name } } }); const role = 1;`,
      'src/join.test.ts': `supabase.auth.signUp({ email, options: { data: { role } } })`,
    });
    expect(found.metadataAt(['role'])).toEqual([{ file: 'supabase/functions/invite.ts', line: 2 }]);
    expect(found.metadataAt(['full_name'])).toHaveLength(2);
    expect(found.metadataAt(['org'])).toEqual([]);
  });
});
