import type { Command } from '../command.ts';
import { judgedRun } from '../judged-run.ts';

/** `launch-ready audit [FOLDER] [URL]`: the risk list. */
export const audit: Command = async (args, session) => {
  const { exitCode } = await judgedRun(args, session, { stages: ['audit'], usualBaseline: false });
  return exitCode;
};
