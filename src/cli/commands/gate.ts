import type { Command } from '../command.ts';
import { gateReasons } from '../gate-reasons.ts';
import { judgedRun } from '../judged-run.ts';

/** `launch-ready gate [FOLDER] [URL]`: the same run, held against baseline and waivers; says why it stops or lets pass. */
export const gate: Command = async (args, session) => {
  const { exitCode, verdict, plan } = await judgedRun(args, session, { usualBaseline: true });
  process.stderr.write(`${gateReasons(verdict, plan.policy).join('\n')}\n`);
  return exitCode;
};
