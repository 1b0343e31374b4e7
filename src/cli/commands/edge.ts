import type { Command } from '../command.ts';
import { judgedRun } from '../judged-run.ts';

/** `launch-ready edge [FOLDER] [URL|DOMAIN]`: the domain map, and what stands between customers and the app. */
export const edge: Command = async (args, session) => {
  if (args.on('watch')) return (await import('./edge-watch.ts')).edgeWatch(args, session);
  const { exitCode } = await judgedRun(args, session, { stages: ['edge'], usualBaseline: false });
  return exitCode;
};
