import { join } from 'node:path';
import { checks as allChecks } from '../../src/checks/index.ts';
import { liveAccessCollectorIn } from '../../src/collect/access/collector.ts';
import { theInternet } from '../../src/collect/access/ownership/outside.ts';
import { collectors } from '../../src/collect/index.ts';
import { type Check, stageOf } from '../../src/core/check.ts';
import { run } from '../../src/core/engine.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { Target } from '../../src/core/target.ts';
import { liveAccess, type LiveAccess } from '../../src/evidence/live-access.ts';
import type { LabApp, RunningApp } from './app.ts';
import { keepExchanges } from './replay/exchanges.ts';
import { type Probe, probesOf } from './replay/probes.ts';

export interface Tried {
  readonly findings: readonly Finding[];
  /** Absent where the app could not be tried. */
  readonly live?: LiveAccess;
  /** What outsiders tried, beside what other tools' rules say of it. */
  readonly probes: readonly Probe[];
  /** Why, in words. */
  readonly fault?: string;
  /** Milliseconds of trying it as several people; looking at it from outside is not in it. */
  readonly ms: number;
}

/** What an app gives to others: what `launch-ready access` proves with writes allowed, and what `launch-ready audit` sees from outside. `browser`: in Chromium too. */
export async function tryApp(folder: string, lab: LabApp, { url }: RunningApp, browser = false): Promise<Tried> {
  const { app, source, people = [], allow } = lab;
  const root = source === undefined ? {} : { root: join(folder, app, source) };
  const target = { url, people, browser, ...root, ...(allow && { allow }), scope: { hosts: [url.host], requests: 6_000, history: false } };
  const { observe, exchanges } = keepExchanges();
  const watched = collectors.map((one) => (one.provides.id === liveAccess.id ? liveAccessCollectorIn(theInternet, observe) : one));
  const begun = performance.now();
  const { result, evidence, faults } = await judged(
    { ...target, writes: true },
    (check) => needsOf(check).some(({ id }) => id === liveAccess.id),
    watched,
  );
  const ms = performance.now() - begun;
  // The code names the folders that are listed; what it shows besides is the business of another benchmark.
  const outside = await judged(
    { url, ...root, scope: { ...target.scope, requests: 300 } },
    (check) => stageOf(check) === 'audit' && needsOf(check).every(({ id }) => id.startsWith('http.')),
  );
  const told = evidence[liveAccess.id] as LiveAccess | undefined;
  const live = told?.origin === '' ? undefined : told;
  const findings = [...result, ...outside.result];
  return {
    findings,
    ms,
    probes: live ? probesOf({ app: lab, live, findings, exchanges }) : [],
    ...(live && { live }),
    ...(faults !== undefined && { fault: faults }),
  };
}

const needsOf = (check: Check): Evidence[] => Object.values<Evidence>(check.needs);

async function judged(target: Target, wanted: (check: Check) => boolean, by = collectors) {
  const { run: told, evidence } = await run({
    checks: allChecks.filter(wanted),
    collectors: by,
    target,
    targetArguments: '',
    version: 'bench',
  });
  const faults = told.findings.find(({ outcome, check }) => outcome === 'unknown' && check === 'access/route-stranger-reads')?.message;
  return { result: told.findings, evidence, faults };
}
