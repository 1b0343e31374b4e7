import { rmSync } from 'node:fs';
import { cleanUp, type CleanedUp } from '../../collect/access/journal/clean-up.ts';
import { type KeptJournal, keptJournals } from '../../collect/access/journal/folder.ts';
import { elsewhereDoor, located } from '../../collect/access/people/elsewhere.ts';
import { type Way, wayTo } from '../../collect/access/ownership/way.ts';
import { stateFolder } from '../../collect/access/state.ts';
import { openSender, type Sender } from '../../collect/access/wire/sender.ts';
import { userAgent } from '../../collect/http/client.ts';
import { CollectFault } from '../../core/evidence.ts';
import { exitCodes } from '../../core/gate.ts';
import type { GivenIdentity, GivenPerson } from '../../core/target.ts';
import { plural } from '../../core/wording.ts';
import type { Command, Session } from '../command.ts';
import { loadConfig } from '../config.ts';
import { reasonOf } from '../file-error.ts';
import { identityOf } from '../identity.ts';
import { peopleOf } from '../people.ts';
import { teller } from '../progress.ts';
import { aimAt } from '../target.ts';
import { UsageError } from '../usage-error.ts';

/** More than any run makes. */
const requests = 5_000;

/** `launch-ready access cleanup [FOLDER]`: removes what runs that were broken off left in running apps, by their journals. */
export const accessCleanup: Command = async (args, session) => {
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const { root = process.cwd() } = aimAt(args.operands);
  const config = loadConfig(root, args.text('config'), tell.notice);
  const given = { people: peopleOf(config), identity: identityOf(config) };
  const kept = journals();
  if (kept.length === 0) {
    process.stdout.write('Nothing is left of earlier runs.\n');
    return exitCodes.ready;
  }
  let left = 0;
  let stay = 0;
  for (const journal of kept) {
    const came = await cleaned(journal, given, session);
    process.stdout.write(shown(journal, came));
    left += came.left.length;
    stay += came.stays.length;
    if (came.left.length === 0) rmSync(journal.path, { force: true });
  }
  if (stay > 0)
    process.stdout.write(
      'What stays cannot be removed by us: remove it by hand, or put the database back to where it was (access.start.restore in launch-ready.yaml does so before each run with --start).\n',
    );
  if (left > 0) process.stdout.write('Start the app and run launch-ready access cleanup again, or remove the rest by hand.\n');
  return left > 0 ? exitCodes['not-ready'] : exitCodes.ready;
};

/** Throws `UsageError` where the folder cannot be read: what is left is not known then. */
function journals(): KeptJournal[] {
  try {
    return keptJournals();
  } catch (error) {
    throw new UsageError(
      `What earlier runs left cannot be looked up in ${stateFolder()}: ${reasonOf(error)}.`,
      'Name the folder that those runs used in LAUNCH_READY_STATE.',
    );
  }
}

interface Given {
  readonly people: readonly GivenPerson[];
  readonly identity: GivenIdentity | undefined;
}

async function cleaned(journal: KeptJournal, { people, identity }: Given, { signal }: Session): Promise<CleanedUp> {
  // Whoever can write to the folder of journals must not be able to send us elsewhere: what is not on this machine is proven to be the user's again.
  let way: Way;
  try {
    way = await wayTo(new URL(journal.origin));
  } catch (error) {
    if (error instanceof CollectFault) return { done: [], setBack: [], left: [`${error.fault.message} ${error.fault.remedy}`], stays: [] };
    throw error;
  }
  const sender = openSender({ origin: journal.origin, requests, signal, userAgent, ...way.scope });
  let provider: Sender | undefined;
  try {
    const elsewhere = identity && (await located(identity, sender));
    provider = elsewhere && openSender({ origin: elsewhere.url.origin, requests, signal, userAgent });
    return await cleanUp(sender, journal, people, elsewhere && provider && elsewhereDoor(elsewhere, provider));
  } catch (error) {
    if (error instanceof CollectFault) return { done: [], setBack: [], left: [`${error.fault.message} ${error.fault.remedy}`], stays: [] };
    throw error;
  } finally {
    await provider?.close();
    await sender.close();
  }
}

function shown({ origin, at }: KeptJournal, { done, setBack, left, stays }: CleanedUp): string {
  const lines = [
    ...done.map((one) => `  removed   ${one}`),
    ...setBack.map((one) => `  set back  ${one}`),
    ...left.map((one) => `  left      ${one}`),
    ...stays.map((one) => `  stays     ${one}`),
  ];
  return `${origin}, run of ${at.slice(0, 16).replace('T', ' ')}: ${done.length} removed, ${plural(left.length, 'thing')} left to try again, ${stays.length} to remove by hand\n${lines.join('\n')}${lines.length === 0 ? '' : '\n'}`;
}
