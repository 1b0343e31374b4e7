import { posix } from 'node:path';
import { readJson, type Tree } from '../tree.ts';

/** Where an import leads: a file of the repo, a package outside it, or nowhere we know. */
export type Resolution =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'missing' };

/** Resolves an import specifier as written in a file of the repo. */
export type Resolver = (from: string, specifier: string) => Resolution;

const endings = [
  '',
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.mts',
  '.cts',
  '.vue',
  '.svelte',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.jsx',
  '/index.mjs',
  '/index.cjs',
];

interface Alias {
  /** Folder of the tsconfig or package that defines it. */
  readonly scope: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly exact: boolean;
  readonly targets: readonly string[];
}

/**
 * Resolves inside the tree only: a fresh clone has no node_modules, no build output and maybe hostile links, so a general resolver
 * would miss workspace packages (their `exports` name files not built yet) or leave the repo.
 */
export function createResolver(tree: Tree): Resolver {
  const aliases = readAliases(tree);
  const workspaces = readWorkspaces(tree);
  // By importing file, then by specifier: the question is asked again for every use of an imported name.
  const known = new Map<string, Map<string, Resolution>>();
  const file = (path: string): string | undefined => {
    const clean = posix.normalize(path).replace(/^\.\//, '').replace(/\/$/, '');
    if (clean.startsWith('..')) return undefined;
    for (const ending of endings) if (tree.has(clean + ending)) return clean + ending;
    // TypeScript sources import each other under the name of their output.
    const source = clean.replace(/\.(m|c)?js(x)?$/, '.$1ts$2');
    return source !== clean && tree.has(source) ? source : undefined;
  };
  const resolve = (from: string, specifier: string): Resolution => {
    if (specifier.startsWith('.')) return found(file(posix.join(posix.dirname(from), specifier)));
    if (specifier.startsWith('/')) return found(file(specifier.slice(1)));
    for (const alias of aliases) {
      if (alias.scope !== '' && !from.startsWith(`${alias.scope}/`)) continue;
      const fits = alias.exact
        ? specifier === alias.prefix
        : specifier.startsWith(alias.prefix) &&
          specifier.endsWith(alias.suffix) &&
          specifier.length >= alias.prefix.length + alias.suffix.length;
      if (!fits) continue;
      const middle = alias.exact ? '' : specifier.slice(alias.prefix.length, specifier.length - alias.suffix.length);
      for (const target of alias.targets) {
        const path = file(target.replace('*', middle));
        if (path) return { kind: 'file', path };
      }
    }
    const name = packageName(specifier);
    const workspace = workspaces.get(name);
    if (workspace) {
      const rest = specifier.slice(name.length + 1);
      for (const candidate of workspace.entries(rest)) {
        const path = file(candidate);
        if (path) return { kind: 'file', path };
      }
    }
    return { kind: 'package', name };
  };
  return (from, specifier) => {
    let ofFile = known.get(from);
    if (!ofFile) known.set(from, (ofFile = new Map()));
    let result = ofFile.get(specifier);
    if (!result) ofFile.set(specifier, (result = resolve(from, specifier)));
    return result;
  };
}

const found = (path: string | undefined): Resolution => (path === undefined ? { kind: 'missing' } : { kind: 'file', path });

/** `@scope/name` or `name` of a specifier; `npm:` and `jsr:` prefixes, versions and `?target=deno` are taken off. */
export function packageName(specifier: string): string {
  const bare = specifier
    .replace(/^(npm|jsr):\/?/, '')
    .replace(/^https?:\/\/(esm\.sh|cdn\.skypack\.dev|cdn\.jsdelivr\.net\/npm|deno\.land\/x|jsr\.io)\//, '')
    .replace(/^(v\d+|stable)\//, '')
    .replace(/\?.*$/, '');
  const parts = bare.split('/');
  const name = bare.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? bare);
  return name.replace(/(?<=.)@[\w.^~*-]+$/, '');
}

function readAliases(tree: Tree): Alias[] {
  const aliases: Alias[] = [];
  for (const { path } of tree.files) {
    if (!/(^|\/)[tj]sconfig(\.\w+)*\.json$/.test(path) || path.split('/').length > 6) continue;
    const config = readConfig(tree, path, 0);
    const scope = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    for (const [pattern, targets] of Object.entries(config.paths)) {
      const star = pattern.indexOf('*');
      aliases.push({
        scope,
        exact: star === -1,
        prefix: star === -1 ? pattern : pattern.slice(0, star),
        suffix: star === -1 ? '' : pattern.slice(star + 1),
        targets: targets.map((target) => posix.join(config.base, target)),
      });
    }
    if (config.baseUrl !== undefined)
      aliases.push({ scope, exact: false, prefix: '', suffix: '', targets: [posix.join(config.baseUrl, '*')] });
  }
  for (const { path } of tree.files) {
    if (!/(^|\/)(nuxt\.config\.[jt]s|svelte\.config\.[cm]?[jt]s)$/.test(path)) continue;
    const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path);
    const add = (prefix: string, target: string): void =>
      void aliases.push({ scope: folder, exact: false, prefix, suffix: '', targets: [posix.join(folder, target, '*')] });
    const exactly = (name: string, target: string): void =>
      void aliases.push({ scope: folder, exact: true, prefix: name, suffix: '', targets: [posix.join(folder, target)] });
    for (const [name, target] of namedAliases(tree.text(path, 2 ** 20) ?? '')) {
      exactly(name.replace(/\/\*$/, ''), target.replace(/\/\*$/, ''));
      add(`${name.replace(/\/?\*?$/, '')}/`, target.replace(/\/?\*?$/, ''));
    }
    if (path.includes('svelte')) {
      add('$lib/', 'src/lib');
      exactly('$lib', 'src/lib');
    } else
      for (const [prefix, target] of [
        ['~~/', '.'],
        ['@@/', '.'],
        ['~/', '.'],
        ['@/', '.'],
        ['~/', 'app'],
        ['@/', 'app'],
        ['#shared/', 'shared'],
      ] as const)
        add(prefix, target);
  }
  for (const { path } of tree.files) if (/(^|\/)package\.json$/.test(path)) aliases.push(...subpathImports(tree, path));
  // Deeper folders first, then longer prefixes: the nearest configuration wins.
  return aliases.toSorted((a, b) => b.scope.length - a.scope.length || b.prefix.length - a.prefix.length);
}

// `"imports": { "#app/*": "./app/*" }` of a package.json.
function subpathImports(tree: Tree, path: string): Alias[] {
  const imports = (readJson(tree, path) as { imports?: unknown } | undefined)?.imports;
  if (imports === null || typeof imports !== 'object') return [];
  const scope = posix.dirname(path) === '.' ? '' : posix.dirname(path);
  return Object.entries(imports as Record<string, unknown>).flatMap(([pattern, target]) => {
    if (!pattern.startsWith('#')) return [];
    const [prefix = '', suffix = ''] = pattern.split('*');
    return [{ scope, exact: !pattern.includes('*'), prefix, suffix, targets: strings(target).map((file) => posix.join(scope, file)) }];
  });
}

// `alias: { $db: './src/db', '@ui/*': resolve('packages/ui') }` of a framework's config, as far as its values are plain paths.
function namedAliases(config: string): [string, string][] {
  const body = /\balias\s*:\s*\{([^}]*)\}/.exec(config)?.[1] ?? '';
  return [...body.matchAll(/['"]?([$@#~\w][\w@/*-]*)['"]?\s*:\s*(?:(?:new\s+)?[\w.]+\()*['"]([^'"]+)['"]/g)].flatMap(([, name, target]) =>
    name !== undefined && target !== undefined && !target.startsWith('/') ? [[name, target]] : [],
  );
}

interface PathConfig {
  readonly base: string;
  readonly baseUrl?: string;
  readonly paths: Record<string, string[]>;
}

function readConfig(tree: Tree, path: string, depth: number): PathConfig {
  const folder = posix.dirname(path);
  const text = tree.text(path, 2 ** 20);
  const json = text === undefined ? undefined : parseJsonc(text);
  if (!json || depth > 5) return { base: folder, paths: {} };
  const parents = [json['extends']].flat().filter((parent): parent is string => typeof parent === 'string' && parent.startsWith('.'));
  let result: PathConfig = { base: folder, paths: {} };
  for (const parent of parents)
    result = readConfig(tree, posix.join(folder, parent.endsWith('.json') ? parent : `${parent}.json`), depth + 1);
  const options = json['compilerOptions'] as { baseUrl?: unknown; paths?: unknown } | undefined;
  if (!options || typeof options !== 'object') return result;
  const baseUrl = typeof options.baseUrl === 'string' ? posix.join(folder, options.baseUrl) : undefined;
  if (options.paths && typeof options.paths === 'object') {
    const paths = Object.entries(options.paths as Record<string, unknown>).filter(
      (entry): entry is [string, string[]] => Array.isArray(entry[1]) && entry[1].every((target) => typeof target === 'string'),
    );
    result = { base: baseUrl ?? folder, paths: Object.fromEntries(paths) };
  }
  return baseUrl === undefined ? result : { ...result, baseUrl };
}

/** JSON with comments and trailing commas, as tsconfig files have them; `undefined` when broken. */
export function parseJsonc(text: string): Record<string, unknown> | undefined {
  const clean = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '');
  try {
    const value: unknown = JSON.parse(clean.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? ''));
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

interface Workspace {
  entries(rest: string): string[];
}

function readWorkspaces(tree: Tree): Map<string, Workspace> {
  const workspaces = new Map<string, Workspace>();
  for (const { path } of tree.files) {
    if (!path.endsWith('/package.json')) continue;
    const manifest = readJson(tree, path) as
      | { name?: unknown; main?: unknown; module?: unknown; source?: unknown; exports?: unknown }
      | undefined;
    if (typeof manifest?.name !== 'string') continue;
    const folder = posix.dirname(path);
    const named = [manifest.source, manifest.module, manifest.main].filter((entry): entry is string => typeof entry === 'string');
    workspaces.set(manifest.name, {
      entries(rest) {
        const subpath = rest === '' ? '.' : `./${rest}`;
        const targets = exportTargets(manifest.exports, subpath);
        const plain = rest === '' ? [...named, 'index', 'src/index', 'src/main'] : [rest, `src/${rest}`];
        return [...targets, ...plain].flatMap((target) => [
          posix.join(folder, target),
          posix.join(folder, target.replace(/^(\.\/)?dist\//, 'src/').replace(/\.(d\.)?[mc]?[jt]s$/, '')),
        ]);
      },
    });
  }
  return workspaces;
}

function exportTargets(exports: unknown, subpath: string): string[] {
  if (typeof exports === 'string') return subpath === '.' ? [exports] : [];
  if (exports === null || typeof exports !== 'object') return [];
  const entries = Object.entries(exports as Record<string, unknown>);
  if (!entries.some(([key]) => key.startsWith('.'))) return subpath === '.' ? strings(exports) : [];
  return entries.flatMap(([key, target]) => {
    const star = key.indexOf('*');
    if (star === -1) return key === subpath ? strings(target) : [];
    if (!subpath.startsWith(key.slice(0, star))) return [];
    return strings(target).map((text) => text.replace('*', subpath.slice(star, subpath.length - (key.length - star - 1))));
  });
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(strings);
}
