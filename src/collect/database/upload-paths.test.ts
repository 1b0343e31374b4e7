import { describe, expect, it } from 'vitest';
import type { Tree } from '../source/tree.ts';
import { uploadPaths } from './upload-paths.ts';

const read = (files: Readonly<Record<string, string>>) =>
  uploadPaths({
    files: Object.keys(files).map((path) => ({ path, ignored: false, built: false })),
    text: (path: string) => files[path],
  } as unknown as Tree);
const first = (path: string, before = ''): string | undefined =>
  read({
    'a.ts': `async function put(file: File, given: string) { ${before}\n await supabase.storage.from('docs').upload(${path}, file); }`,
  })[0]?.first;

describe('the first folder of what the app uploads', () => {
  it.each([
    ['`${user.id}/${name}`', 'user_id'],
    ['`${user?.id}/a.png`', 'user_id'],
    ['`${session!.user.id}/a.png`', 'user_id'],
    [`userId + '/' + name`, 'user_id'],
    ['`${profile.current_organization_id}/${Date.now()}.pdf`', 'current_organization_id'],
    ['`${org.id}/a.png`', 'org_id'],
    [`[user.id, name].join('/')`, 'user_id'],
    ['`${await supabase.auth.getUser().then((u) => u.data.user?.id)}/${id}/a.png`', 'user_id'],
  ])('%s is named', (path, name) => {
    expect(first(path)).toBe(name);
  });

  it.each(['`public/${name}`', `'all/a.png'`, '`logo-${Date.now()}.png`', '`${user.id}-${name}`', '`${user.id}${name}/a.png`'])(
    '%s is nobody’s',
    (path) => {
      expect(first(path)).toBe('');
    },
  );

  it('is looked up where a variable holds it, the nearest in the same function', () => {
    expect(first('path', 'const path = `${companyId}/a.png`;')).toBe('company_id');
    expect(first('path', 'const name = `${user.id}/a.png`; const path = name;')).toBe('user_id');
    expect(first('path', 'const name = `${user.id}/a.png`; const path = `${name}`;')).toBe('user_id');
    expect(first('`${folder}/a.png`', 'const folder = user.id;')).toBe('user_id');
    expect(first('path', 'const other = () => { const path = `${user.id}/a.png`; };')).toBeUndefined();
  });

  it('is not known of what is handed in', () => {
    expect(first('given')).toBeUndefined();
    expect(first('pathFor(user)')).toBeUndefined();
  });

  it('is told with the bucket and the place, constants followed', () => {
    const text = `const BUCKET = 'docs';\nsupabase.storage\n  .from(BUCKET)\n  .upload(\`\${user.id}/a\`, file);\nsupabase.storage.from(name).upload('a', file);`;
    expect(read({ 'src/a.tsx': text })).toEqual([{ bucket: 'docs', first: 'user_id', place: { file: 'src/a.tsx', line: 4 } }]);
  });
});
