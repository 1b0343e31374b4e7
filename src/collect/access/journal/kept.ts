import { CollectFault } from '../../../core/evidence.ts';
import { type JournalFile, openJournalFile } from './folder.ts';

/** A journal that outlives this process: nothing is made in an app that could not be found again. `folder`: the user's own where absent; `snapshot`: as `Target.snapshot`. Throws `CollectFault`. */
export function keptOnDisk(origin: string, folder: string | undefined, snapshot?: string): JournalFile {
  try {
    return openJournalFile(origin, folder, snapshot);
  } catch (error) {
    throw new CollectFault(
      'denied',
      `What is made in the app is written down first, and that cannot be done: ${error instanceof Error ? error.message : String(error)}.`,
      'Set LAUNCH_READY_STATE to a folder that can be written to.',
    );
  }
}
