import type { Command } from '../command.ts';
import { judgedRun } from '../judged-run.ts';

/** `launch-ready email [FOLDER] [URL|DOMAIN]`: whether mail of the domain arrives, and whose mail of it is believed. */
export const email: Command = async (args, session) => {
  if (args.on('watch')) return (await import('./email-watch.ts')).emailWatch(args, session);
  const { exitCode } = await judgedRun(args, session, { stages: ['email'], usualBaseline: false });
  return exitCode;
};
