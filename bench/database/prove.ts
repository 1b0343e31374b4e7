import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks as allChecks } from '../../src/checks/index.ts';
import { chosenInputs } from '../../src/collect/database/chosen.ts';
import { isolationCollectorIn } from '../../src/collect/database/collector.ts';
import { rebuild } from '../../src/collect/database/rebuild/rebuild.ts';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { collectors } from '../../src/collect/index.ts';
import { describedBy } from '../../src/collect/source/database/input.ts';
import { openTree } from '../../src/collect/source/tree.ts';
import { type AnyCheck, stageOf } from '../../src/core/check.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import { run } from '../../src/core/engine.ts';
import type { Finding } from '../../src/core/finding.ts';
import { type IsolationProof, isolationProof } from '../../src/evidence/isolation.ts';

/** What the stage `access` says of a folder. */
export interface Proved {
  readonly proof: IsolationProof;
  readonly findings: readonly Finding[];
  /** Ids of checks with a fail. */
  readonly failed: readonly string[];
  /** Milliseconds from the folder to the findings. */
  readonly ms: number;
}

export const databaseChecks = allChecks.filter(
  (check) => stageOf(check) === 'access' && Object.values<Evidence>(check.needs).some(({ id }) => id === isolationProof.id),
);

/** Proves the isolation of a folder's database in a sandbox that stays open, and judges it. Throws where the collector could not look. */
export const proveFolder = (root: string, sandbox: Sandbox, checks: readonly AnyCheck[] = databaseChecks): Promise<Proved> =>
  proveWith(
    root,
    isolationCollectorIn(async () => ({ sandbox, release: async () => undefined })),
    checks,
  );

/** The same in a sandbox of its own, which is started and ended with it, as the command line does the first time: nothing is kept from earlier runs. */
export const proveAlone = (root: string, kind: Sandbox['kind']): Promise<Proved> =>
  cold((cache) =>
    proveWith(
      root,
      isolationCollectorIn(async () => {
        const sandbox = await openSandbox({ kind, cache });
        return { sandbox, release: () => sandbox.close() };
      }),
    ),
  );

/** Milliseconds of what cannot be spared of that: starting the engine, making the platform, applying the SQL, and nothing else at the same time. */
export const floorOf = (root: string, kind: Sandbox['kind']): Promise<number> =>
  cold(async (cache) => {
    const inputs = chosenInputs(openTree(root));
    const begun = performance.now();
    const sandbox = await openSandbox({ kind, cache });
    try {
      for (const { sequence, supabase, ...input } of inputs) {
        const { db } = await rebuild(sandbox, {
          files: sequence,
          described: describedBy({ sequence, supabase, ...input }),
          supabase,
          grants: 'default',
        });
        await db.close();
      }
      return performance.now() - begun;
    } finally {
      await sandbox.close();
    }
  });

async function cold<T>(work: (cache: string) => Promise<T>): Promise<T> {
  const cache = await mkdtemp(join(tmpdir(), 'launch-ready-bench-'));
  try {
    return await work(cache);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function proveWith(
  root: string,
  lent: ReturnType<typeof isolationCollectorIn>,
  checks: readonly AnyCheck[] = databaseChecks,
): Promise<Proved> {
  const { run: ran, evidence } = await run({
    checks,
    shown: [isolationProof],
    collectors: collectors.map((collector) => (collector.provides.id === isolationProof.id ? lent : collector)),
    version: '0',
    targetArguments: '',
    target: { root, scope: { hosts: [], requests: 0, history: false } },
  });
  const fault = ran.evidence.find(({ id }) => id === isolationProof.id)?.fault;
  if (fault) throw new Error(fault.message);
  const failed = [...new Set(ran.findings.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check))].toSorted();
  return { proof: evidence[isolationProof.id] as IsolationProof, findings: ran.findings, failed, ms: ran.durationMs };
}
