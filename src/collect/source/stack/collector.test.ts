import { describe, expect, it } from 'vitest';
import { type Files, memoryTree } from '../code/routes/fixture.ts';
import { readStack } from './collector.ts';
import { lowest } from './packages.ts';

const stackOf = (files: Files) => readStack(memoryTree(files));
const manifest = (dependencies: object, rest: object = {}): string => JSON.stringify({ dependencies, ...rest });
const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

describe('frameworks and backends', () => {
  it('are those of the dependencies, with the version', () => {
    const stack = stackOf({ 'package.json': manifest({ next: '^15.1.0', '@supabase/supabase-js': '2.45.0', zod: '3.0.0' }) });
    expect(stack.frameworks).toMatchObject([
      { name: 'Next.js', version: '15.1.0', evidence: [{ place: { file: 'package.json' }, what: 'next ^15.1.0' }] },
    ]);
    expect(names(stack.backends)).toEqual(['Supabase']);
    expect(stack.next).toMatchObject([{ range: '^15.1.0', version: '15.1.0' }]);
  });

  it('are told once for several packages and folders', () => {
    const stack = stackOf({
      'a/package.json': manifest({ '@supabase/ssr': '1.0.0' }),
      'b/package.json': manifest({ '@supabase/supabase-js': '2.0.0' }),
    });
    expect(names(stack.backends)).toEqual(['Supabase']);
    expect(stack.backends[0]?.evidence).toHaveLength(2);
  });

  it('include edge functions by their files', () => {
    expect(names(stackOf({ 'supabase/functions/a/index.ts': '' }).frameworks)).toEqual(['Supabase Edge Functions']);
  });

  it('are none of a broken manifest', () => {
    for (const text of ['{', 'null', '[]', '{"dependencies":null}', '{"dependencies":{"next":1}}'])
      expect(stackOf({ 'package.json': text }).frameworks).toEqual([]);
  });
});

describe('builders', () => {
  const builders = (files: Files): string[] => names(stackOf(files).builders);
  it.each<[string, Files]>([
    ['lovable', { 'package.json': '{"devDependencies":{"lovable-tagger":"1.0.0"}}' }],
    ['lovable', { 'README.md': '# Welcome to your Lovable project' }],
    ['bolt', { '.bolt/config.json': '{}' }],
    ['cursor', { '.cursor/rules/a.mdc': '' }],
    ['v0', { 'app/layout.tsx': `export const metadata = { generator: 'v0.dev' }` }],
    ['replit', { '.replit': '' }],
    ['base44', { 'package.json': manifest({ '@base44/sdk': '0.1.0' }) }],
    ['react-native', { 'package.json': manifest({ expo: '51.0.0' }) }],
    ['flutter', { 'pubspec.yaml': 'dependencies:\n  flutter:\n    sdk: flutter\n' }],
    ['webflow', { 'index.html': '<html data-wf-site="1">' }],
  ])('%s', (name, files) => {
    expect(builders(files)).toEqual([name]);
  });

  it('FlutterFlow is not told as Flutter too', () => {
    expect(builders({ 'pubspec.yaml': 'sdk: flutter', 'lib/flutter_flow/util.dart': '' })).toEqual(['flutterflow']);
  });

  it('a README that only speaks of one is none', () => {
    expect(builders({ 'README.md': 'We compared Lovable, Cursor and Framer before we hired a developer.' })).toEqual([]);
    expect(builders({ 'docs/lovable.md': 'Welcome to your Lovable project' })).toEqual([]);
  });
});

describe('source maps of the production build', () => {
  const maps = (files: Files) => stackOf(files).sourceMaps.map(({ tool, on, place }) => `${tool} ${on} ${place.line}`);
  it('are read from the setting, not from a comment', () => {
    expect(maps({ 'vite.config.ts': 'export default {\n build: { sourcemap: true } }' })).toEqual(['Vite true 2']);
    expect(maps({ 'vite.config.ts': `export default { build: { sourcemap: 'hidden' } }` })).toEqual(['Vite false 1']);
    expect(maps({ 'vite.config.ts': 'export default {\n // build: { sourcemap: true }\n}' })).toEqual([]);
  });
});

describe('the lowest version of a range', () => {
  it.each([
    ['^15.1.0', '15.1.0'],
    ['~14', '14'],
    ['>=13.4', '13.4'],
    ['15.0.0-canary.1', '15.0.0-canary.1'],
    ['latest', undefined],
    ['workspace:*', undefined],
  ])('%s', (range, expected) => {
    expect(lowest(range)).toBe(expected);
  });
});
