import type { StartedApp } from '../../collect/access/app/start.ts';
import { type KeptJournal, keptJournals } from '../../collect/access/journal/folder.ts';
import { inputsOf } from '../../core/target.ts';
import { plural } from '../../core/wording.ts';
import { chart, collectedSources } from '../../evidence/access-chart.ts';
import { noLock } from '../../evidence/access-lock.ts';
import { liveAccess, type LiveAccess } from '../../evidence/live-access.ts';
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
  const { exitCode, plan, result } = await told(() => withApp(() => app, run), args.on('start') === true);
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

/**
 * Whatever became of a run: what it left in an app is told, and how to remove it. A run that came to its end knows what that is; of one that broke off
 * its journal does.
 */
async function told(work: () => Promise<JudgedRun>, started: boolean): Promise<JudgedRun> {
  let ended: JudgedRun | undefined;
  try {
    ended = await work();
    return ended;
  } finally {
    for (const line of ended?.plan.evidence ? [] : leftLines(ended, started)) process.stderr.write(`${line}\n`);
  }
}

/** Journals of runs that are over. Where they cannot be read, what became of this run is told all the same. */
function readableJournals(): KeptJournal[] {
  try {
    return keptJournals();
  } catch {
    return [];
  }
}

/** `started`: the app ran for this alone, and where its config says how, its database was put back afterwards. */
function leftLines(ended: JudgedRun | undefined, started: boolean): string[] {
  const left = (ended?.result.evidence[liveAccess.id] as LiveAccess | undefined)?.leftovers.length ?? 0;
  const kept = readableJournals();
  const openOf = (own: boolean): number =>
    kept
      .filter(({ pid }) => (pid === process.pid) === own)
      .reduce((sum, { things, restorings }) => sum + things.length + restorings.length, 0);
  return [
    ...(left > 0
      ? [
          started && ended?.plan.config.access?.start?.restore !== undefined
            ? `${plural(left, 'thing')} made in the app for the test could not be removed by itself: the database was put back to its snapshot after the run, and nothing of it is left.`
            : `${plural(left, 'thing')} made in the app for the test could not be removed again; the report names each, and says what to do.`,
        ]
      : []),
    // What this run could not remove is told above, once it came to its end.
    ...(
      [
        ['this run', ended ? 0 : openOf(true)],
        ['earlier runs', openOf(false)],
      ] as const
    ).flatMap(([whose, most]) =>
      most > 0
        ? [`Up to ${plural(most, 'thing')} of ${whose} may still be in an app: launch-ready access cleanup removes what can be removed.`]
        : [],
    ),
  ];
}
