// What `launch-ready demo` audits: each example app with all its flaws, as one JSON file. npm leaves out files like .gitignore, so the
// apps cannot be shipped as folders.
import { join } from 'node:path';
import { applyFlaws, type Flaw, prepareTwin, readExample } from '../examples/flaws.ts';
import { flaws as portalFlaws } from '../examples/portal/flaws.ts';
import { flaws as supabaseFlaws } from '../examples/supabase-portal/flaws.ts';
import type { DemoApp } from '../src/cli/demo-apps.ts';

/** The apps in the order of the demo. `examples` is the folder of the clean ones. */
export const demoApps = (examples: string): Promise<DemoApp[]> =>
  Promise.all([
    appOf(examples, 'supabase-portal', 'a client portal as Lovable builds it, on Supabase', supabaseFlaws),
    appOf(examples, 'portal', 'the same portal on Node, Express and PostgreSQL', portalFlaws),
  ]);

/** Folder of the portal with all its flaws that show where it runs, and packages it can be bundled with. */
export const brokenPortal = (examples: string): Promise<string> => prepareTwin(join(examples, 'portal'), flawsIn(portalFlaws));

async function appOf(examples: string, name: string, describes: string, flaws: readonly Flaw[]): Promise<DemoApp> {
  const files = applyFlaws(await readExample(join(examples, name)), flawsIn(flaws));
  return { name, describes, files: Object.fromEntries([...files].map(([path, content]) => [path, content.toString('base64')])) };
}

/** What only shows where the app runs is not seen in a folder. */
const flawsIn = (flaws: readonly Flaw[]): Flaw[] =>
  togetherPossible(flaws.filter(({ checks, live }) => checks.length > 0 || live === undefined));

/** Some flaws exclude each other; the first of them is taken. */
function togetherPossible(flaws: readonly Flaw[]): Flaw[] {
  const chosen: Flaw[] = [];
  for (const flaw of flaws)
    if (!chosen.some((other) => other.conflictsWith?.includes(flaw.id) || flaw.conflictsWith?.includes(other.id))) chosen.push(flaw);
  return chosen;
}
