import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run, type RunResult } from '../core/engine.ts';
import { judge, type Verdict } from '../core/gate.ts';
import type { Evidence } from '../core/evidence.ts';
import type { Finding } from '../core/finding.ts';
import { baselineName, type KnownFinding, knownFingerprints } from './baseline.ts';
import type { Session } from './command.ts';
import type { Plan } from './plan.ts';
import type { Teller } from './progress.ts';
import { version } from './version.ts';

/** Collects and judges as planned, with the facts that the reports show. Throws the abort's reason when the user stopped it: half a run is no result. */
export async function perform(plan: Plan, session: Session, tell: Teller, shown: readonly Evidence[] = []): Promise<RunResult> {
  const begin = (): Promise<RunResult> =>
    run({
      checks: plan.checks,
      off: plan.off,
      shown,
      collectors: plan.collectors,
      target: plan.target,
      targetArguments: plan.targetArguments,
      version,
      signal: session.signal,
      onProgress: tell.progress,
      ...(plan.evidence && { evidence: plan.evidence }),
    });
  try {
    const result = await begin();
    session.signal.throwIfAborted();
    // What was given is part of what the reports show.
    return plan.evidence ? { ...result, evidence: { ...plan.evidence, ...result.evidence } } : result;
  } finally {
    tell.end();
  }
}

/** The baseline the user named, else the one of the config, else (for `gate`) the usual file when it is there. */
export function baselineFile(plan: Plan, named: string | undefined, usual: boolean): string | undefined {
  if (named !== undefined) return named;
  if (plan.config.gate?.baseline !== undefined) return resolve(plan.base, plan.config.gate.baseline);
  const file = join(plan.base, baselineName);
  return usual && existsSync(file) ? file : undefined;
}

/** Applies policy, waivers and baseline; `baseline` is read before the work starts and given here. */
export function verdictOf(plan: Plan, findings: readonly Finding[], baseline: readonly KnownFinding[] | undefined): Verdict {
  const policy = baseline === undefined ? plan.policy : { ...plan.policy, baseline: knownFingerprints(baseline, findings) };
  return judge(findings, policy, new Date().toISOString().slice(0, 10));
}
