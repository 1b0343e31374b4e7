import { checks as allChecks } from '../src/checks/index.ts';
import { httpClient, openConnection } from '../src/collect/http/client.ts';
import { collectors } from '../src/collect/index.ts';
import { stageOf, type AnyCheck } from '../src/core/check.ts';
import { run, type RunOptions, type RunResult } from '../src/core/engine.ts';
import type { Evidence } from '../src/core/evidence.ts';
import type { Finding } from '../src/core/finding.ts';

export interface AuditResult {
  /** What is wrong; of a check that only ever doubts, what it doubts. */
  readonly fails: readonly Finding[];
  /** Ids of the checks that looked at something and found it right, and found nothing wrong. */
  readonly passed: ReadonlySet<string>;
  /** How many things could not be told. */
  readonly unknown: number;
  /** Collectors that stopped with a fault, in words. */
  readonly faults: readonly string[];
  /** Milliseconds of wall time. */
  readonly ms: number;
  /** All that a report could show of the run. */
  readonly whole: RunResult;
}

/** Those that `audit` runs. */
const checks = allChecks.filter((check) => stageOf(check) === 'audit');

/** Ids of the checks there are. */
export const knownChecks: ReadonlySet<string> = new Set(checks.map(({ id }) => id));

/** Ids of the checks that need the running app. */
export const liveChecks: ReadonlySet<string> = new Set(
  checks.filter(({ needs }) => Object.values<Evidence>(needs).some(({ id }) => id.startsWith('http.'))).map(({ id }) => id),
);

/** Checks without an example that fails: not knowing is the worst they say, and what they are for. */
const doubtsOnly: ReadonlySet<string> = new Set(checks.filter(({ examples }: AnyCheck) => examples.fails.length === 0).map(({ id }) => id));

/** The whole audit of a folder, in this process, as `launch-ready audit FOLDER` does it; without the git history unless it is asked for. */
export const auditFolder = (root: string, history = false): Promise<AuditResult> =>
  audit({ collectors, target: { root, scope: { hosts: [], requests: 0, history } } });

/** An app that runs on this machine under a name that only we know, as `curl --resolve` would reach it. */
export interface RunningApp {
  readonly url: URL;
  readonly address: string;
  /** Certificates of authorities to trust besides those of the system, PEM. */
  readonly authorities: readonly string[];
}

/** Nothing here measures time: on a machine that has more to do, the portal answers late, and we read the code meanwhile. */
const patient = { connectMs: 60_000, headersMs: 120_000, idleMs: 120_000, totalMs: 120_000 };

/** The whole audit of the running app, and of a folder with it, as `launch-ready audit [FOLDER] URL` does it. */
export function auditRunning({ url, address, authorities }: RunningApp, root?: string): Promise<AuditResult> {
  const connection = openConnection({ pins: { [url.hostname]: address }, authorities, limits: patient });
  return audit({
    collectors: collectors.map((collector) => ({
      ...(collector.provides.id === httpClient.id ? connection : collector),
      timeoutMs: patient.totalMs * 2,
    })),
    target: { ...(root !== undefined && { root }), url, scope: { hosts: [url.host], requests: 300, history: false } },
  });
}

async function audit(options: Pick<RunOptions, 'collectors' | 'target'>): Promise<AuditResult> {
  const whole = await run({ ...options, checks, version: '0', targetArguments: '' });
  const { findings, evidence, durationMs } = whole.run;
  const fails = findings.filter(({ check, outcome }) => outcome === 'fail' || (outcome === 'unknown' && doubtsOnly.has(check)));
  const failed: ReadonlySet<string> = new Set(fails.map(({ check }) => check));
  return {
    fails,
    passed: new Set(findings.flatMap(({ check, outcome }) => (outcome === 'pass' && !failed.has(check) ? [check] : []))),
    unknown: findings.filter(({ outcome }) => outcome === 'unknown').length,
    faults: evidence.flatMap(({ id, fault }) => (fault ? [`${id}: ${fault.message}`] : [])),
    ms: durationMs,
    whole,
  };
}
