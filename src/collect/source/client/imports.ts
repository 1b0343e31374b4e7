import type { Codebase } from '../code/codebase.ts';

const specifier = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)["']([^"'\n]+)["']/g;

/** Which file imports which, both ways. */
export interface ImportGraph {
  readonly imports: ReadonlyMap<string, readonly string[]>;
  readonly importers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the imports of these files from their text: whole syntax trees would cost as much as everything else together, and an import too
 * many (in a comment) does no harm here.
 */
export function readImports(code: Codebase, files: Iterable<string>): ImportGraph {
  const imports = new Map<string, string[]>();
  const importers = new Map<string, string[]>();
  for (const path of files) {
    const text = code.text(path);
    if (text === undefined) continue;
    const found = new Set<string>();
    for (const [, name = ''] of text.matchAll(specifier)) {
      const to = code.resolve(path, name);
      if (to.kind === 'file' && to.path !== path) found.add(to.path);
    }
    imports.set(path, [...found]);
    for (const to of found) {
      const known = importers.get(to);
      if (known) known.push(path);
      else importers.set(to, [path]);
    }
  }
  return { imports, importers };
}

/** Everything that can be reached from these files, themselves included. */
export function closure(
  start: Iterable<string>,
  next: ReadonlyMap<string, readonly string[]>,
  through: (path: string) => boolean = () => true,
): Set<string> {
  const found = new Set<string>();
  const queue = [...start];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path) || !through(path)) continue;
    found.add(path);
    for (const to of next.get(path) ?? []) if (!found.has(to)) queue.push(to);
  }
  return found;
}
