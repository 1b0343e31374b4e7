import { checks } from '../src/checks/index.ts';
import { collectors } from '../src/collect/index.ts';
import { run } from '../src/core/engine.ts';
import type { Finding } from '../src/core/finding.ts';

export interface AuditResult {
  readonly fails: readonly Finding[];
  /** How many things could not be told. */
  readonly unknown: number;
  /** Collectors that stopped with a fault, in words. */
  readonly faults: readonly string[];
  /** Milliseconds of wall time. */
  readonly ms: number;
}

/** Ids of the checks there are. */
export const knownChecks: ReadonlySet<string> = new Set(checks.map(({ id }) => id));

/** The whole audit of a folder, in this process, as `launch-ready audit FOLDER --no-history` does it. */
export async function auditFolder(root: string): Promise<AuditResult> {
  const { run: result } = await run({
    checks,
    collectors,
    target: { root, scope: { hosts: [], requests: 0, history: false } },
    version: '0',
    targetArguments: '',
  });
  return {
    fails: result.findings.filter(({ outcome }) => outcome === 'fail'),
    unknown: result.findings.filter(({ outcome }) => outcome === 'unknown').length,
    faults: result.evidence.flatMap(({ id, fault }) => (fault ? [`${id}: ${fault.message}`] : [])),
    ms: result.durationMs,
  };
}
