import type { GivenPerson } from '../../../core/target.ts';
import type { Answer, Message, Sender } from '../../access/wire/sender.ts';
import type { Session } from '../../access/wire/session.ts';
import { withFresh } from './ways.ts';

/** Somebody was shown the address of another, and not his own. */
export interface Stray {
  readonly path: string;
  /** Names. `visitor`: nobody who is signed in. */
  readonly who: string;
  readonly whose: string;
  readonly answer: Answer;
}

export interface Watching {
  readonly sender: Sender;
  readonly strays: readonly Stray[];
}

/**
 * A sender whose every look has a key of its own in caches, so that what is learned of the app comes from the app. A cache that leaves the query out of its keys
 * shows itself then: somebody is given what names another.
 */
export function watching(sender: Sender, people: readonly GivenPerson[]): Watching {
  const owners = new WeakMap<Session, string>();
  const strays: Stray[] = [];
  const named = people.filter(({ email }) => email.length > 5);

  /** Whose a session is: who signed in by it. */
  function learn({ method, body, raw }: Message, session: Session | undefined): void {
    if (method !== 'POST' || !session) return;
    const sent = raw?.bytes.toString('latin1') ?? JSON.stringify(body ?? '');
    const who = named.find(({ email, username }) => sent.includes(email) || (username !== undefined && sent.includes(`"${username}"`)));
    if (who) owners.set(session, who.name);
  }

  function ownerOf(session: Session | undefined): string | undefined {
    if (!session) return 'visitor';
    const isNobody = session.token === undefined && session.key === undefined && session.cookies.serializeSync()?.cookies.length === 0;
    return isNobody ? 'visitor' : (owners.get(session) ?? session.who);
  }

  function look(path: string, answer: Answer, session: Session | undefined): void {
    if (answer.status >= 300) return;
    const shown = named.filter(({ email }) => answer.text.includes(email)).map(({ name }) => name);
    const who = ownerOf(session);
    const [whose] = shown;
    if (shown.length === 1 && whose !== undefined && who !== undefined && who !== whose) strays.push({ path, who, whose, answer });
  }

  return {
    strays,
    sender: {
      ...sender,
      async send(message, session) {
        learn(message, session);
        const isLook = message.method === 'GET';
        const sent = await sender.send(isLook ? { ...message, path: withFresh(message.path) } : message, session);
        if (isLook && sent.ok) look(message.path, sent.value, session);
        return sent;
      },
    },
  };
}
