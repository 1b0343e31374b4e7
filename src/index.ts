/** The public API: declare checks and collectors, run them, judge the result. */
export { type AnyCheck, type Check, defineCheck, type Example, stageOf, type Trial } from './core/check.ts';
export { type AnyCollector, type CollectContext, type Collector, defineCollector } from './core/collector.ts';
export type { Block, Document, FindingItem } from './core/deliverable.ts';
export { run, type RunOptions, type RunResult } from './core/engine.ts';
export type { Progress } from './core/evidence-store.ts';
export { CollectFault, evidence, type Evidence, type Fault, type Given, type Needs, type Result, type ValueOf } from './core/evidence.ts';
export type { Finding, Observation, Outcome, Place, Proof, Suspicion } from './core/finding.ts';
export { defaultPolicy, type GatePolicy, judge, type Verdict, type Waiver } from './core/gate.ts';
export type { CheckRecord, EvidenceRecord, Run } from './core/run.ts';
export { type Effort, type Severity, severities, type Stage, stages } from './core/stage.ts';
export type { Input, Scope, Target } from './core/target.ts';
