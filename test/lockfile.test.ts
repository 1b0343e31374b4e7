import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}
const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as { packages: Record<string, Entry> };

/** The entry Node would find for `name` from the package at `path`. */
function entryFor(path: string, name: string): Entry | undefined {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const entry = lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`];
    if (entry || at === '') return entry;
  }
}

describe('package-lock.json', () => {
  it('holds every package for every platform, or npm ci refuses it', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.entries({ ...dependencies, ...optionalDependencies })
        .filter(([name, range]) => {
          const entry = entryFor(path, name);
          return !entry || (/^\d+\.\d+\.\d+$/.test(range) && entry.version !== range);
        })
        .map(([name, range]) => `${path || 'launch-ready'} needs ${name} ${range}`),
    );
    expect(Object.keys(lock.packages).length).toBeGreaterThan(200);
    expect(missing).toEqual([]);
  });

  it('names no registry, so that an install uses the one it is told', () => {
    expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
