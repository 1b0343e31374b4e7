import { howToReach } from '../collect/access/ownership/way.ts';
import { isLocal } from '../collect/http/client.ts';
import { UsageError } from './usage-error.ts';

/** With an address alone, all hangs on somebody who can sign in there. */
export const nobodyToSignIn = (url: URL | undefined): UsageError =>
  new UsageError(
    'Nobody is named who could sign in to the app.',
    [
      'Name two people of different customers under access.people in launch-ready.yaml, or let us sign up two with --allow-writes.',
      ...(url && !isLocal(url) ? howToReach(url) : []),
    ].join('\n'),
  );
