import { describe, expect, it } from 'vitest';
import { openTree } from '../../tree.ts';
import { folderOf } from '../fixtures/folder.ts';
import { reachableFromClient } from './reach.ts';

const chain = (files: Record<string, string>, path: string, line?: number) =>
  reachableFromClient(openTree(folderOf(files))).chainTo(path, line);
const pkg = (...names: string[]): string => JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1'])) });
const vite = {
  'package.json': pkg('vite'),
  'index.html': '<script type="module" src="/src/main.tsx"></script>',
  'tsconfig.json': '{"compilerOptions":{"baseUrl":".","paths":{"@/*":["src/*"]}}}',
};

describe('what the browser loads', () => {
  it('follows imports, aliases, re-exports, lazy imports and require from the page', () => {
    const files = {
      ...vite,
      'src/main.tsx': "import { App } from '@/App';\nimport type { T } from './types';\nconst L = lazy(() => import('./lazy'));",
      'src/App.tsx': "export * from './lib';\nexport { x } from './x';\nconst y = require('./y');",
      'src/lib/index.ts': '',
      'src/x.ts': '',
      'src/y.js': '',
      'src/lazy.tsx': '',
      'src/types.ts': '',
      'server/a.ts': '',
    };
    expect(chain(files, 'src/lib/index.ts')).toEqual(['src/main.tsx', 'src/App.tsx', 'src/lib/index.ts']);
    for (const path of ['src/x.ts', 'src/y.js', 'src/lazy.tsx', 'index.html']) expect(chain(files, path), path).toBeDefined();
    for (const path of ['src/types.ts', 'server/a.ts']) expect(chain(files, path), path).toBeUndefined();
  });

  it('Next.js: from use client files and pages, not from server components, actions or API routes', () => {
    const files = {
      'package.json': pkg('next'),
      'app/page.tsx': "import './server-lib';\nimport { C } from './client';",
      'app/client.tsx': "// a comment\n'use client';\nimport '../lib/shared';\nimport { act } from './actions';",
      'app/actions.ts': "'use server';\nimport '../lib/admin';",
      'app/server-lib.ts': '',
      'lib/shared.ts': '',
      'lib/admin.ts': '',
      'pages/api/x.ts': "import '../../lib/admin';",
      'pages/old.tsx':
        "import { q } from '../lib/query';\nimport { u } from '../lib/both';\nexport async function getServerSideProps() {\n  return q(u());\n}\nexport default () => u();",
      'lib/query.ts': '',
      'lib/both.ts': '',
    };
    for (const path of ['lib/shared.ts', 'lib/both.ts', 'pages/old.tsx']) expect(chain(files, path), path).toBeDefined();
    for (const path of ['app/page.tsx', 'app/server-lib.ts', 'lib/admin.ts', 'lib/query.ts', 'pages/api/x.ts'])
      expect(chain(files, path), path).toBeUndefined();
    expect(chain(files, 'pages/old.tsx', 4)).toBeUndefined();
    expect(chain(files, 'pages/old.tsx', 6)).toBeDefined();
  });

  it('Remix, SvelteKit, Nuxt and Expo by their folders', () => {
    const remix = {
      'package.json': pkg('@remix-run/react'),
      'app/routes/a.tsx': "import { db } from '~/db.server';\nimport { s } from '../s';\nexport const loader = () => s();",
      'app/db.server.ts': '',
      'app/s.ts': '',
    };
    expect(chain(remix, 'app/routes/a.tsx')).toBeDefined();
    expect(chain(remix, 'app/s.ts')).toBeUndefined();
    const kit = {
      'package.json': pkg('@sveltejs/kit'),
      'src/routes/+page.svelte': "<script>import '$lib/a'</script>",
      'src/lib/a.ts': '',
      'src/routes/+page.server.ts': "import '$lib/server/b'",
      'src/lib/server/b.ts': '',
      'svelte.config.js': '',
    };
    expect(chain(kit, 'src/lib/a.ts')).toEqual(['src/routes/+page.svelte', 'src/lib/a.ts']);
    expect(chain(kit, 'src/lib/server/b.ts')).toBeUndefined();
    const nuxt = {
      'package.json': pkg('nuxt'),
      'nuxt.config.ts': '',
      'pages/a.vue': "<template/>\n<script setup>\nimport { z } from '~/lib/z'\nz()\n</script>",
      'lib/z.ts': '',
      'server/api/x.ts': '',
    };
    expect(chain(nuxt, 'lib/z.ts')).toBeDefined();
    expect(chain(nuxt, 'server/api/x.ts')).toBeUndefined();
    const expo = {
      'package.json': pkg('expo', 'expo-router'),
      'app/index.tsx': "import '../lib/k'",
      'lib/k.ts': '',
      'app/hello+api.ts': '',
    };
    expect(chain(expo, 'lib/k.ts')).toBeDefined();
    expect(chain(expo, 'app/hello+api.ts')).toBeUndefined();
  });

  it('files that are shipped as they are need no import', () => {
    const files = { ...vite, 'public/config.js': '', 'src/main.tsx': '', 'src/other.ts': '' };
    expect(chain(files, 'public/config.js')).toEqual(['public/config.js']);
    const flutter = {
      'pubspec.yaml': 'flutter:\n  assets:\n    - assets/\n    - .env\n',
      'lib/main.dart': '',
      '.env': 'A=1',
      'tool/x.dart': '',
    };
    expect(chain(flutter, 'lib/main.dart')).toEqual(['lib/main.dart']);
    expect(chain(flutter, '.env')).toEqual(['.env']);
    expect(chain(flutter, 'tool/x.dart')).toBeUndefined();
  });

  it('ends on circles and broken files', () => {
    const files = {
      ...vite,
      'src/main.tsx': "import './a'",
      'src/a.ts': "import './main';\nimport './b'",
      'src/b.ts': 'import { from (((',
      'src/c.ts': '',
    };
    expect(chain(files, 'src/b.ts')).toBeDefined();
    expect(chain(files, 'src/c.ts')).toBeUndefined();
  });
});
