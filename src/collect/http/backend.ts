import type { Bundles } from '../../evidence/http.ts';

type Backend = Bundles['backends'][number];
type Named = Bundles['tables'][number];

const tableVerbs = /^\s*\.\s*(select|insert|update|upsert|delete)\s*\(/;
const storageVerbs = /^\s*\.\s*(upload|download|getPublicUrl|createSignedUrls?|createSignedUploadUrl|remove|list|move|copy)\s*\(/;

/** The hosted databases a script talks to. */
export function backendsIn(text: string, script: string): Backend[] {
  const found = new Map<string, Backend>();
  const add = (kind: Backend['kind'], project: string): void =>
    void found.set(`${kind} ${project}`, { kind, project, place: { url: script } });
  for (const [, project = ''] of text.matchAll(/(?<![\w-])([a-z0-9]{20})\.supabase\.(?:co|in)(?![\w-])/g)) add('supabase', project);
  for (const [, project = ''] of text.matchAll(
    /(?<![\w-])([a-z0-9][a-z0-9-]{3,60}?)(?:-default-rtdb)?\.(?:firebaseio\.com|[a-z0-9-]{1,30}\.firebasedatabase\.app)/g,
  ))
    add('firebase', project);
  // The configuration object: `projectId` counts beside an `apiKey` of Google's form, in either order.
  let tried = 0;
  for (const match of text.matchAll(/["']?projectId["']?\s*:\s*["'`]([a-z0-9][a-z0-9-]{3,60})["'`]/g)) {
    if ((tried += 1) > 200) break;
    const around = text.slice(Math.max(0, match.index - 500), match.index + 500);
    if (/apiKey["']?\s*:\s*["'`]AIza/.test(around)) add('firebase', match[1] ?? '');
  }
  return [...found.values()];
}

/** Tables, functions and buckets that a script reaches through a Supabase client. Meaningful only where there is one. */
export function supabaseNames(text: string, script: string): Named[] {
  const found = new Map<string, Named>();
  const add = (kind: Named['kind'], name: string): void => void found.set(`${kind} ${name}`, { kind, name, script });
  for (const match of text.matchAll(/(\.storage\s*)?\.from\(\s*["'`]([\w.-]{1,63})["'`]\s*\)/g)) {
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 40);
    if (match[1] !== undefined || storageVerbs.test(after)) add('storage', match[2] ?? '');
    else if (tableVerbs.test(after)) add('table', match[2] ?? '');
  }
  for (const [, name = ''] of text.matchAll(/\.rpc\(\s*["'`](\w{1,63})["'`]/g)) add('rpc', name);
  for (const [, name = ''] of text.matchAll(/\.functions\s*\.invoke\(\s*["'`]([\w/-]{1,80})["'`]/g)) add('function', name);
  return [...found.values()];
}
