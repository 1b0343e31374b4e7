import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Rival } from './rival.ts';

const home = join(import.meta.dirname, '../.rivals');

/** Installs a tool once into a folder of its own, without running any script of it. Returns that folder, or says why it is not there. */
export async function install(rival: Rival): Promise<{ readonly home: string } | { readonly missing: string }> {
  const folder = join(home, rival.name);
  if (await isInstalled(rival, folder)) return { home: folder };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: rival.packages }, null, 2));
  try {
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
    await promisify(execFile)('npm', args, { cwd: folder, timeout: 300_000, maxBuffer: 2 ** 26 });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    return { missing: (/npm error code \S+/.exec(stderr ?? '')?.[0] ?? message.split('\n')[0] ?? '').slice(0, 200) };
  }
  return (await isInstalled(rival, folder)) ? { home: folder } : { missing: 'npm did not install it' };
}

async function isInstalled({ packages }: Rival, folder: string): Promise<boolean> {
  for (const [name, version] of Object.entries(packages)) {
    const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8').catch(() => '{}');
    if ((JSON.parse(text) as { version?: string }).version !== version) return false;
  }
  return true;
}
