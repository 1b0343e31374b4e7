import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResolver, packageName, parseJsonc } from './resolve.ts';
import { type Files, memoryTree } from './routes/fixture.ts';

const resolve = (files: Files, from: string, specifier: string): string => {
  const found = createResolver(memoryTree(files))(from, specifier);
  return found.kind === 'file' ? found.path : found.kind === 'package' ? `package ${found.name}` : 'missing';
};
const empty = (...paths: string[]): Files => Object.fromEntries(paths.map((path) => [path, '']));

describe('relative imports', () => {
  it.each([
    ['./b', 'src/b.ts', 'src/b.ts'],
    ['./b', 'src/b/index.tsx', 'src/b/index.tsx'],
    ['./b.js', 'src/b.ts', 'src/b.ts'],
    ['./b.mjs', 'src/b.mts', 'src/b.mts'],
    ['./b.jsx', 'src/b.tsx', 'src/b.tsx'],
    ['../lib/b', 'lib/b.js', 'lib/b.js'],
    ['.', 'src/index.ts', 'src/index.ts'],
    ['./gone', 'src/b.ts', 'missing'],
    ['../../b', 'b.ts', 'missing'],
    ['/lib/b', 'lib/b.ts', 'lib/b.ts'],
  ])('%s, with %s there, is %s', (specifier, there, expected) => {
    expect(resolve(empty('src/a.ts', there), 'src/a.ts', specifier)).toBe(expected);
  });
});

describe('aliases of tsconfig', () => {
  const config = (options: object, others: object = {}): string => JSON.stringify({ compilerOptions: options, ...others });

  it('replace the star, exact names first', () => {
    const files = {
      'tsconfig.json': config({ paths: { '@/*': ['./src/*'], '@db': ['./server/db.ts'] } }),
      ...empty('src/a.ts', 'server/db.ts'),
    };
    expect(resolve(files, 'app/x.ts', '@/a')).toBe('src/a.ts');
    expect(resolve(files, 'app/x.ts', '@db')).toBe('server/db.ts');
    expect(resolve(files, 'app/x.ts', '@dba')).toBe('package @dba');
  });

  it('count from baseUrl, and baseUrl alone is one', () => {
    expect(resolve({ 'tsconfig.json': config({ baseUrl: './src', paths: { '~/*': ['*'] } }), ...empty('src/a.ts') }, 'x.ts', '~/a')).toBe(
      'src/a.ts',
    );
    expect(resolve({ 'tsconfig.json': config({ baseUrl: 'src' }), ...empty('src/lib/a.ts') }, 'x.ts', 'lib/a')).toBe('src/lib/a.ts');
    expect(resolve({ 'tsconfig.json': config({ baseUrl: 'src' }), ...empty('src/lib/a.ts') }, 'x.ts', 'zod')).toBe('package zod');
  });

  it('try their targets in order', () => {
    const files = { 'tsconfig.json': config({ paths: { '@/*': ['./gone/*', './lib/*'] } }), ...empty('lib/a.ts') };
    expect(resolve(files, 'x.ts', '@/a')).toBe('lib/a.ts');
  });

  it('are inherited, and the nearest folder wins', () => {
    const files = {
      'tsconfig.base.json': config({ paths: { '@/*': ['./base/*'] } }),
      'tsconfig.json': '{ "extends": "./tsconfig.base" }',
      'apps/web/tsconfig.json': config({ paths: { '@/*': ['./src/*'] } }),
      ...empty('base/a.ts', 'apps/web/src/a.ts'),
    };
    expect(resolve(files, 'x.ts', '@/a')).toBe('base/a.ts');
    expect(resolve(files, 'apps/web/x.ts', '@/a')).toBe('apps/web/src/a.ts');
    expect(resolve(files, 'apps/webber/x.ts', '@/a')).toBe('base/a.ts');
  });

  it('may have comments and trailing commas, and broken ones are ignored', () => {
    expect(
      resolve(
        { 'tsconfig.json': '{ // own\n "compilerOptions": { "paths": { "@/*": ["./src/*"], }, }, /* end */ }', ...empty('src/a.ts') },
        'x.ts',
        '@/a',
      ),
    ).toBe('src/a.ts');
    expect(resolve({ 'tsconfig.json': '{ "compilerOptions": { "paths": ', ...empty('src/a.ts') }, 'x.ts', '@/a')).toBe('package @/a');
    expect(resolve({ 'tsconfig.json': config({ paths: { '@/*': 'src/*', '#/*': [1] } }), ...empty('src/a.ts') }, 'x.ts', '@/a')).toBe(
      'package @/a',
    );
    expect(parseJsonc('{"url":"https://a.b/*c*/","list":[1,2,],}')).toEqual({ url: 'https://a.b/*c*/', list: [1, 2] });
  });

  it('that extend each other end', () => {
    const files = {
      'tsconfig.json': '{ "extends": "./tsconfig.b.json" }',
      'tsconfig.b.json': '{ "extends": "./tsconfig.json" }',
      ...empty('src/a.ts'),
    };
    expect(resolve(files, 'x.ts', '@/a')).toBe('package @/a');
  });
});

describe('packages of the workspace', () => {
  const manifest = (fields: object): string => JSON.stringify({ name: '@acme/db', ...fields });
  it.each<[string, object, string, string, string]>([
    [
      'its source instead of the build output',
      { main: './dist/index.js' },
      '@acme/db',
      'packages/db/src/index.ts',
      'packages/db/src/index.ts',
    ],
    ['without any entry', {}, '@acme/db', 'packages/db/index.ts', 'packages/db/index.ts'],
    ['by exports', { exports: { '.': { import: './lib/main.ts' } } }, '@acme/db', 'packages/db/lib/main.ts', 'packages/db/lib/main.ts'],
    [
      'by a subpath of exports',
      { exports: { './client': './lib/c.ts' } },
      '@acme/db/client',
      'packages/db/lib/c.ts',
      'packages/db/lib/c.ts',
    ],
    [
      'by a pattern of exports',
      { exports: { './*': './src/*.ts' } },
      '@acme/db/users',
      'packages/db/src/users.ts',
      'packages/db/src/users.ts',
    ],
    ['by a file below it', {}, '@acme/db/client', 'packages/db/src/client.ts', 'packages/db/src/client.ts'],
    ['nothing there', {}, '@acme/db/client', 'packages/db/other.ts', 'package @acme/db'],
    ['a name that begins alike', {}, '@acme/db-tools', 'packages/db/index.ts', 'package @acme/db-tools'],
  ])('%s', (_, fields, specifier, there, expected) => {
    expect(resolve({ 'packages/db/package.json': manifest(fields), ...empty(there) }, 'apps/x.ts', specifier)).toBe(expected);
  });

  it('may name their own parts by #', () => {
    const files = {
      'app/package.json': '{"name":"app","imports":{"#db":"./db.ts","#lib/*":{"default":"./lib/*.ts"}}}',
      ...empty('app/db.ts', 'app/lib/a.ts'),
    };
    expect(resolve(files, 'app/x.ts', '#db')).toBe('app/db.ts');
    expect(resolve(files, 'app/x.ts', '#lib/a')).toBe('app/lib/a.ts');
    expect(resolve(files, 'other/x.ts', '#db')).not.toBe('app/db.ts');
  });
});

describe('names of packages', () => {
  it.each([
    ['zod', 'zod'],
    ['@supabase/ssr/dist/x', '@supabase/ssr'],
    ['next/server', 'next'],
    ['npm:stripe@14', 'stripe'],
    ['npm:@supabase/supabase-js@2', '@supabase/supabase-js'],
    ['https://esm.sh/@supabase/supabase-js@2.39.0', '@supabase/supabase-js'],
    ['https://esm.sh/v135/stripe@12?target=deno', 'stripe'],
    ['jsr:@supabase/functions-js/edge-runtime.d.ts', '@supabase/functions-js'],
  ])('%s is %s', (specifier, name) => {
    expect(packageName(specifier)).toBe(name);
  });
});

describe('whatever a repo says', () => {
  const segment = fc.constantFrom('..', '.', 'src', 'a', 'b', '*', '', '@', '#x', '__proto__', '%2e%2e', 'node:fs', '~');
  const path = fc.array(segment, { maxLength: 6 }).map((parts) => parts.join('/'));

  it('never leads out of the tree, and never throws', () => {
    fc.assert(
      fc.property(path, path, path, path, (pattern, target, base, specifier) => {
        const files = {
          'src/a.ts': '',
          'b.ts': '',
          'src/tsconfig.json': JSON.stringify({
            extends: base,
            compilerOptions: { baseUrl: base, paths: { [pattern]: [target, `${target}/*`] } },
          }),
          'src/package.json': JSON.stringify({
            name: pattern,
            main: target,
            exports: { [specifier]: target, '.': base },
            imports: { [`#${pattern}`]: target },
          }),
        };
        for (const asked of [specifier, `./${specifier}`, `../${specifier}`, pattern, `#${pattern}`]) {
          const found = createResolver(memoryTree(files))('src/a.ts', asked);
          if (found.kind === 'file') expect(Object.keys(files)).toContain(found.path);
        }
      }),
      { numRuns: 200 },
    );
  });
});
