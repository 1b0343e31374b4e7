import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type AddedFile, type Flaw, materialise } from '../../examples/flaws.ts';
import { flaws as portalFlaws } from '../../examples/portal/flaws.ts';
import { flaws as supabaseFlaws } from '../../examples/supabase-portal/flaws.ts';
import { flaws as firebaseFlaws } from '../../test/fixtures/firebase-portal/flaws.ts';
import { flaws as nextFlaws } from '../../test/fixtures/next-portal/flaws.ts';

/** An example app with the flaws that can be put into it. */
export interface Example {
  readonly name: string;
  readonly folder: string;
  readonly flaws: readonly Flaw[];
}

const root = join(import.meta.dirname, '../..');

export const examples: readonly Example[] = [
  { name: 'portal', folder: join(root, 'examples/portal'), flaws: portalFlaws },
  { name: 'supabase-portal', folder: join(root, 'examples/supabase-portal'), flaws: supabaseFlaws },
  { name: 'next-portal', folder: join(root, 'test/fixtures/next-portal'), flaws: nextFlaws },
  { name: 'firebase-portal', folder: join(root, 'test/fixtures/firebase-portal'), flaws: firebaseFlaws },
];

/**
 * Runs `use` on a twin of the example with these flaws, in a folder of its own that is removed afterwards. A twin whose flaw lies in what was
 * committed earlier is a git repository with these commits.
 */
export async function withTwin<T>(example: Example, flaws: readonly Flaw[], use: (folder: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'launch-ready-bench-'));
  try {
    const folder = join(parent, example.name);
    await materialise(example.folder, flaws, folder);
    const earlier = flaws.flatMap((flaw) => flaw.earlier ?? []);
    if (earlier.length > 0) await commitEarlier(folder, earlier);
    return await use(folder);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Makes the folder a repository of two commits: one that has these files as well, and one that deletes them. */
async function commitEarlier(folder: string, earlier: readonly AddedFile[]): Promise<void> {
  const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: folder, stdio: 'pipe', env: { ...process.env, ...author } });
  const paths = earlier.map(({ file }) => join(folder, file));
  for (const [index, { text }] of earlier.entries()) {
    await mkdir(dirname(paths[index]!), { recursive: true });
    await writeFile(paths[index]!, text);
  }
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Start');
  for (const path of paths) await rm(path);
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Delete what is not needed');
}

/** A made-up person, and none of the settings of whoever runs the bench. */
const author = {
  GIT_AUTHOR_NAME: 'Nora',
  GIT_AUTHOR_EMAIL: 'nora@northwind.example',
  GIT_COMMITTER_NAME: 'Nora',
  GIT_COMMITTER_EMAIL: 'nora@northwind.example',
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Files that a flaw edits or brings along, or once did. */
export const filesOf = (flaw: Flaw): ReadonlySet<string> =>
  new Set([...flaw.edits, ...(flaw.adds ?? []), ...(flaw.earlier ?? [])].map(({ file }) => file).concat(flaw.removes ?? []));
