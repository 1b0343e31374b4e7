import type { Codebase } from './codebase.ts';

const specifier = /(?:from|import|require)\s*\(?\s*['"]([^'"\n]+)['"]/g;
const reexport = /export\s+(?:\*|\{[^}]*\})\s*from\s*['"]/;

/** Which files import a file, barrels passed through. Built once for a codebase, from the text of its sources. */
export function importersOf(code: Codebase): (path: string) => readonly string[] {
  let index: Map<string, string[]> | undefined;
  const build = (): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const path of code.product) {
      for (const match of (code.text(path) ?? '').matchAll(specifier)) {
        const target = code.resolve(path, match[1] ?? '');
        if (target.kind !== 'file') continue;
        const list = found.get(target.path);
        if (list) list.push(path);
        else found.set(target.path, [path]);
      }
    }
    return found;
  };
  return (path) => {
    index ??= build();
    const result = new Set<string>();
    const waiting = [path];
    for (let at = waiting.pop(), steps = 0; at !== undefined && steps < 50; at = waiting.pop(), steps++) {
      for (const importer of index.get(at) ?? []) {
        if (result.has(importer)) continue;
        result.add(importer);
        if (reexport.test(code.text(importer) ?? '')) waiting.push(importer);
      }
    }
    return [...result];
  };
}
