import type { Stage } from '../../core/stage.ts';
import type { Command } from '../command.ts';
import { gateReasons } from '../gate-reasons.ts';
import { judgedRun } from '../judged-run.ts';
import { UsageError } from '../usage-error.ts';

/**
 * `launch-ready gate [FOLDER] [URL]`: the same run, held against baseline and waivers; says why it stops or lets pass.
 * Writing a baseline succeeds: what stands in it is accepted by that very call.
 */
export const gate: Command = async (args, session) => {
  const { exitCode, verdict, plan } = await judgedRun(args, session, { stages: chosenStages(args.all('stage')), usualBaseline: true });
  const written = args.text('write-baseline');
  const lines =
    written === undefined
      ? gateReasons(verdict, plan.policy)
      : [`From now on the gate closes for findings that are not in ${written}. Commit it.`];
  process.stderr.write(`${lines.join('\n')}\n`);
  return written === undefined ? exitCode : 0;
};

const gated = ['audit', 'access'] as const satisfies readonly Stage[];

/** The stages named, else all that there are: a gate that looks at half of it unasked would be taken for a whole one. */
function chosenStages(named: readonly string[]): readonly Stage[] {
  const unknown = named.find((name) => !gated.some((stage) => stage === name));
  if (unknown !== undefined) throw new UsageError(`--stage ${unknown}: there is no such stage.`, `It is one of ${gated.join(', ')}.`);
  return gated.filter((stage) => named.length === 0 || named.includes(stage));
}
