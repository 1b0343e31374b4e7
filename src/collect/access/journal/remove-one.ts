import { idOf, rowsOf } from '../objects/things.ts';
import { absentLike } from '../surface/absent.ts';
import { contentOf, saysNothing, scalars } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';

/** A thing of ours, and where it may be looked for. */
export interface ToRemove {
  /** A DELETE of it removes the thing; absent where the app has no way. */
  readonly address?: string;
  /** Addresses that may show the thing by itself. */
  readonly items: readonly string[];
  /** The list it was added to. */
  readonly list: string;
  /** Stands in its texts, where the app keeps those. */
  readonly mark: string;
  readonly id?: string;
  /** Whether an address showed it to its owner earlier. */
  readonly showed: (path: string) => boolean;
}

/** What became of it. `there`: it is, or the app did not want to remove it; trying again may help. `unseen`: nothing that showed it before tells. */
export type Removed = { readonly is: 'gone'; readonly why?: never } | { readonly is: 'there' | 'unseen'; readonly why: string };

export const unseen = 'we could not see whether it is gone';

type Sight = 'shown' | 'not there' | 'nothing';

/**
 * Removes one thing as its owner, and looks. What the removal answers proves nothing: it is gone where a request that showed it before now answers that
 * nothing is there, or where its list showed it right before and does not right after; a list that shows a part loses things by itself.
 */
export async function removeOne(sender: Sender, session: Session, thing: ToRemove): Promise<Removed> {
  const { address, items, list, showed } = thing;
  const look = (path: string): Promise<Sight> => (path === list ? inList(sender, session, thing) : byItself(sender, session, thing, path));
  let witness = items.find(showed);
  if (address === undefined) {
    const isGone = witness !== undefined && (await look(witness)) === 'not there';
    return isGone ? { is: 'gone' } : { is: 'unseen', why: unseen };
  }
  for (const path of witness === undefined ? [...items.slice(0, 1), list] : [])
    if (witness === undefined && (await look(path)) === 'shown') witness = path;
  const answer = await sender.send({ method: 'DELETE', path: address }, session);
  if (!answer.ok) return { is: 'there', why: answer.fault.message };
  const { status } = answer.value;
  const told = `DELETE answers ${status}`;
  const after = witness === undefined ? 'nothing' : await look(witness);
  if (after === 'not there') return { is: 'gone' };
  if (after === 'shown') return { is: 'there', why: `${told}, and it is still there` };
  return status >= 400 && !isAbsent(status) ? { is: 'there', why: told } : { is: 'unseen', why: `${told}, and ${unseen}` };
}

/** What says that nothing is there. */
export const isAbsent = (status: number): boolean => status === 404 || status === 410;

async function byItself(sender: Sender, session: Session, { mark, id }: ToRemove, path: string): Promise<Sight> {
  const answer = await sender.send({ method: 'GET', path }, session);
  if (!answer.ok || saysNothing(answer.value.status)) return 'nothing';
  const { status, text } = answer.value;
  if (isAbsent(status)) return 'not there';
  if (status < 300 && text.includes(mark)) return 'shown';
  const { json } = contentOf(text);
  if (status < 300 && id !== undefined && json !== undefined && [...scalars(json)].includes(id)) return 'shown';
  return (await isAnsweredToAll(sender, session, path, answer.value)) ? 'not there' : 'nothing';
}

/** Apps that refuse what is not there as they refuse what is others', or answer whoever asks for whatever alike. */
async function isAnsweredToAll(sender: Sender, session: Session, path: string, { status, text }: Answer): Promise<boolean> {
  const at = path.lastIndexOf('/') + 1;
  const other = encodeURIComponent(absentLike(decodeURIComponent(path.slice(at))));
  const control = await sender.send({ method: 'GET', path: `${path.slice(0, at)}${other}` }, session);
  const without = (whole: string, part: string): string => whole.replaceAll(part, '').replaceAll(decodeURIComponent(part), '');
  return control.ok && control.value.status === status && without(control.value.text, other) === without(text, path.slice(at));
}

async function inList(sender: Sender, session: Session, { list, mark, id }: ToRemove): Promise<Sight> {
  const answer = await sender.send({ method: 'GET', path: list }, session);
  if (!answer.ok || answer.value.status >= 300) return 'nothing';
  const { text } = answer.value;
  if (text.includes(mark)) return 'shown';
  const collection = list.split('/').at(-1) ?? '';
  const isListed = id !== undefined && rowsOf(contentOf(text).json).some((row) => idOf(row, 'id', collection) === id);
  return isListed ? 'shown' : 'not there';
}
