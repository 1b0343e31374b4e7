import { readHtml } from '../../../http/html.ts';
import type { Fault } from '../../../../core/evidence.ts';
import { isLocal } from '../../../http/client.ts';
import { type Page, visit } from '../../../access/people/enter.ts';
import { isPage, saysNothing } from '../../../access/wire/content.ts';
import type { Answer, Sender } from '../../../access/wire/sender.ts';
import { emptySession, type Session } from '../../../access/wire/session.ts';

/** What a browser is shown by an address. `closed`: whoever is signed out has to sign in first, or is refused. `text` goes on after “the link”. */
export interface Opened {
  readonly is: 'open' | 'closed' | 'dead' | 'unclear';
  readonly text: string;
  /** The app says that nothing is there, as it may to whom it is not meant for. */
  readonly missing?: true;
  /** Where it was opened. */
  readonly session: Session;
}

const signInPath = /(?:^|[/_-])(?:log-?in|sign-?in|auth|sessions?)(?:[/?#_-]|$)/i;
/** Headings of pages by which apps and frameworks say that nothing is there, whatever the status. */
const errorHeading =
  /^\s*(?:error\s*)?404\b|\b(?:page|seite) (?:could )?not (?:be )?found\b|^\s*not found\s*$|^\s*(?:500\b|internal server error|application error)/i;

/** Opens an address as a browser does that runs no script. `known`: it is known what the address does, and it is meant. */
export async function openAddress(sender: Sender, path: string, session: Session, known: boolean): Promise<Opened> {
  const told = (is: Opened['is'], text: string): Opened => ({ is, text, session });
  const first = await once(sender, path, session, known);
  if (typeof first === 'string') return told('unclear', first);
  if (!first) return told('dead', 'is redirected in a circle');
  const { path: at, answer } = first;
  const { status, location } = answer;
  if (saysNothing(status)) return told('unclear', `was answered by nothing that tells (${status})`);
  if (status >= 300 && status < 400) return elsewhere(sender, location, told);
  if (status === 404 || status === 410 || (status < 300 && isErrorPage(answer)))
    return (await isShell(sender, answer))
      ? told('unclear', `is answered ${status} by a page that scripts draw`)
      : { ...told('dead', `leads to a page that is not there (${status})`), missing: true };
  if (status >= 500) {
    const again = await once(sender, path, session, known);
    return typeof again === 'object' && again.answer.status >= 500 && !saysNothing(again.answer.status)
      ? told('dead', `makes the app fail (${status})`)
      : told('unclear', `was answered ${status} once`);
  }
  if (status === 401 || (at !== path && signInPath.test(at) && !signInPath.test(path))) return told('closed', 'asks to sign in first');
  return status >= 400 ? told('closed', `is refused (${status})`) : told('open', 'opens');
}

/** What came; in words why nothing did; `undefined` where it never ends. */
async function once(sender: Sender, path: string, session: Session, known: boolean): Promise<Page | string | undefined> {
  const faults: string[] = [];
  const heard: Sender = {
    ...sender,
    async send(message, who) {
      const answer = await sender.send(message, who);
      if (!answer.ok) faults.push(whyUnanswered(answer.fault, known));
      return answer;
    },
  };
  return (await visit(heard, path, session, known)) ?? faults[0];
}

/** Fault messages name the whole address, which may be a secret. */
function whyUnanswered({ kind, message }: Fault, known: boolean): string {
  if (kind !== 'blocked') return 'was not answered';
  if (message.startsWith('The limit')) return 'was not opened: the requests of this run are used up';
  return known ? 'was not opened' : 'was not opened: by its address it may do something';
}

/** A redirect that leaves the app is followed no further. */
function elsewhere(sender: Sender, location: string | undefined, told: (is: Opened['is'], text: string) => Opened): Opened {
  const url = location === undefined ? null : URL.parse(location);
  if (!url) return told('unclear', 'is redirected, and nobody says where to');
  return isLocal(url) && !isLocal(new URL(sender.origin))
    ? told('dead', `leads on to ${url.hostname}, which is only there on your own machine`)
    : told('closed', `leads on to ${url.hostname}`);
}

function isErrorPage({ text }: Answer): boolean {
  if (!isPage(text)) return false;
  const title = readHtml(text).tags.find(({ name }) => name === 'title')?.text ?? '';
  const heading = /<h1\b[^>]*>([^<]{0,200})/i.exec(text)?.[1] ?? '';
  return [title, heading].some((one) => errorHeading.test(one));
}

/** Hosts of files answer unknown addresses by the start page and 404, and its scripts draw the right one. */
async function isShell(sender: Sender, { text }: Answer): Promise<boolean> {
  if (!isPage(text) || !readHtml(text).tags.some(({ name }) => name === 'script')) return false;
  const start = await sender.send({ method: 'GET', path: '/' }, emptySession());
  return start.ok && start.value.text === text;
}
