import { posix } from 'node:path';
import { repoHere, repoPath as pathValue, repoPathOf } from '../interpret/repo-path.ts';
import { api, literal, type Machine, native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';

export { repoPathOf };

const repoPath = (path: string): Value =>
  pathValue(path, (name) =>
    name === 'pathname' || name === 'href' ? repoPath(path) : name === 'toString' ? native(() => repoPath(path)) : undefined,
  );

/** Names that say where a module stands. */
export const placeNames: readonly (readonly [string, Value])[] = [
  ['__dirname', repoHere('folder')],
  ['__filename', repoHere('file')],
  [
    'import.meta',
    api('import-meta', {
      member: (name, { module }) => {
        if (name === 'url' || name === 'filename') return repoPath(module.path);
        if (name === 'dirname') return repoPath(posix.dirname(module.path));
        if (name === 'env') return api('environment', { member: buildSetting });
        if (name === 'dev' || name === 'client' || name === 'browser' || name === 'prerender') return literal(false);
        if (name === 'server') return literal(true);
        return undefined;
      },
    }),
  ],
];

// What only holds in development is no part of what customers meet.
const buildSetting = (key: string): Value =>
  key === 'MODE' ? literal('production') : key === 'PROD' ? literal(true) : key === 'DEV' ? literal(false) : { env: key };

function join({ args, module }: NativeCall): Value {
  const base = repoPathOf(args[0], module.path);
  const parts = args.slice(base === undefined ? 0 : 1).map(stringOf);
  if (parts.some((part) => part === undefined)) return base === undefined ? { ...(args.find((arg) => arg.input) ?? unknown) } : unknown;
  const text = posix.join(base ?? '', ...(parts as string[]));
  return base === undefined ? literal(text) : repoPath(text);
}

const same = ({ args, module }: NativeCall): Value => {
  const path = repoPathOf(args[0], module.path);
  return path === undefined ? (args[0] ?? unknown) : repoPath(path);
};

const paths = new Map<string, (call: NativeCall) => Value>(
  Object.entries({
    join,
    resolve: join,
    normalize: same,
    fileURLToPath: same,
    pathToFileURL: same,
    dirname: ({ args, module }: NativeCall) => {
      const path = repoPathOf(args[0], module.path);
      return path === undefined ? (args[0] ?? unknown) : repoPath(posix.dirname(path));
    },
    basename: ({ args, module }: NativeCall) => {
      const path = repoPathOf(args[0], module.path) ?? stringOf(args[0]);
      return path === undefined ? (args[0] ?? unknown) : literal(posix.basename(path, stringOf(args[1])));
    },
    extname: ({ args, module }: NativeCall) => {
      const path = repoPathOf(args[0], module.path) ?? stringOf(args[0]);
      return path === undefined ? unknown : literal(posix.extname(path));
    },
  }),
);

const maxEntries = 30;

// `readdirSync(join(__dirname, 'routes'))`: servers load their routers from a folder.
function entries(call: NativeCall): Value {
  const folder = folderOf(call);
  if (folder === undefined) return unknown;
  const start = folder === '.' || folder === '' ? '' : `${folder}/`;
  const inside = call.machine.code.tree.files
    .map((file) => file.path)
    .filter((path) => path.startsWith(start))
    .map((path) => path.slice(start.length));
  const names = [...new Set(inside.map((path) => path.split('/')[0] ?? ''))].toSorted();
  if (names.length === 0 || names.length > maxEntries) return unknown;
  // The code names what a build makes of the sources.
  const compiled = /\.js\b/.test(call.module.text) && !/\.ts\b/.test(call.module.text.replace(/from\s*['"][^'"]*['"]/g, ''));
  const shown = (name: string): Value => literal(compiled ? name.replace(/(?<!\.d)\.([cm]?)ts$/, '.$1js') : name);
  const typed = call.args[1]?.props?.get('withFileTypes')?.literal?.is === true;
  const isFolder = (name: string): boolean => inside.some((path) => path.startsWith(`${name}/`));
  return {
    items: names.map((name) =>
      typed
        ? object({ name: shown(name), isDirectory: native(() => literal(isFolder(name))), isFile: native(() => literal(!isFolder(name))) })
        : shown(name),
    ),
  };
}

function folderOf({ machine, args, module }: NativeCall): string | undefined {
  const path = repoPathOf(args[0], module.path);
  if (path !== undefined) return path;
  const text = stringOf(args[0]);
  return text === undefined || text.startsWith('/')
    ? undefined
    : [packageFolder(machine, module.path), posix.dirname(module.path)]
        .map((base) => posix.join(base, text))
        .find((folder) => machine.code.tree.files.some((file) => file.path.startsWith(`${folder}/`)));
}

// Relative paths start where the process was started: at the package.
function packageFolder(machine: Machine, path: string): string {
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder))
    if (machine.code.tree.has(`${folder}/package.json`)) return folder;
  return '.';
}

/** Node's `path`, `url` and `fs` modules, as far as they lead to files of the repo. */
export function pathPackage(packageName: string, name: string): Value | undefined {
  // `join(import.meta.url, 'routes')` of desm starts at the folder of the module.
  if (packageName === 'desm')
    return name === 'join'
      ? native((call) =>
          join({ ...call, args: [paths.get('dirname')?.({ ...call, args: call.args.slice(0, 1) }) ?? unknown, ...call.args.slice(1)] }),
        )
      : undefined;
  const known = /^(?:node:)?(path|url|fs)$/.exec(packageName)?.[1];
  if (!known) return undefined;
  if (known === 'fs') {
    if (name === 'readdirSync' || name === 'readdir') return native(entries);
    return name === 'promises' || name === '*' || name === 'default'
      ? api('fs', { member: (inner) => pathPackage('fs', inner) })
      : undefined;
  }
  const member = paths.get(name);
  if (member) return native(member);
  return name === '*' || name === 'default' || name === 'posix'
    ? api('path', { member: (inner) => pathPackage('path', inner) })
    : undefined;
}
