import type { LinkTrial, TriedLink } from '../../../../evidence/mail-link.ts';
import { pathOf } from '../../../access/people/enter.ts';
import type { Sender } from '../../../access/wire/sender.ts';
import { emptySession, type Session } from '../../../access/wire/session.ts';
import { openAddress } from './open.ts';

/** Somebody of ours who is signed in; `receives`: the mail was sent to him. */
export interface Reader {
  readonly session: Session;
  readonly receives: boolean;
}

/**
 * Opens a link that leads to an ordinary page: as somebody who is signed out, who may well be sent to sign in first, and as somebody who is signed in. What its address says may do
 * something is not opened. `forAll`: whoever it is mailed to sees the same there.
 */
export async function openPage(sender: Sender, link: URL, reader: Reader | undefined, forAll = false): Promise<TriedLink> {
  const path = pathOf(link);
  const signedOut = await openAddress(sender, path, emptySession(), false);
  const steps = [`opened the link, signed out: it ${signedOut.text}`];
  const told = (outcome: LinkTrial['outcome'], text: string, toKnow?: string): TriedLink => ({
    purpose: 'page',
    what: 'link',
    works: { outcome, text, ...(toKnow !== undefined && { toKnow }) },
    steps,
  });
  if (signedOut.is === 'open') return told('holds', 'opens');
  if (signedOut.is === 'unclear') return told('unknown', `it ${signedOut.text}`, 'Open it yourself.');
  const signedIn = reader && (await openAddress(sender, path, reader.session, false));
  if (signedIn) steps.push(`opened it as somebody who is signed in: it ${signedIn.text}`);
  if (signedIn?.is === 'open')
    return told('holds', signedOut.is === 'closed' ? 'opens after signing in' : 'opens for whoever is signed in');
  if (signedOut.is === 'dead')
    // To somebody else, or to nobody, an app may say that a thing is not there which is. That it fails or ends on another machine is no such answer.
    return signedIn?.is === 'dead' && (forAll || reader?.receives || !(signedOut.missing || signedIn.missing))
      ? told('broken', signedOut.text)
      : told(
          'unknown',
          `it ${signedOut.text} for whoever ${signedIn?.is === 'dead' ? 'did not get the mail' : 'is signed out'}`,
          'Open it yourself, signed in as whoever gets the mail.',
        );
  if (reader?.receives && signedIn?.is === 'dead') return told('broken', `${signedIn.text} once its receiver is signed in`);
  return signedOut.text === 'asks to sign in first' || signedOut.text.startsWith('leads on')
    ? told('holds', signedOut.text)
    : told('unknown', `it ${signedOut.text}`, 'Open it yourself, signed in as whoever gets the mail.');
}
