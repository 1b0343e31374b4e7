import { checks } from '../../src/checks/index.ts';
import { isolationCollectorIn } from '../../src/collect/database/collector.ts';
import type { Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { collectors } from '../../src/collect/index.ts';
import { stageOf } from '../../src/core/check.ts';
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
}

export const databaseChecks = checks.filter(
  (check) => stageOf(check) === 'access' && Object.values<Evidence>(check.needs).some(({ id }) => id === isolationProof.id),
);

/** Proves the isolation of a folder's database in a sandbox that stays open. Throws where the collector could not look. */
export async function proveFolder(root: string, sandbox: Sandbox): Promise<Proved> {
  const lent = isolationCollectorIn(async () => ({ sandbox, release: async () => undefined }));
  const { run: ran, evidence } = await run({
    checks: databaseChecks,
    shown: [isolationProof],
    collectors: collectors.map((collector) => (collector.provides.id === isolationProof.id ? lent : collector)),
    version: '0',
    targetArguments: '',
    target: { root, scope: { hosts: [], requests: 0, history: false } },
  });
  const fault = ran.evidence.find(({ id }) => id === isolationProof.id)?.fault;
  if (fault) throw new Error(fault.message);
  const failed = [...new Set(ran.findings.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check))].toSorted();
  return { proof: evidence[isolationProof.id] as IsolationProof, findings: ran.findings, failed };
}
