import type { Tree as Syntax } from '@lezer/common';
import type { Place } from '../../../core/finding.ts';
import { maxSourceBytes, type Tree } from '../tree.ts';
import type { Scope } from './value.ts';

/** A Python file of the repo. */
export interface Module {
  readonly path: string;
  readonly text: string;
  readonly syntax: Syntax;
  readonly scope: Scope;
  state: 'new' | 'running' | 'done';
  place(node: { readonly from: number }): Place;
}

/** The Python of a repo; files are parsed on first demand. */
export interface Sources {
  /** Product files: no tests, no ignored ones, no build output. */
  readonly paths: readonly string[];
  text(path: string): string | undefined;
  module(path: string): Module | undefined;
  /** The file or folder behind a module's name, as `from` imports it; `undefined` where it is a package's. Folders end in `/`. */
  resolve(name: string, from: string): string | undefined;
}

const notProduct =
  /(?:^|\/)(?:tests?|testing|e2e|migrations|alembic|versions|site-packages|docs(?:_src)?|examples?|node_modules)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|tests|conftest|setup|noxfile|fabfile)\.py$/;

/** Packages that are never a folder of the repo, whatever its folders are called. */
const packages =
  /^(?:fastapi|starlette|flask\w*|quart|django|rest_framework\w*|pydantic\w*|sqlalchemy|typing\w*|functools|os|sys|re|json|logging|datetime|importlib|connexion|werkzeug)(?:\.|$)/;

/** Opens the Python of a tree. `parse` is the parser's, handed in so that it is loaded only where there is Python. */
export function openPython(tree: Tree, parse: (text: string) => Syntax): Sources {
  const all = tree.files.filter(({ path, ignored, built }) => path.endsWith('.py') && !ignored && !built).map(({ path }) => path);
  const known = new Set(all);
  const folders = new Set<string>();
  /** Folders below which something of that name stands. */
  const homes = new Map<string, Set<string>>();
  const home = (name: string, folder: string): void => {
    const list = homes.get(name) ?? new Set<string>();
    homes.set(name, list.add(folder));
  };
  for (const path of all) {
    const parts = path.split('/');
    const file = parts.pop() ?? '';
    home(file.replace(/\.py$/, ''), parts.length > 0 ? `${parts.join('/')}/` : '');
    for (let depth = parts.length; depth > 0; depth -= 1) {
      const folder = `${parts.slice(0, depth).join('/')}/`;
      if (folders.has(folder)) break;
      folders.add(folder);
      home(parts[depth - 1] ?? '', depth > 1 ? `${parts.slice(0, depth - 1).join('/')}/` : '');
    }
  }
  const below = (folder: string, name: string): string | undefined => {
    const path = `${folder}${name.replaceAll('.', '/')}`;
    if (name === '') return known.has(`${folder}__init__.py`) ? `${folder}__init__.py` : folder;
    if (known.has(`${path}/__init__.py`)) return `${path}/__init__.py`;
    if (known.has(`${path}.py`)) return `${path}.py`;
    return folders.has(`${path}/`) ? `${path}/` : undefined;
  };
  const texts = new Map<string, string | undefined>();
  const text = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, tree.text(path, maxSourceBytes));
    return texts.get(path);
  };
  const modules = new Map<string, Module | undefined>();
  return {
    paths: all.filter((path) => !notProduct.test(path)),
    text,
    module(path) {
      if (!modules.has(path)) modules.set(path, load(path));
      return modules.get(path);
    },
    resolve(name, from) {
      const folder = from.slice(0, from.lastIndexOf('/') + 1);
      const dots = /^\.*/.exec(name)?.[0].length ?? 0;
      if (dots > 0) {
        let base = folder;
        for (let up = 1; up < dots; up += 1) base = base.replace(/[^/]+\/$/, '');
        return below(base, name.slice(dots));
      }
      if (packages.test(name)) return undefined;
      for (let base = folder; ; base = base.replace(/[^/]+\/$/, '')) {
        const found = below(base, name);
        // A file does not import itself by its own name: `redis.py` imports the package.
        if (found !== undefined && found !== from) return found;
        if (base === '') break;
      }
      const others = [...(homes.get(name.split('.')[0] ?? '') ?? [])].toSorted(
        (a, b) => shared(b, from) - shared(a, from) || a.length - b.length,
      );
      for (const base of others) {
        const found = below(base, name);
        // One name alone is as likely a package: only where it is of the same part of the repo.
        if (found !== undefined && found !== from && (name.includes('.') || shared(base, from) > 0)) return found;
      }
      return undefined;
    },
  };

  function load(path: string): Module | undefined {
    const source = text(path);
    if (source === undefined) return undefined;
    let lines: number[] | undefined;
    const module: Module = {
      path,
      text: source,
      syntax: parse(source),
      scope: { names: new Map(), module: undefined as unknown as Module },
      state: 'new',
      place: ({ from }) => ({ file: path, line: lineAt((lines ??= lineStarts(source)), from) }),
    };
    (module.scope as { module: Module }).module = module;
    return module;
  }
}

/** How many folders two paths have in common. */
function shared(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  let count = 0;
  while (count < left.length - 1 && left[count] === right[count]) count += 1;
  return count;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line, from 1, by halving: places are asked for at every call. */
function lineAt(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
