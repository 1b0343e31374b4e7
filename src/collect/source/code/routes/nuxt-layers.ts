import { posix } from 'node:path';
import { readJson } from '../../tree.ts';
import type { Codebase } from '../codebase.ts';
import { type Machine, stringOf, type Value } from '../interpret/value.ts';
import { nuxtNames } from '../know/nuxt.ts';

/** A folder with a Nuxt or Nitro config: an app, or a layer that apps extend. */
export interface NuxtLayer {
  /** Its folder, with a slash at the end; empty for the repo's root. */
  readonly prefix: string;
  readonly config: string;
  readonly framework: 'Nuxt' | 'Nitro';
  /** Folders with `api`, `routes`, `middleware` and `utils`, with a slash at the end. */
  readonly servers: readonly string[];
  readonly settings: Value | undefined;
}

/** An app with everything that is served with it: itself first, then the layers it extends. */
export interface NuxtApp {
  readonly layers: readonly NuxtLayer[];
  /** Layers that are not in the repo. */
  readonly missing: readonly string[];
}

/** Every app of the repo: configs that no other one extends. */
export function nuxtApps(code: Codebase, machine: Machine): NuxtApp[] {
  const layers = code.tree.files.flatMap(({ path }) => layerOf(code, machine, path) ?? []);
  const parents = new Map(layers.map((layer) => [layer, parentsOf(code, layer, layers)]));
  const extended = new Set([...parents.values()].flatMap(({ found }) => found));
  const roots = layers.filter((layer) => !extended.has(layer));
  return (roots.length > 0 ? roots : layers).map((root) => {
    const all = new Set<NuxtLayer>();
    const missing: string[] = [];
    const add = (layer: NuxtLayer): void => {
      if (all.has(layer)) return;
      all.add(layer);
      missing.push(...(parents.get(layer)?.missing ?? []));
      for (const parent of parents.get(layer)?.found ?? []) add(parent);
    };
    add(root);
    return { layers: [...all], missing };
  });
}

function layerOf(code: Codebase, machine: Machine, path: string): NuxtLayer | undefined {
  const found = /^(.*\/)?(nuxt|nitro)\.config\.[cm]?[jt]s$/.exec(path);
  const module = found ? code.module(path) : undefined;
  if (!found || !module || code.tree.files.some((file) => file.path === path && (file.ignored || file.built))) return undefined;
  const prefix = found[1] ?? '';
  const scope = machine.moduleScope(module);
  for (const [name, value] of nuxtNames)
    if (name.startsWith('define') && !module.imports.has(name) && !module.declarations.has(name)) scope.names.set(name, value);
  const settings = machine.aside(() => machine.exported(module, 'default'));
  const named = ['serverDir', 'srcDir'].flatMap((name) => stringOf(settings.props?.get(name)) ?? []);
  const folders = [
    ...named,
    ...named.map((name) => `${name}/server`),
    'server',
    'src/server',
    ...(found[2] === 'nitro' ? ['.', 'src'] : []),
  ];
  const servers = [...new Set(folders.map((folder) => posix.join(prefix, folder, '/').replace(/^\.?\//, '')))].filter((server) =>
    holdsServer(code, server),
  );
  return { prefix, config: path, framework: found[2] === 'nuxt' ? 'Nuxt' : 'Nitro', servers, settings };
}

const holdsServer = (code: Codebase, server: string): boolean =>
  code.sources.some((path) => path.startsWith(server) && /^(?:api|routes|middleware|utils)\//.test(path.slice(server.length)));

function parentsOf(code: Codebase, layer: NuxtLayer, layers: readonly NuxtLayer[]): { found: NuxtLayer[]; missing: string[] } {
  const found = new Set<NuxtLayer>();
  const missing: string[] = [];
  const named = layer.settings?.props?.get('extends');
  const single = named && stringOf(named);
  const list = single === undefined ? named?.items?.map((item) => stringOf(item) ?? stringOf(item.items?.[0])) : [single];
  const told = list !== undefined && !named?.open && list.every((name) => name !== undefined);
  const names = told ? list.filter((name) => name !== undefined) : named ? dependencies(code, layer.prefix) : [];
  for (const name of names) {
    const parent = atPath(code, layer, name, layers);
    if (parent && parent !== layer) found.add(parent);
    else if (!parent && told) missing.push(name);
  }
  // Folders below `layers` are extended without being named.
  for (const other of layers) if (new RegExp(`^${escaped(layer.prefix)}layers/[^/]+/$`).test(other.prefix)) found.add(other);
  return { found: [...found], missing };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function atPath(code: Codebase, layer: NuxtLayer, name: string, layers: readonly NuxtLayer[]): NuxtLayer | undefined {
  if (name.startsWith('.')) {
    const folder = `${posix.join(layer.prefix, name)}/`.replace(/^\.\//, '').replace(/\/\/$/, '/');
    return layers.find((other) => other.prefix === folder || other.config === folder.slice(0, -1));
  }
  const target = code.resolve(layer.config, name);
  if (target.kind !== 'file') return undefined;
  return layers.filter((other) => target.path.startsWith(other.prefix)).toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
}

// What an app extends by a list we cannot read is among its dependencies.
function dependencies(code: Codebase, prefix: string): string[] {
  const manifest = readJson(code.tree, `${prefix}package.json`) as
    | { dependencies?: Record<string, unknown>; devDependencies?: Record<string, unknown> }
    | undefined;
  return Object.keys({ ...manifest?.dependencies, ...manifest?.devDependencies });
}
