import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { migrationText } from '../../src/evidence/isolation-fix.ts';
import { leakOf } from '../../src/evidence/isolation-questions.ts';
import type { IsolationProof, ProvedDatabase, ProvedObject } from '../../src/evidence/isolation.ts';
import { proveAlone } from './prove.ts';

/** What became of things that leaked once all corrections that were tried for a repo stand in one migration. */
export interface Corrected {
  /** Things that leaked, tables made from generated types left out. */
  readonly leaky: number;
  /** Of those: that had a correction. */
  readonly corrected: number;
  /** Of those: that leak all the same when all corrections are applied together. */
  readonly left: readonly string[];
  /** Statements of the corrections that could not be applied behind the repo's own. */
  readonly failed: readonly string[];
}

const name = ({ kind, schema, name: own }: ProvedObject): string => `${kind} ${schema}.${own}`;

const leakyIn = ({ objects }: ProvedDatabase): ProvedObject[] =>
  objects.filter(
    (object) =>
      !object.reconstructed &&
      object.cells.some((cell) => cell.grade === 'proved' && cell.outcome === 'got' && leakOf(object, cell) === 'leak'),
  );

/** Behind every name of a migration, also of those without a date. */
const last = 'zzzz-corrections.sql';

/** Applies all corrections of a repo as one more migration, to a copy of it, and proves that again. */
export async function correctedTogether(root: string, { databases }: IsolationProof, kind: Sandbox['kind']): Promise<Corrected> {
  const leaky = databases.flatMap((database) => leakyIn(database));
  const copy = await mkdtemp(join(tmpdir(), 'launch-ready-corrected-'));
  try {
    await cp(root, copy, { recursive: true, filter: (path) => !/\/(?:\.git|node_modules)(?:\/|$)/.test(path) });
    for (const { folder, objects, escalations } of databases) {
      const fixes = [...objects, ...escalations].flatMap(({ fix }) => fix ?? []);
      const migrations = join(copy, folder, 'migrations');
      if (fixes.length > 0 && existsSync(migrations))
        await writeFile(join(migrations, last), `${migrationText(fixes.flatMap(({ statements }) => statements))}\n`);
    }
    const again = await proveAlone(copy, kind);
    const still = new Set(again.proof.databases.flatMap((database) => leakyIn(database)).map(name));
    const fixed = leaky.filter(({ fix }) => fix !== undefined);
    return {
      leaky: leaky.length,
      corrected: fixed.length,
      left: fixed.map(name).filter((one) => still.has(one)),
      failed: again.proof.databases
        .flatMap(({ rebuild }) => rebuild.failures)
        .filter(({ place }) => place.file?.endsWith(last))
        .map(({ sql, reason }) => `${sql}: ${reason}`),
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
