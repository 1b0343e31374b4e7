import type { Command } from '../command.ts';
import { gateReasons } from '../gate-reasons.ts';
import { judgedRun } from '../judged-run.ts';

/**
 * `launch-ready gate [FOLDER] [URL]`: the same run, held against baseline and waivers; says why it stops or lets pass.
 * Writing a baseline succeeds: what stands in it is accepted by that very call.
 */
export const gate: Command = async (args, session) => {
  const { exitCode, verdict, plan } = await judgedRun(args, session, { usualBaseline: true });
  const written = args.text('write-baseline');
  const lines =
    written === undefined
      ? gateReasons(verdict, plan.policy)
      : [`From now on the gate closes for findings that are not in ${written}. Commit it.`];
  process.stderr.write(`${lines.join('\n')}\n`);
  return written === undefined ? exitCode : 0;
};
