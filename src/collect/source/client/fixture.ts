import { parseSync } from 'oxc-parser';
import type { ClientSurface } from '../../../evidence/routes.ts';
import { openCodebase } from '../code/codebase.ts';
import { type Files, memoryTree } from '../code/routes/fixture.ts';
import { readClient } from './collector.ts';
import { accessName } from './surface.ts';

/** What the front end of a repo in memory reaches and hides. */
export const surfaceOf = (files: Files): ClientSurface =>
  readClient(
    openCodebase(memoryTree(files), (path, source) => {
      const { program, errors } = parseSync(path, source, { preserveParens: false });
      return { program, errors };
    }),
  );

/** Each access in a word: `open read invoices`, `admin: delete invoices`, `not client: change tasks`. */
export const told = ({ accesses }: ClientSurface): string[] =>
  accesses
    .map((access) => `${access.gate ? `${access.gate.except ? 'not ' : ''}${access.gate.roles.join('+')}:` : 'open'} ${accessName(access)}`)
    .toSorted();

/** A Vite app whose `src/App.tsx` holds this code; `supabase`, `remove` (deletes invoices) and `useAuth` are there for it. */
export const app = (source: string, others: Files = {}): Files => ({
  'package.json': '{"dependencies":{"vite":"7","react":"19","react-router-dom":"7"}}',
  'index.html': '<script type="module" src="/src/main.tsx"></script>',
  'src/main.tsx': "import App from './App';\ncreateRoot(root).render(<App />);",
  'src/db.ts':
    "export const supabase = createClient(url, key);\nexport const remove = () => supabase.from('invoices').delete().eq('id', 1);",
  'src/auth.ts':
    "import { createContext, useContext } from 'react';\nconst AuthContext = createContext(null);\nexport const useAuth = () => useContext(AuthContext);",
  'src/App.tsx': `import { supabase, remove } from './db';\nimport { useAuth } from './auth';\n${source}`,
  ...others,
});

/** What such an app reaches and hides, in words. */
export const toldOf = (source: string, others?: Files): string[] => told(surfaceOf(app(source, others)));
