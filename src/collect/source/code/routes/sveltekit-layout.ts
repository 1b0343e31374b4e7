import type { Codebase } from '../codebase.ts';
import type { Machine, Value } from '../interpret/value.ts';

/** One SvelteKit app of the repo. */
export interface SvelteKitApp {
  /** Its folder, with a slash at the end; empty for the repo's root. */
  readonly prefix: string;
  /** Folder of its routes, with a slash at the end. */
  readonly routes: string;
  /** Path the app is served under: `/portal`; empty as a rule. */
  readonly base: string;
  /** False where the config lets forms of other sites through. */
  readonly checksOrigin: boolean;
}

/** The SvelteKit apps: folders with a svelte.config and a routes folder. */
export function svelteKitApps(code: Codebase, machine: Machine): SvelteKitApp[] {
  const apps: SvelteKitApp[] = [];
  for (const { path } of code.tree.files) {
    const found = /^(.*\/)?svelte\.config\.[cm]?[jt]s$/.exec(path);
    if (!found) continue;
    const prefix = found[1] ?? '';
    const module = code.module(path);
    const config = module && machine.aside(() => machine.exported(module, 'default'));
    const kit = config?.props?.get('kit');
    const folder = textAt(kit, 'files', 'routes') ?? 'src/routes';
    const csrf = kit?.props?.get('csrf')?.props;
    const trusted = csrf?.get('trustedOrigins')?.items;
    apps.push({
      prefix,
      routes: `${prefix}${folder.replace(/^\.\//, '').replace(/\/$/, '')}/`,
      base: textAt(kit, 'paths', 'base') ?? '',
      checksOrigin: csrf?.get('checkOrigin')?.literal?.is !== false && !trusted?.some((origin) => origin.literal?.is === '*'),
    });
  }
  return apps.filter((app) => code.tree.files.some(({ path }) => path.startsWith(app.routes)));
}

function textAt(value: Value | undefined, ...names: readonly string[]): string | undefined {
  const found = names.reduce<Value | undefined>((at, name) => at?.props?.get(name), value);
  return typeof found?.literal?.is === 'string' ? found.literal.is : undefined;
}

/** `(app)/orders/[id=integer]/[[lang]]/[...rest]` → `/orders/:id/:lang?/:rest*`. */
export function urlOfRouteFolder(folder: string): string {
  const parts = folder.split('/').filter((part) => part !== '' && !/^\([^)]*\)$/.test(part));
  return `/${parts.map(segment).join('/')}`;
}

const segment = (part: string): string =>
  part
    .replace(/\[x\+([0-9a-f]{2})\]/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\[\[([^\]=]+)(?:=[^\]]*)?\]\]/g, ':$1?')
    .replace(/\[\.\.\.([^\]=]+)(?:=[^\]]*)?\]/g, ':$1*')
    .replace(/\[([^\]=]+)(?:=[^\]]*)?\]/g, ':$1');

/** Layouts with a server part that stand above a page, outermost first; `+page@(app).svelte` leaves the ones between out. */
export function layoutsAbove(code: Codebase, routes: string, folder: string, kind: 'page' | 'layout'): string[] {
  const found: string[] = [];
  let at: string | undefined = folder;
  let reset = resetOf(code, routes, folder, kind);
  if (kind === 'layout') at = parentOf(folder);
  while (at !== undefined) {
    if (reset !== undefined && reset !== (at.split('/').at(-1) ?? '')) {
      at = parentOf(at);
      continue;
    }
    reset = resetOf(code, routes, at, 'layout');
    for (const ending of ['ts', 'js']) {
      const path = `${routes}${at === '' ? '' : `${at}/`}+layout.server.${ending}`;
      if (code.tree.has(path)) found.unshift(path);
    }
    at = parentOf(at);
  }
  return found;
}

const parentOf = (folder: string): string | undefined =>
  folder === '' ? undefined : folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';

// The name after `@` of `+page@name.svelte`; empty means the root layout.
function resetOf(code: Codebase, routes: string, folder: string, kind: 'page' | 'layout'): string | undefined {
  const start = `${routes}${folder === '' ? '' : `${folder}/`}+${kind}@`;
  const file = code.tree.files.find(({ path }) => path.startsWith(start) && path.endsWith('.svelte'));
  return file?.path.slice(start.length, -'.svelte'.length);
}
