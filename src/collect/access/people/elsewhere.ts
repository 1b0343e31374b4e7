import { CollectFault } from '../../../core/evidence.ts';
import type { GivenIdentity } from '../../../core/target.ts';
import { isLocal } from '../../http/client.ts';
import type { Sender } from '../wire/sender.ts';
import { clerkDoor } from './clerk.ts';
import { frontendApiIn } from './clerk-key.ts';
import type { ElsewhereDoor } from './doors.ts';
import { firebaseDoor } from './firebase.ts';
import { ssoDoor } from './sso.ts';
import { supabaseDoor } from './supabase.ts';

/** Where people sign in elsewhere, once its address is known. */
export type LocatedIdentity = GivenIdentity & { readonly url: URL };

/**
 * Finds out where that is: of Clerk, the key may tell that the app shows to everybody. Throws `CollectFault` where it is not on this machine; of Clerk,
 * development instances are never on it, and are sent nothing but the sign-ins of those who are named.
 */
export async function located(given: GivenIdentity, sender: Sender): Promise<LocatedIdentity> {
  const url = given.url ?? (await frontendApiIn(sender));
  if (!url)
    throw new CollectFault(
      'absent',
      'No publishable key of a development instance of Clerk was found in the pages and scripts of the app.',
      'Run the app with a key that begins with pk_test_, or name it: access.identityProvider.clerk.',
    );
  if (given.kind !== 'clerk' && !isLocal(url))
    throw new CollectFault(
      'denied',
      `${url.host} is not on this machine, and nothing proves that it is yours to try.`,
      'Run the identity provider, or the emulator of the service, on this machine and name that under access.identityProvider.',
    );
  return { ...given, url };
}

/**
 * The way in of people who sign in elsewhere. `provider` sends to that address and to nobody else, and is named in the config: nothing that an app
 * redirects to is followed by itself.
 */
export function elsewhereDoor(given: LocatedIdentity, provider: Sender): ElsewhereDoor {
  switch (given.kind) {
    case 'oidc':
      return ssoDoor(provider);
    case 'clerk':
      return clerkDoor(provider);
    case 'supabase':
      return supabaseDoor(provider, given);
    case 'firebase':
      return firebaseDoor(provider, given);
  }
}
