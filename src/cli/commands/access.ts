import type { StartedApp } from '../../collect/access/app/start.ts';
import { keptJournals } from '../../collect/access/journal/folder.ts';
import { inputsOf } from '../../core/target.ts';
import { plural } from '../../core/wording.ts';
import { chart, collectedSources } from '../../evidence/access-chart.ts';
import { noLock } from '../../evidence/access-lock.ts';
import type { Command } from '../command.ts';
import { type JudgedRun, judgedRun } from '../judged-run.ts';
import { checkLock, writeLock } from '../lock-file.ts';
import { nobodyToSignIn } from '../nobody.ts';
import { startedApp, withApp } from '../started-app.ts';
import { UsageError } from '../usage-error.ts';

/** `launch-ready access [FOLDER]`: rebuilds the database of the repo in a sandbox, tries everything as other customers, and shows the access matrix. */
export const access: Command = async (args, session) => {
  const writes = args.on('write-lock') === true;
  let app: StartedApp | undefined;
  const run = (): Promise<JudgedRun> =>
    judgedRun(args, session, {
      stages: ['access'],
      usualBaseline: false,
      async before({ lock, target, evidence, config, base }) {
        if (target.root === undefined && !evidence && !inputsOf(target).has('people')) throw nobodyToSignIn(target.url);
        if (writes && !lock) throw new UsageError('--write-lock needs a folder, or --lock FILE: where should it be written?');
        if (writes && lock) checkLock(lock);
        if (args.on('start')) app = await startedApp(config, target.url, base, session.signal);
      },
    });
  const { exitCode, plan, result } = await told(() => withApp(() => app, run));
  if (!writes || !plan.lock) return exitCode;
  const rows = chart(collectedSources(result.evidence), plan.lock.value ?? noLock);
  if (rows.length === 0)
    throw new UsageError(`${plan.lock.shown} was not written: nothing could be tried, so there is no matrix.`, 'The report says why.');
  const lines = writeLock(plan.lock, rows);
  process.stderr.write(
    `Wrote ${plural(lines, 'line')} to ${plan.lock.shown}. Read them, answer what stands under "shared", and commit the file.\n`,
  );
  return exitCode;
};

/** Whatever became of a run: what it left in an app is told, and how to remove it. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    const things = keptJournals().reduce((sum, kept) => sum + kept.things.length + kept.restorings.length, 0);
    if (things > 0)
      process.stderr.write(
        `${plural(things, 'thing')} made in an app for the test may still be there: launch-ready access cleanup removes what can be removed.\n`,
      );
  }
}
