import { join } from 'node:path';
import { type Flaw, materialise } from '../../examples/flaws.ts';
import { flaws as portalFlaws } from '../../examples/portal/flaws.ts';
import { flaws as supabaseFlaws } from '../../examples/supabase-portal/flaws.ts';
import { packageRoot } from './package-root.ts';

/** An example app with all its flaws switched on. */
export interface BrokenExample {
  readonly name: string;
  /** What it is, after "auditing ". */
  readonly describes: string;
  readonly flaws: readonly Flaw[];
}

/** The examples that come with this package. */
export const brokenExamples: readonly BrokenExample[] = [
  { name: 'supabase-portal', describes: 'a client portal as Lovable builds it, on Supabase', flaws: togetherPossible(supabaseFlaws) },
  { name: 'portal', describes: 'the same portal on Node, Express and PostgreSQL', flaws: togetherPossible(portalFlaws) },
];

/** Writes the broken app into `folder`, which must not exist yet. */
export const writeExample = (example: BrokenExample, folder: string): Promise<void> =>
  materialise(join(packageRoot(), 'examples', example.name), example.flaws, folder);

/** Some flaws exclude each other; the first of them is taken. */
function togetherPossible(flaws: readonly Flaw[]): Flaw[] {
  const chosen: Flaw[] = [];
  for (const flaw of flaws)
    if (!chosen.some((other) => other.conflictsWith?.includes(flaw.id) || flaw.conflictsWith?.includes(other.id))) chosen.push(flaw);
  return chosen;
}
