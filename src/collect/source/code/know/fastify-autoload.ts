import { posix } from 'node:path';
import type { Module } from '../module.ts';
import { matches } from '../interpret/regexp.ts';
import { api, literal, type Machine, native, object, type Span, stringOf, type Value } from '../interpret/value.ts';
import { loadPlugins } from './fastify-instance.ts';
import type { FastifyInstance, Install } from './fastify-scope.ts';
import { pathText } from './registration.ts';
import { repoPathOf } from './repo-paths.ts';

const script = /(?<!\.d)\.[cm]?[jt]s$/;
const index = /^index\.[cm]?[jt]s$/;
const tests = /\.(?:test|spec)\.[cm]?[jt]s$/;
const maxFolders = 500;

interface Settings {
  /** False when folder names do not become prefixes. */
  readonly prefixes: boolean;
  /** Folders called `_id` stand for the parameter `:id`. */
  readonly parameters: boolean;
  readonly ignored: (name: string) => boolean;
  readonly deepest: number;
  readonly autoHooks: boolean;
  readonly cascadeHooks: boolean;
  readonly options: Value;
}

/** @fastify/autoload: every file of a folder is a plugin, folders below it are prefixes; an `index` file keeps its siblings out. */
export const autoloadPlugin: Install = (instance, options, { machine, node, module }) => {
  const option = (name: string): Value | undefined => options.props?.get(name);
  const folder = repoPathOf(option('dir'), module.path);
  if (folder === undefined) {
    instance.gaps.push({ what: 'plugins loaded by @fastify/autoload', why: 'their folder could not be told', place: module.placeOf(node) });
    return;
  }
  const pattern = option('ignorePattern')?.api?.data as { pattern?: string; flags?: string } | undefined;
  const isFalse = (name: string): boolean => option(name)?.literal?.is === false;
  const isTrue = (name: string): boolean => option(name)?.literal?.is === true;
  const depth = option('maxDepth')?.literal?.is;
  const settings: Settings = {
    prefixes: !isFalse('dirNameRoutePrefix'),
    parameters: isTrue('routeParams'),
    ignored: (name) => pattern?.pattern !== undefined && matches(pattern.pattern, pattern.flags ?? '', name) === true,
    deepest: typeof depth === 'number' ? depth : Number.POSITIVE_INFINITY,
    autoHooks: isTrue('autoHooks'),
    cascadeHooks: isTrue('cascadeHooks'),
    options: option('options') ?? object({}, true),
  };
  const files = machine.code.tree.files.map((file) => file.path).filter((path) => path.startsWith(folder === '.' ? '' : `${folder}/`));
  const walk = { files, left: maxFolders, settings, site: { node, module } };
  loadFolder(machine, instance, walk, {
    folder: folder === '.' ? '' : folder,
    prefix: pathText(settings.options.props?.get('prefix')) ?? '',
    depth: 0,
    hooks: [],
  });
};

interface Walk {
  readonly files: readonly string[];
  left: number;
  readonly settings: Settings;
  readonly site: { readonly node: Span; readonly module: Module };
}

interface Level {
  readonly folder: string;
  readonly prefix: string;
  readonly depth: number;
  /** Files with hooks of the folders above, when they cascade. */
  readonly hooks: readonly string[];
}

function loadFolder(machine: Machine, instance: FastifyInstance, walk: Walk, level: Level): void {
  const { settings } = walk;
  if (walk.left-- <= 0) return;
  const start = level.folder === '' ? 0 : level.folder.length + 1;
  const inside = walk.files.filter((path) => level.folder === '' || path.startsWith(`${level.folder}/`)).map((path) => path.slice(start));
  const names = [...new Set(inside.map((path) => path.split('/')[0] ?? ''))].filter((name) => !settings.ignored(name));
  const files = inside.filter((path) => !path.includes('/') && script.test(path) && !tests.test(path) && !settings.ignored(path));
  const main = files.find((name) => index.test(name));
  const own = settings.autoHooks
    ? files.filter((name) => /^[_.]?auto_?hooks\.[cm]?[jt]s$/i.test(name)).map((name) => posix.join(level.folder, name))
    : [];
  const hooks = settings.cascadeHooks ? [...level.hooks, ...own] : own;
  for (const name of main ? [main] : files.filter((file) => !/^[_.]?auto_?hooks\./i.test(file)))
    loadFile(machine, instance, walk, { ...level, hooks }, posix.join(level.folder, name));
  if (level.depth >= settings.deepest) return;
  for (const name of names.filter((one) => inside.some((path) => path.startsWith(`${one}/`)))) {
    const segment = settings.parameters ? name.replace(/^__?/, ':') : name;
    loadFolder(machine, instance, walk, {
      folder: posix.join(level.folder, name),
      prefix: settings.prefixes ? posix.join(level.prefix, segment) : level.prefix,
      depth: level.depth + 1,
      hooks: settings.cascadeHooks ? hooks : [],
    });
  }
}

// Hooks of a folder hold for its plugins only: both are loaded into a scope of their own.
function loadFile(machine: Machine, instance: FastifyInstance, walk: Walk, level: Level, path: string): void {
  const module = machine.code.module(path);
  if (!module || machine.exported(module, 'autoload').literal?.is === false) return;
  const own = stringOf(machine.exported(module, 'prefixOverride')) ?? stringOf(machine.exported(module, 'autoPrefix'));
  const prefix = stringOf(machine.exported(module, 'prefixOverride')) ?? posix.join(level.prefix || '/', own ?? '');
  const options: Value = { ...settingsOf(walk, prefix), open: true };
  const plugin = machine.exported(module, 'default');
  if (!plugin.closure && !plugin.native && !plugin.api) return;
  instance.queue.push({ plugin: level.hooks.length === 0 ? plugin : withHooks(machine, level.hooks, plugin), options, ...walk.site });
  loadPlugins(machine, instance);
}

const settingsOf = (walk: Walk, prefix: string): Value => ({
  props: new Map([...(walk.settings.options.props ?? []), ['prefix', literal(prefix)]]),
});

function withHooks(machine: Machine, hooks: readonly string[], plugin: Value): Value {
  const plugins = hooks.flatMap((path) => {
    const module = machine.code.module(path);
    return module ? [machine.exported(module, 'default')] : [];
  });
  return native(({ args, node, module }) => {
    const scope = args[0]?.api?.data as FastifyInstance;
    for (const one of [...plugins, plugin]) {
      const inner = one.api?.kind === 'fastify-plugin' ? (one.api.data as Value) : one;
      scope.queue.push({ plugin: api('fastify-plugin', { data: inner }), options: args[1] ?? object({}), node, module });
    }
    return literal(undefined);
  });
}
