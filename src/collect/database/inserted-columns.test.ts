import { describe, expect, it } from 'vitest';
import type { Tree } from '../source/tree.ts';
import { insertedColumns } from './inserted-columns.ts';

const read = (files: Readonly<Record<string, string>>) =>
  insertedColumns({
    files: Object.keys(files).map((path) => ({ path, ignored: false, built: false })),
    text: (path: string) => files[path],
  } as unknown as Tree);
const columns = (row: string, before = ''): string[] | undefined => {
  const [found] = read({ 'a.ts': `async function add(given) { ${before}\n await supabase.from('notes').insert(${row}).select(); }` });
  return found?.columns && [...found.columns];
};

describe('what the app sends for a new row', () => {
  it.each<[string, string]>([
    ['{ title, "body": text, user_id: user.id }', 'title body user_id'],
    ['[{ title, body }, { body }]', 'body'],
    ['rows.map((row) => ({ title: row.title }))', 'title'],
    ['rows.map((row) => { const x = 1; return { title: row.title }; })', 'title'],
    ['{ title } as any', 'title'],
    ['open ? { title, body } : { title }', 'title'],
  ])('%s', (row, keys) => {
    expect(columns(row)).toEqual(keys.split(' '));
  });

  it('is followed to the variable that holds it, and into what is spread', () => {
    expect(columns('row', 'const row = { title };')).toEqual(['title']);
    expect(columns('{ ...base, body }', 'const base = { title };')).toEqual(['title', 'body']);
    expect(columns('[row]', 'const row = { title };')).toEqual(['title']);
  });

  it('is not known where a part of it is not to be seen', () => {
    for (const row of ['given', '{ ...given, title }', '{ [name]: 1 }', 'make()', '[]']) expect(columns(row)).toBeUndefined();
  });

  it('is told with table and place; not of the server', () => {
    expect(read({ 'src/a.ts': `supabase\n  .from('notes')\n  .upsert({ id });` })).toEqual([
      { table: 'notes', columns: new Set(['id']), upsert: true, place: { file: 'src/a.ts', line: 3 } },
    ]);
    expect(read({ 'a.ts': `createClient(url, SERVICE_ROLE).from('notes').insert({ id })` })).toEqual([]);
    expect(read({ 'a.ts': `list.insert({ id }); supabase.from(name).insert({ id })` })).toEqual([]);
  });
});
