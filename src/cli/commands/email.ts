import { keptJournals } from '../../collect/access/journal/folder.ts';
import type { Command } from '../command.ts';
import { judgedRun } from '../judged-run.ts';

/** `launch-ready email [FOLDER] [URL|DOMAIN]`: whether mail of the domain arrives, and whose mail of it is believed. */
export const email: Command = async (args, session) => {
  if (args.on('watch')) return (await import('./email-verify.ts')).verifyMail(args, session, true);
  try {
    const { exitCode } = await judgedRun(args, session, { stages: ['email'], usualBaseline: false });
    return exitCode;
  } finally {
    // A run that came to its end names what stays in its report, and leaves no journal.
    if (broke())
      process.stderr.write(
        'What was made in the app to get its mails may still be there: launch-ready access cleanup removes what can be removed, and names the rest.\n',
      );
  }
};

/** Whether this run left a journal; not where it cannot be read. */
function broke(): boolean {
  try {
    return keptJournals().some(({ pid }) => pid === process.pid);
  } catch {
    return false;
  }
}
