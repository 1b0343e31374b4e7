import { addressOf, type Made } from '../objects/create.ts';
import { isStillThere, removeOnPages } from '../pages/remove.ts';
import { rowsOf } from '../objects/things.ts';
import { isGuess, type Operation } from '../surface/operation.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import type { Journal } from './journal.ts';

/** Why nobody can say whether something is gone. */
export const couldNotLook = 'nobody could look whether it is still there';

/** Removes what a run made, the last first; gives what is left, what was not set back included, in words. `operations` tell where a thing is looked for that nothing removes. */
export async function removeAll(sender: Sender, journal: Journal, operations: readonly Operation[]): Promise<string[]> {
  const left: string[] = [];
  const onPages: Made[] = [];
  for (const made of journal.all.toReversed()) {
    const { id, owner, operation } = made;
    if (journal.isRemoved(made)) continue;
    if (made.onPages) {
      const { removal } = made.onPages;
      onPages.push(made);
      // What is below others may go with them: whether it is gone is asked at the end.
      if (!removal || (await isStillThere(sender, made)) !== 'there') continue;
      const [method, path] = 'link' in removal ? (['GET', removal.link] as const) : (['POST', removal.form.action] as const);
      journal.about({ who: owner.name, method, path });
      await removeOnPages(sender, owner.session, removal);
      continue;
    }
    // What was made to try one thing alone was made without a thought for the others.
    const address =
      made.address ?? operations.flatMap((one) => (one.method === 'DELETE' && !isGuess(one) ? (addressOf(made, one) ?? []) : []))[0];
    if (address === undefined) {
      // A try of ours may have removed it.
      const at = operations.flatMap((one) => (one.method === 'GET' ? (addressOf(made, one) ?? []) : []))[0];
      const look = at === undefined ? undefined : await sender.send({ method: 'GET', path: at, deliberate: true }, owner.session);
      if (look?.ok && (look.value.status === 404 || look.value.status === 410)) {
        journal.removed(made);
        continue;
      }
      left.push(`${operation.id} by ${owner.name}${id === undefined ? '' : ` made ${id}`}: the app has no way to remove it`);
      continue;
    }
    journal.about({ who: owner.name, method: 'DELETE', path: address });
    const answer = await remove(sender, address, owner.session);
    if (answer === undefined || (await isGone(sender, made, operations))) journal.removed(made);
    else left.push(`${address} of ${owner.name}: ${answer}`);
  }
  for (const made of onPages) {
    const there = await isStillThere(sender, made);
    if (there === 'gone') journal.removed(made);
    else
      left.push(
        `${made.operation.id} by ${made.owner.name}${made.id === undefined ? '' : ` made ${made.id}`}: ${there === 'unknown' ? couldNotLook : made.onPages?.removal ? 'it is still there' : 'the app has no way to remove it'}`,
      );
  }
  left.push(
    ...journal
      .unrestored()
      .map(({ who, method, path }) => `${method} ${path} as ${who} would set back what was changed; nobody saw that it was`),
  );
  return left;
}

/** Apps that refuse what is not there as they refuse what is others': its owner neither reads it nor finds it in his list. */
async function isGone(sender: Sender, made: Made, operations: readonly Operation[]): Promise<boolean> {
  const { owner, path, canary, id } = made;
  const at = operations.flatMap((one) => (one.method === 'GET' ? (addressOf(made, one) ?? []) : []))[0];
  const item = at === undefined ? undefined : await sender.send({ method: 'GET', path: at, deliberate: true }, owner.session);
  if (item && (!item.ok || item.value.status < 300 || item.value.status >= 500)) return false;
  const list = await sender.send({ method: 'GET', path, deliberate: true }, owner.session);
  if (!list.ok || list.value.status >= 300 || list.value.text.includes(canary)) return false;
  return !rowsOf(contentOf(list.value.text).json).some(
    (row) => id !== undefined && Object.values(row).some((value) => String(value) === id),
  );
}

/** Removes one thing; gives why it is still there, `undefined` where it is gone. */
export async function remove(sender: Sender, address: string, session: Session): Promise<string | undefined> {
  const answer = await sender.send({ method: 'DELETE', path: address }, session);
  if (!answer.ok) return answer.fault.message;
  const { status } = answer.value;
  return status < 300 || status === 404 || status === 410 ? undefined : `DELETE answers ${status}`;
}
