import { parseSync } from 'oxc-parser';
import { maxSourceBytes, type Tree } from '../../tree.ts';
import { createResolver } from '../../code/resolve.ts';
import { clientEntries } from './entries.ts';
import { blank, mayHaveServerParts, serverParts } from './server-parts.ts';

/** Tells which files end up in the browser or on the phone. */
export interface ClientReach {
  /** Import chain from the first file loaded to this one, both included; `undefined` when nothing the client loads imports it, or the line stays on the server. */
  chainTo(path: string, line?: number): readonly string[] | undefined;
}

const code = /\.(?:[cm]?[jt]sx?|vue|svelte)$/;
const serverOnly = /\.server\.[cm]?[jt]sx?$|(?:^|\/)lib\/server\/|\+(?:page|layout)\.server\.|\+server\./;

/** Follows imports from where client code begins. Work is done on the first question only; types and server parts are not followed. */
export function reachableFromClient(tree: Tree): ClientReach {
  let graph: { from: Map<string, string | undefined>; shipped: ReadonlySet<string> } | undefined;
  return {
    chainTo(path, line) {
      graph ??= walk(tree);
      if (graph.shipped.has(path)) return [path];
      if (!graph.from.has(path) || (line !== undefined && staysOnServer(tree, path, line))) return undefined;
      const chain = [path];
      for (let at = graph.from.get(path); at !== undefined; at = graph.from.get(at)) chain.unshift(at);
      return chain;
    },
  };
}

function walk(tree: Tree): { from: Map<string, string | undefined>; shipped: ReadonlySet<string> } {
  const resolver = createResolver(tree);
  const resolve = (from: string, specifier: string): string | undefined => {
    const result = resolver(from, specifier);
    return result.kind === 'file' ? result.path : undefined;
  };
  const { entries, shipped } = clientEntries(tree, resolve);
  const from = new Map<string, string | undefined>(entries.map((path) => [path, undefined]));
  const queue = [...entries];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (!code.test(path)) continue;
    for (const specifier of importsOf(tree, path)) {
      const target = resolve(path, specifier);
      if (target === undefined || from.has(target) || serverOnly.test(target) || isServerAction(tree, target)) continue;
      from.set(target, path);
      queue.push(target);
    }
  }
  return { from, shipped };
}

/** What the browser's copy of a file imports: no types, nothing that only its server parts use. */
function importsOf(tree: Tree, path: string): string[] {
  const text = scriptOf(path, tree.text(path, maxSourceBytes) ?? '');
  try {
    const name = /\.(?:vue|svelte)$/.test(path) ? `${path}.ts` : path;
    const result = parseSync(name, text);
    const parts = mayHaveServerParts(path, text) ? serverParts(result.program) : [];
    const { staticImports, staticExports, dynamicImports } = result.module;
    const imports = staticImports.map(({ start, end, entries, moduleRequest }) => ({ start, end, source: moduleRequest.value, entries }));
    const rest =
      parts.length === 0
        ? ''
        : blank(
            text,
            [...parts, ...imports].toSorted((a, b) => a.start - b.start),
          );
    const kept = imports
      .filter(
        ({ entries }) =>
          entries.length === 0 || entries.some((entry) => !entry.isType && (rest === '' || mentions(rest, entry.localName.value))),
      )
      .map(({ source }) => source);
    const again = staticExports.flatMap(({ entries }) =>
      entries.flatMap((entry) => (entry.moduleRequest && !entry.isType ? [entry.moduleRequest.value] : [])),
    );
    const late = dynamicImports.flatMap(
      ({ moduleRequest: { start, end } }) => /^["'`]([^"'`$]+)["'`]$/.exec(text.slice(start, end).trim())?.[1] ?? [],
    );
    const required = [...text.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map((match) => match[1] ?? '');
    return [...kept, ...again, ...late, ...required];
  } catch {
    return [];
  }
}

const mentions = (text: string, name: string): boolean => new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(text);

// Importing a server action gives the browser a stub, never its code.
function isServerAction(tree: Tree, path: string): boolean {
  const head = code.test(path) ? (tree.text(path, maxSourceBytes)?.slice(0, 2000) ?? '') : '';
  return /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use server["']/.test(head) || /^import\s+["']server-only["']/m.test(head);
}

function staysOnServer(tree: Tree, path: string, line: number): boolean {
  const text = code.test(path) ? (tree.text(path, maxSourceBytes) ?? '') : '';
  if (!mayHaveServerParts(path, text)) return false;
  try {
    const parts = serverParts(parseSync(path, scriptOf(path, text)).program);
    let at = 0;
    for (let count = 1; count < line; count++) at = text.indexOf('\n', at) + 1;
    return parts.some(({ start, end }) => at >= start - 1 && at < end);
  } catch {
    return false;
  }
}

/** Script parts of .vue and .svelte files, the rest blanked. */
function scriptOf(path: string, source: string): string {
  if (!/\.(?:vue|svelte)$/.test(path)) return source;
  const parts: { start: number; end: number }[] = [];
  let at = 0;
  for (const match of source.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const begin = match.index + match[0].indexOf('>') + 1;
    parts.push({ start: at, end: begin });
    at = begin + (match[1]?.length ?? 0);
  }
  return blank(source, [...parts, { start: at, end: source.length }]);
}
