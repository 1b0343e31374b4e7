import { isLocal } from '../collect/http/client.ts';
import { UsageError } from './usage-error.ts';

/** With an address alone, all hangs on somebody who can sign in there. */
export const nobodyToSignIn = (url: URL | undefined): UsageError =>
  url && !isLocal(url)
    ? new UsageError(
        `${url.host} is not on this machine, and nothing proves that it is yours to try.`,
        'Start the app on this machine and give that address, e.g. http://localhost:3000.',
      )
    : new UsageError(
        'Nobody is named who could sign in to the app.',
        'Name two people of different customers under access.people in launch-ready.yaml, or let us sign up two with --allow-writes.',
      );
