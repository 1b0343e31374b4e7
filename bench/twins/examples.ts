import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Flaw, materialise } from '../../examples/flaws.ts';
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

/** Runs `use` on a twin of the example with these flaws, in a folder of its own that is removed afterwards. */
export async function withTwin<T>(example: Example, flaws: readonly Flaw[], use: (folder: string) => Promise<T>): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'launch-ready-bench-'));
  try {
    const folder = join(parent, example.name);
    await materialise(example.folder, flaws, folder);
    return await use(folder);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** Files that a flaw edits or brings along. */
export const filesOf = (flaw: Flaw): ReadonlySet<string> => new Set([...flaw.edits, ...(flaw.adds ?? [])].map(({ file }) => file));
