import { AppDidNotStart, type StartedApp, startApp } from '../../collect/access/app/start.ts';
import { keptJournals } from '../../collect/access/journal/folder.ts';
import { isLocal } from '../../collect/http/client.ts';
import { inputsOf } from '../../core/target.ts';
import { plural } from '../../core/wording.ts';
import { chart, collectedSources } from '../../evidence/access-chart.ts';
import { noLock } from '../../evidence/access-lock.ts';
import type { Command } from '../command.ts';
import type { Config } from '../config.ts';
import { judgedRun } from '../judged-run.ts';
import { checkLock, writeLock } from '../lock-file.ts';
import { UsageError } from '../usage-error.ts';

/** `launch-ready access [FOLDER]`: rebuilds the database of the repo in a sandbox, tries everything as other customers, and shows the access matrix. */
export const access: Command = async (args, session) => {
  const writes = args.on('write-lock') === true;
  let app: StartedApp | undefined;
  const { exitCode, plan, result } = await told(() =>
    judgedRun(args, session, {
      stages: ['access'],
      usualBaseline: false,
      async before({ lock, target, evidence, config, base }) {
        if (target.root === undefined && !evidence && !inputsOf(target).has('people')) throw nobody(target.url);
        if (writes && !lock) throw new UsageError('--write-lock needs a folder, or --lock FILE: where should it be written?');
        if (writes && lock) checkLock(lock);
        if (args.on('start')) app = await started(config, target.url, base, session.signal);
      },
    }).finally(() => app?.stop()),
  );
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

/** With an address alone, all hangs on somebody who can sign in there. */
const nobody = (url: URL | undefined): UsageError =>
  url && !isLocal(url)
    ? new UsageError(
        `${url.host} is not on this machine, and nothing proves that it is yours to try.`,
        'Start the app on this machine and give that address, e.g. http://localhost:3000.',
      )
    : new UsageError(
        'Nobody is named who could sign in to the app.',
        'Name two people of different customers under access.people in launch-ready.yaml, or let us sign up two with --allow-writes.',
      );

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

/** The app, started as the config says. Only on the user's own word: a repo that we look at must not have its commands run. */
async function started(config: Config, url: URL | undefined, folder: string, signal: AbortSignal): Promise<StartedApp> {
  const start = config.access?.start;
  if (!start)
    throw new UsageError(
      '--start needs to know how the app is started.',
      'Write the command under access.start in launch-ready.yaml, e.g. start: { command: npm start, ready: /healthz }.',
    );
  if (!url || !isLocal(url))
    throw new UsageError('--start needs the address at which the app will answer on this machine.', 'Give it, e.g. http://localhost:3000.');
  process.stderr.write(`Starting the app: ${start.command}\n`);
  try {
    return await startApp(start, { folder, url, signal });
  } catch (error) {
    if (error instanceof AppDidNotStart)
      throw new UsageError(error.message, error.words === '' ? undefined : `The last it said:\n${error.words}`);
    throw error;
  }
}
