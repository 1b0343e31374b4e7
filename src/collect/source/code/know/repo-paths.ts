import { posix } from 'node:path';
import { api, literal, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';

/** A file or folder of the repo as a value, so that `join(__dirname, 'routes')` leads to the files there. */
const repoPath = (path: string): Value =>
  api('repo-path', {
    data: path,
    member: (name) =>
      name === 'pathname' || name === 'href' ? repoPath(path) : name === 'toString' ? native(() => repoPath(path)) : undefined,
  });

/** The path behind a value, relative to the root of the repo; `__dirname` and `__filename` mean those of `from`. */
export function repoPathOf(value: Value | undefined, from: string): string | undefined {
  if (value?.api?.kind === 'repo-here') return value.api.data === 'folder' ? posix.dirname(from) : from;
  return value?.api?.kind === 'repo-path' ? (value.api.data as string) : undefined;
}

const here = (kind: 'folder' | 'file'): Value => api('repo-here', { data: kind });

/** Names that say where a module stands. */
export const placeNames: readonly (readonly [string, Value])[] = [
  ['__dirname', here('folder')],
  ['__filename', here('file')],
  [
    'import.meta',
    api('import-meta', {
      member: (name, { module }) => {
        if (name === 'url' || name === 'filename') return repoPath(module.path);
        if (name === 'dirname') return repoPath(posix.dirname(module.path));
        if (name === 'env')
          return api('environment', {
            member: (key) =>
              key === 'MODE' ? literal('production') : key === 'PROD' ? literal(true) : key === 'DEV' ? literal(false) : { env: key },
          });
        return undefined;
      },
    }),
  ],
];

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

const members: Readonly<Record<string, (call: NativeCall) => Value>> = {
  join,
  resolve: join,
  normalize: same,
  fileURLToPath: same,
  pathToFileURL: same,
  dirname: ({ args, module }) => {
    const path = repoPathOf(args[0], module.path);
    return path === undefined ? (args[0] ?? unknown) : repoPath(posix.dirname(path));
  },
};

/** Node's `path` and `url` modules, as far as they lead to files of the repo. */
export function pathPackage(packageName: string, name: string): Value | undefined {
  if (!/^(?:node:)?(?:path|url)(?:\/posix)?$/.test(packageName)) return undefined;
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  if (member) return native(member);
  return name === '*' || name === 'default' || name === 'posix'
    ? api('path', { member: (inner) => pathPackage('path', inner) })
    : undefined;
}
