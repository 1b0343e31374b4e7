import type { Codebase } from '../codebase.ts';
import type { ImportBinding, Module } from '../module.ts';
import type { Machine } from '../interpret/value.ts';
import { nuxtNames } from '../know/nuxt.ts';
import type { NuxtApp } from './nuxt-layers.ts';

/**
 * Gives the server modules of an app the names that Nitro puts into scope: what `server/utils` and `shared/utils` of the app and its
 * layers export, and the functions of h3 and the usual modules. Names a module declares or imports itself stay as they are.
 */
export function wireImports(code: Codebase, machine: Machine, app: NuxtApp): void {
  const exported = new Map<string, ImportBinding>();
  const own: Module[] = [];
  for (const layer of app.layers) {
    const shared = [`${layer.prefix}shared/`, `${layer.prefix}src/shared/`];
    for (const path of code.sources) {
      const server = layer.servers.find((folder) => path.startsWith(folder));
      const common = shared.find((folder) => path.startsWith(folder));
      const module = server === undefined && common === undefined ? undefined : code.module(path);
      if (!module) continue;
      own.push(module);
      if (!/^(?:utils|lib|types)\//.test(path.slice((server ?? common ?? '').length))) continue;
      for (const name of module.exports.keys())
        if (name !== 'default' && !exported.has(name)) exported.set(name, { source: `/${path}`, name });
    }
  }
  for (const module of own) for (const [name, binding] of exported) bind(module, name, binding);
  for (const module of own) bindLibrary(machine, module);
}

// The module's own table of imports takes the name, so that it is looked up in the other file when it is first used.
function bind(module: Module, name: string, binding: ImportBinding): void {
  const imports = module.imports as Map<string, ImportBinding>;
  for (const [local, named] of imports) if (named.source === '#imports' && named.name === name) imports.set(local, binding);
  if (module.declarations.has(name) || imports.has(name) || `/${module.path}` === binding.source) return;
  if (module.text.includes(name)) imports.set(name, binding);
}

function bindLibrary(machine: Machine, module: Module): void {
  const scope = machine.moduleScope(module);
  for (const [name, value] of nuxtNames)
    if (module.text.includes(name) && !module.declarations.has(name) && !module.imports.has(name) && !scope.names.has(name))
      scope.names.set(name, value);
}
