import { type AnyCheck, mendedInOf, stageOf, type Trial } from './check.ts';
import type { Evidence, Fault } from './evidence.ts';
import { type EvidenceStore, evidenceStore, type StoreOptions } from './evidence-store.ts';
import { type Finding, fingerprintOf, type Observation } from './finding.ts';
import type { CheckRecord, Run } from './run.ts';
import { settle } from './settle.ts';
import { inputsOf } from './target.ts';
import { createVault } from './vault.ts';

export interface RunOptions extends StoreOptions {
  readonly checks: readonly AnyCheck[];
  /** Checks that somebody switched off: not run, and listed with the reason. */
  readonly off?: readonly { readonly check: AnyCheck; readonly reason: string }[];
  /** Facts that a deliverable shows besides what is judged; collected where their inputs were given, their faults recorded like any other. */
  readonly shown?: readonly Evidence[];
  readonly version: string;
  /** How the user names the target on the command line; goes into the replay commands. */
  readonly targetArguments: string;
}

export interface RunResult {
  readonly run: Run;
  /** The collected values by evidence id, for deliverables and `--save-evidence`. Scrubbed. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Collects what the checks need, judges it, and signs the findings. Never throws for a fault of the target. */
export async function run(options: RunOptions): Promise<RunResult> {
  const started = Date.now();
  const vault = createVault();
  const store = evidenceStore(options, vault);
  const have = inputsOf(options.target);
  const ids = new Set(options.checks.map(({ id }) => id));
  const findings: Finding[] = [];
  const records: CheckRecord[] = [];
  const judged = options.checks.map(async (check) => {
    const missing = [...store.inputsFor(Object.values(check.needs))].filter((input) => !have.has(input));
    if (missing.length > 0) return { check, missing, observations: [], trials: [] };
    return { check, missing, ...(await judge(check, store, ids)) };
  });
  const canShow = (fact: Evidence): boolean =>
    options.collectors.some(({ provides }) => provides.id === fact.id) && [...store.inputsFor([fact])].every((input) => have.has(input));
  const shown = Promise.all((options.shown ?? []).filter(canShow).map((fact) => store.get(fact)));
  for (const { check, missing, observations } of settle(await Promise.all(judged))) {
    const signed = sign(check, vault.scrubAll(observations), options.targetArguments);
    findings.push(...signed);
    const count = (outcome: string): number => signed.filter((finding) => finding.outcome === outcome).length;
    records.push({
      id: check.id,
      title: check.doc.title,
      state: missing.length > 0 ? 'out-of-reach' : 'judged',
      ...(missing.length > 0 && { wants: missing }),
      counts: { pass: count('pass'), fail: count('fail'), unknown: count('unknown'), notApplicable: count('not-applicable') },
    });
  }
  await shown;
  const none = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  for (const { check, reason } of options.off ?? [])
    records.push({ id: check.id, title: check.doc.title, state: 'off', reason, counts: none });
  return {
    run: {
      schema: 1,
      tool: { name: 'launch-ready', version: options.version },
      startedAt: new Date(started).toISOString(),
      durationMs: Date.now() - started,
      target: {
        ...(options.target.root !== undefined && { root: options.target.root }),
        ...(options.target.url !== undefined && { url: vault.scrub(options.target.url.href) }),
        ...(options.target.domains !== undefined && { domain: options.target.domains.apex }),
      },
      findings,
      checks: records,
      evidence: vault.scrubAll(store.records()),
    },
    evidence: vault.scrubAll(store.values()),
  };
}

/** What a check says, and what it tried. */
interface Judged {
  readonly observations: readonly Observation[];
  readonly trials: readonly Trial[];
}

/** `ids`: all checks of the run; what another of them tells is told once. */
async function judge(check: AnyCheck, store: EvidenceStore, ids: ReadonlySet<string>): Promise<Judged> {
  const given: Record<string, unknown> = {};
  const faults: Fault[] = [];
  // All at once: some facts are waited for, and others are worked out meanwhile.
  const asked = Object.entries<Evidence>(check.needs).map(([name, need]) => [name, store.get(need)] as const);
  for (const [name, pending] of asked) {
    const result = await pending;
    if (result.ok) given[name] = result.value;
    else faults.push(result.fault);
  }
  const fault = faults[0];
  if (fault) return only({ outcome: 'unknown', subject: 'evidence', message: `Could not look: ${fault.message}`, toKnow: fault.remedy });
  try {
    const observations = [...check.evaluate(given)].flatMap(({ toldBy, ...rest }) =>
      toldBy !== undefined && ids.has(toldBy) ? [] : [rest],
    );
    const trials = [...(check.trials?.(given) ?? [])];
    if (observations.length > 0) return { observations, trials };
    return { ...only({ outcome: 'not-applicable', subject: 'nothing', message: 'Nothing of this kind was found.' }), trials };
  } catch (error) {
    const message = `This check stopped with an error of ours: ${error instanceof Error ? error.message : String(error)}`;
    return only({ outcome: 'unknown', subject: 'bug', message, toKnow: 'Please report this; the rest of the run is not affected.' });
  }
}

const only = (observation: Observation): Judged => ({ observations: [observation], trials: [] });

function sign(check: AnyCheck, observations: readonly Observation[], targetArguments: string): Finding[] {
  const seen = new Map<string, number>();
  return observations.map((observation) => {
    const base = fingerprintOf(check.id, observation);
    const nth = (seen.get(base) ?? 0) + 1;
    seen.set(base, nth);
    // Two equal subjects in one check (copies in one file) must stay two findings with names that do not change.
    const fingerprint = nth === 1 ? base : fingerprintOf(check.id, { ...observation, subject: `${base}\u0000${nth}` });
    const id = `${check.id}#${fingerprint.slice(0, 8)}`;
    return {
      ...observation,
      id,
      check: check.id,
      stage: stageOf(check),
      title: check.doc.title,
      severity: observation.severity ?? check.severity,
      effort: check.doc.effort,
      why: check.doc.why,
      fix: observation.fix ?? check.doc.fix,
      replay: `launch-ready replay '${id}' ${targetArguments}`.trimEnd(),
      fingerprint,
      covers: check.covers,
      tripwire: check.tripwire ?? false,
      mendedIn: mendedInOf(check),
    };
  });
}
