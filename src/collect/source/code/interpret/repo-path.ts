import { posix } from 'node:path';
import type { Module } from '../module.ts';
import { api, stringOf, type Value } from './value.ts';

/** A file or folder of the repo as a value; `extra` answers for further members. */
export const repoPath = (path: string, member?: (name: string) => Value | undefined): Value =>
  api('repo-path', { data: path, ...(member && { member }) });

/** `__dirname` or `__filename`, whose module is known where they are used. */
export const repoHere = (kind: 'folder' | 'file'): Value => api('repo-here', { data: kind });

/** The path behind a value, relative to the root of the repo: of `join(__dirname, 'x')` or `${__dirname}/x` in the file `from`. */
export function repoPathOf(value: Value | undefined, from: string): string | undefined {
  if (value?.api?.kind === 'repo-here') return value.api.data === 'folder' ? posix.dirname(from) : from;
  if (value?.api?.kind === 'repo-path') return value.api.data as string;
  const [first, ...rest] = value?.parts ?? [];
  const base = first === undefined || typeof first === 'string' ? undefined : repoPathOf(first, from);
  if (base === undefined) return undefined;
  const texts = rest.map((part) => (typeof part === 'string' ? part : stringOf(part)));
  return texts.includes(undefined) ? undefined : posix.normalize(base + texts.join(''));
}

/** What `require(value)` or `import(value)` loads: a specifier, or a file of the repo as seen from its root. */
export function specifierOf(value: Value | undefined, module: Module): string | undefined {
  const path = repoPathOf(value, module.path);
  return path === undefined ? stringOf(value) : `/${path}`;
}
