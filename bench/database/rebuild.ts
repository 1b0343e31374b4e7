import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { platformTemplate, rebuild } from '../../src/collect/database/rebuild/rebuild.ts';
import { openSandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { type DatabaseInput, databaseInputs, describedBy } from '../../src/collect/source/database/input.ts';
import { openTree } from '../../src/collect/source/tree.ts';
import type { Failure, Rebuild } from '../../src/evidence/isolation.ts';
import type { BenchOptions } from '../main.ts';

/** Share of all statements that must be applied, in percent. */
const target = 96;

/** Rebuilds the databases of each repo of a folder, each in a sandbox of its own, and prints a line for each. */
export async function benchRebuild({ corpus, match = '', list, engine }: BenchOptions): Promise<boolean> {
  if (corpus === undefined) throw new Error('Name the folder with the repos: --corpus DIR');
  let [statements, settled] = [0, 0];
  for (const repo of readdirSync(corpus).filter((name) => name.includes(match)))
    for (const input of databaseInputs(openTree(join(corpus, repo)))) {
      if (input.sequence.length + input.types.tables.length + input.described.length === 0) continue;
      const record = await measure(repo, input, engine === 'pglite' ? 'pglite' : 'postgresql');
      statements += record.statements;
      settled += record.applied + record.superseded;
      if (list) for (const failure of record.failures) console.log(told(failure));
    }
  const share = (100 * settled) / statements;
  console.log(`\n${statements} statements, ${share.toFixed(1)} % applied or superseded (target: ${target} %)`);
  return share >= target;
}

async function measure(repo: string, input: DatabaseInput, kind: 'postgresql' | 'pglite'): Promise<Rebuild> {
  const sandbox = await openSandbox({ kind });
  try {
    const begun = performance.now();
    await platformTemplate(sandbox, input.supabase);
    const base = performance.now() - begun;
    const { record, cutShort } = await rebuild(sandbox, {
      files: input.sequence,
      described: describedBy(input),
      supabase: input.supabase,
      grants: 'default',
    });
    const { statements, applied, superseded, retried, reconstructed, stubs, failures, ms } = record;
    const share = statements === 0 ? '-' : ((100 * (applied + superseded)) / statements).toFixed(1);
    const parts = [
      repo.slice(0, 42).padEnd(42),
      input.files.folder.slice(-24).padEnd(24),
      `${statements} statements`.padStart(16),
      `${share} %`.padStart(8),
      `retried ${retried}, superseded ${superseded}, reconstructed ${reconstructed.length}`,
      `start ${ms.start.toFixed(0)} ms, base ${base.toFixed(0)} ms, apply ${ms.apply.toFixed(0)} ms`,
      codes(failures),
      stubs.length === 0 ? '' : `stand-ins: ${stubs.join(' ')}`,
      cutShort === undefined ? '' : `CUT SHORT: ${cutShort}`,
    ];
    console.log(parts.filter((part) => part !== '').join('  '));
    return record;
  } finally {
    await sandbox.close();
  }
}

function codes(failures: readonly Failure[]): string {
  const counts = new Map<string, number>();
  for (const { code } of failures) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([code, count]) => `${code}:${count}`)
    .join(' ');
}

function told({ place, code, reason, sql, touches, closes, opens }: Failure): string {
  const directions = [...(closes ? ['closes'] : []), ...(opens ? ['opens'] : [])].join(' and ') || 'neither closes nor opens';
  return `    ${place.file}:${place.line} ${code} ${reason}\n        ${sql}\n        ${touches.join(' ')} ${directions}`;
}
