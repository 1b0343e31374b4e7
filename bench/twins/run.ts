import { auditFolder } from '../run-audit.ts';
import { type Example, filesOf, withTwin } from './examples.ts';
import type { TwinResult } from './score.ts';

/** Audits the clean twin of every example and one twin a flaw. `unknown` counts what could not be told on the clean twins. */
export async function runTwins(
  examples: readonly Example[],
  progress: (text: string) => void,
): Promise<{ readonly results: readonly TwinResult[]; readonly unknown: number; readonly faults: string[] }> {
  const results: TwinResult[] = [];
  const faults: string[] = [];
  let unknown = 0;
  for (const example of examples) {
    const clean = await withTwin(example, [], (folder) => auditFolder(folder));
    unknown += clean.unknown;
    faults.push(...clean.faults.map((fault) => `${example.name}: ${fault}`));
    results.push({ example: example.name, flaw: 'clean', expected: [], files: new Set(), found: clean.fails, ms: clean.ms });
    const known = new Set(clean.fails.map(({ fingerprint }) => fingerprint));
    for (const [nth, flaw] of example.flaws.entries()) {
      progress(`${example.name}: flaw ${nth + 1} of ${example.flaws.length}`);
      const { fails, faults: broken, ms } = await withTwin(example, [flaw], (folder) => auditFolder(folder, flaw.earlier !== undefined));
      faults.push(...broken.map((fault) => `${example.name} with ${flaw.id}: ${fault}`));
      results.push({
        example: example.name,
        flaw: flaw.id,
        expected: flaw.checks.filter((check) => check.startsWith('audit/')),
        files: filesOf(flaw),
        found: fails.filter(({ fingerprint }) => !known.has(fingerprint)),
        ms,
      });
    }
  }
  return { results, unknown, faults };
}
