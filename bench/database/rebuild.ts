import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { platformTemplate, rebuild } from '../../src/collect/database/rebuild/rebuild.ts';
import { databaseInputs, describedBy } from '../../src/collect/source/database/input.ts';
import { openTree } from '../../src/collect/source/tree.ts';
import type { Failure } from '../../src/evidence/isolation.ts';

/** Rebuilds the databases of each repo in a folder and prints a line for each: `tsx bench/database/rebuild.ts FOLDER [--match TEXT] [--list] [--engine pglite]`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    match: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    engine: { type: 'string', default: 'postgresql' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder with the repos.');

const share = (part: number, whole: number): string => (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1));
const total = { statements: 0, applied: 0, superseded: 0 };
for (const repo of readdirSync(folder).filter((name) => name.includes(values.match))) {
  const inputs = databaseInputs(openTree(join(folder, repo)));
  for (const input of inputs) {
    if (input.sequence.length === 0 && input.types.tables.length === 0 && input.described.length === 0) continue;
    const sandbox = await openSandbox({ kind: values.engine === 'pglite' ? 'pglite' : 'postgresql' });
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
      total.statements += record.statements;
      total.applied += record.applied;
      total.superseded += record.superseded;
      console.log(
        `${repo.slice(0, 42).padEnd(42)} ${input.files.folder.slice(0, 24).padEnd(24)} files ${record.files}  statements ${record.statements}  applied ${share(record.applied + record.superseded, record.statements)} %  (retried ${record.retried}, superseded ${record.superseded}, reconstructed ${record.reconstructed.length})  start ${record.ms.start.toFixed(0)} ms  base ${base.toFixed(0)} ms  apply ${record.ms.apply.toFixed(0)} ms  ${codes(record.failures)}${cutShort === undefined ? '' : `  CUT SHORT: ${cutShort}`}${record.stubs.length > 0 ? `  stubs ${record.stubs.join(' ')}` : ''}`,
      );
      if (values.list) list(record.failures);
    } finally {
      await sandbox.close();
    }
  }
}
console.log(
  `all: ${total.statements} statements, ${share(total.applied, total.statements)} % applied, ${share(total.applied + total.superseded, total.statements)} % with those that others superseded`,
);

function codes(failures: readonly Failure[]): string {
  const counts = new Map<string, number>();
  for (const { code } of failures) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([code, count]) => `${code}:${count}`)
    .join(' ');
}

function list(failures: readonly Failure[]): void {
  for (const { place, code, reason, sql, touches, closes, opens } of failures) {
    const directions = [...(closes ? ['closes'] : []), ...(opens ? ['opens'] : [])].join(', ');
    console.log(`    ${place.file}:${place.line} ${code} ${reason}\n        ${sql}\n        ${touches.join(' ')} ${directions}`);
  }
}
