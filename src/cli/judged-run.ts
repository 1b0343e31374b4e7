import { appendFileSync } from 'node:fs';
import { isLocal } from '../collect/http/client.ts';
import type { RunResult } from '../core/engine.ts';
import { exitCodes, type Verdict } from '../core/gate.ts';
import { inputsOf } from '../core/target.ts';
import type { Stage } from '../core/stage.ts';
import type { Arguments } from './arguments.ts';
import { readBaseline, writeBaseline } from './baseline.ts';
import type { Session } from './command.ts';
import { saveEvidence } from './evidence-folder.ts';
import { picturesIn, render, renderGithubSummary, shownBy } from './formats.ts';
import { checkFile, checkFolder, chosenOutputs, writeReport } from './output.ts';
import { baselineFile, perform, verdictOf } from './perform.ts';
import { savePictures } from './picture-folder.ts';
import { makePlan, type Plan } from './plan.ts';
import { teller } from './progress.ts';
import { colorWanted } from './color.ts';

export interface JudgedRun {
  readonly plan: Plan;
  readonly result: RunResult;
  readonly verdict: Verdict;
  readonly exitCode: number;
}

export interface JudgedRunOptions {
  readonly stages: readonly Stage[];
  /** Whether the usual baseline file counts without being named. */
  readonly usualBaseline: boolean;
  /** Called once the call is known to be right, before the work starts; may throw `UsageError`. */
  before?(plan: Plan): void | Promise<void>;
}

/** What the commands that judge share: plan, run, judge, write. All that can be wrong with the call is told before the work starts. */
export async function judgedRun(
  args: Arguments,
  session: Session,
  { stages, usualBaseline, before }: JudgedRunOptions,
): Promise<JudgedRun> {
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const outputs = chosenOutputs(args);
  const plan = makePlan(args, args.operands, stages, tell.notice);
  const writes = { baseline: args.text('write-baseline'), evidence: args.text('save-evidence') };
  const known = writes.baseline === undefined ? baselineFile(plan, args.text('baseline'), usualBaseline) : args.text('baseline');
  const baseline = known === undefined ? undefined : readBaseline(known);
  if (writes.baseline !== undefined) checkFile(writes.baseline);
  if (writes.evidence !== undefined) checkFolder(writes.evidence);

  await before?.(plan);
  if (stages.includes('access') && !plan.evidence) tell.notice(accessNotice(plan));

  const result = await perform(plan, session, tell, shownBy(stages));
  const verdict = verdictOf(plan, result.run.findings, baseline);
  const judged = { plan, result, verdict, exitCode: exitCodes[verdict.status] };
  const fullReport = outputs.find((output) => output.format === 'html' && output.file !== undefined)?.file;
  const pictures = savePictures(outputs, (folder) => picturesIn(judged, folder), tell.notice);
  for (const { format, file } of outputs) {
    const report = render(format, judged, {
      colour: file === undefined && colorWanted(args.on('color'), process.stdout),
      verbose: file !== undefined || (args.on('verbose') ?? false),
      ...(process.stdout.columns > 0 && { width: process.stdout.columns }),
      ...(fullReport !== undefined && { fullReport }),
      ...(pictures !== undefined && { pictures }),
    });
    if (file === undefined) process.stdout.write(report);
    else {
      writeReport(file, report);
      tell.notice(`Wrote ${file}`);
    }
  }
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary && outputs.some(({ format }) => format === 'github')) appendFileSync(summary, renderGithubSummary(judged));
  if (writes.evidence !== undefined) {
    saveEvidence(writes.evidence, result);
    tell.notice(`Wrote the facts into ${writes.evidence}`);
  }
  if (writes.baseline !== undefined)
    tell.notice(`Wrote ${writeBaseline(writes.baseline, result.run, stages)} known findings to ${writes.baseline}`);
  return judged;
}

/** What is about to happen, before it does. */
function accessNotice({ target }: Plan): string {
  const { root, url, writes } = target;
  const sandbox = root === undefined ? [] : ["Runs the repo's SQL in a sandbox of ours; touches nothing of yours."];
  const live =
    url === undefined || !inputsOf(target).has('people')
      ? []
      : [
          writes
            ? `Signs in to ${url.host}, makes things there as several people, and changes only those.`
            : `Signs in to ${url.host} and reads; --allow-writes makes things there, which proves more.`,
          ...(isLocal(url) ? [] : ['It is not on this machine, so it is asked slowly, and only once it is proven to be yours.']),
        ];
  return [...sandbox, ...live].join(' ');
}
