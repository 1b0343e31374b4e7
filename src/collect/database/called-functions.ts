import type { Tree } from '../source/tree.ts';

const code = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|dart|html|swift|kt|py)$/;
const call = /\brpc\s*(?:<[^>()]{0,200}>\s*)?\(\s*(?:(["'`])([\w.]+)\1)?|\/rpc\/([\w.]+)/g;

/**
 * Whether the app's own code calls a function of the database through its API. True for all where that cannot be told: no code reads the database
 * that way, or a name is no constant. Reads the code when first asked.
 */
export function calledFunctions(tree: Tree): (name: string) => boolean {
  let names: ReadonlySet<string> | undefined;
  return (name) => {
    names ??= namesIn(tree);
    return names.has('*') || names.has(name);
  };
}

function namesIn(tree: Tree): ReadonlySet<string> {
  const names = new Set<string>();
  let talks = false;
  for (const { path, ignored, built } of tree.files) {
    const text = !ignored && !built && code.test(path) ? tree.text(path) : undefined;
    if (text === undefined) continue;
    talks ||= /createClient|@supabase\/|supabase_flutter/.test(text);
    for (const [, , named, posted] of text.matchAll(call)) names.add((named ?? posted)?.replace(/^.*\./, '') ?? '*');
  }
  return talks ? names : new Set(['*']);
}
