import { addressOf, type Made } from '../objects/create.ts';
import { isStillThere, removeOnPages } from '../pages/remove.ts';
import type { Person } from '../people/person.ts';
import { isHis } from '../people/sign-in.ts';
import { isGuess, type Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import type { Journal } from './journal.ts';
import { isAbsent, removeOne, unseen } from './remove-one.ts';
import type { ShownLog } from './shown.ts';

/** What a run removes what it made with. */
export interface Removing {
  /** Whose answers `showed` remembers. */
  readonly sender: Sender;
  readonly journal: Journal;
  /** Tell where a thing is looked for, and what removes it. */
  readonly operations: readonly Operation[];
  readonly showed: ShownLog['showed'];
}

/**
 * Removes what a run made, the last first; gives what is left, what was not set back included, in words. A thing is gone only where a request that showed
 * it to its owner does not any more, while the app still knows him: what cannot be seen to be gone is named as left.
 */
export async function removeAll(removing: Removing): Promise<string[]> {
  const { sender, journal } = removing;
  const left: string[] = [];
  const gone: Made[] = [];
  const rest: { readonly made: Made; readonly reason: string }[] = [];
  const onPages: Made[] = [];
  for (const made of journal.all.toReversed()) {
    if (journal.isRemoved(made)) continue;
    if (made.onPages) {
      onPages.push(made);
      await removeByPages(sender, journal, made);
      continue;
    }
    const reason = await removeByApi(removing, made);
    if (reason === undefined) gone.push(made);
    else rest.push({ made, reason });
  }
  const owners = new Map<string, Promise<boolean>>();
  for (const made of gone) {
    const { owner } = made;
    const known = owners.get(owner.name) ?? isKnown(sender, owner);
    owners.set(owner.name, known);
    if (await known) journal.removed(made);
    else left.push(leftText(made, `the app does not know ${owner.name} any more, so ${unseen}`));
  }
  for (const { made, reason } of rest)
    if (await wentAlong(removing, made)) journal.removed(made);
    else left.push(leftText(made, reason));
  for (const made of onPages) {
    const there = await isStillThere(sender, made);
    if (there === 'gone') journal.removed(made);
    else left.push(leftText(made, there === 'unknown' ? unseen : made.onPages?.removal ? 'it is still there' : noWay));
  }
  left.push(
    ...journal
      .unrestored()
      .map(({ who, method, path }) => `${method} ${path} as ${who} would set back what was changed; nobody saw that it was`),
  );
  return left;
}

/** Whether the list that a thing was added to went with what it lies below: `/letters/7/remarks` with `/letters/7`. */
async function wentAlong({ sender, journal }: Removing, { owner, path }: Made): Promise<boolean> {
  const above = journal.all.some(
    (one) => one.id !== undefined && journal.isRemoved(one) && path.startsWith(`${one.path}/${encodeURIComponent(one.id)}/`),
  );
  const before = owner.seen.sights.get(path);
  if (!above || !before || before.status >= 300) return false;
  const list = await sender.send({ method: 'GET', path }, owner.session);
  return list.ok && isAbsent(list.value.status);
}

/** Who has lost his session is told that nothing is there. */
const isKnown = async (sender: Sender, { account, session, witness }: Person): Promise<boolean> =>
  account === undefined || isHis(sender, session, witness);

const noWay = 'the app has no way to remove it';

/** `POST /notes by anna made 7: the app has no way to remove it`. */
const leftText = ({ operation, owner, id, canary }: Made, reason: string): string =>
  `${operation.id} by ${owner.name} made ${id ?? `something with ${canary} in it`}: ${reason}`;

async function removeByPages(sender: Sender, journal: Journal, made: Made): Promise<void> {
  const removal = made.onPages?.removal;
  // What is below others may go with them: whether it is gone is asked at the end.
  if (!removal || (await isStillThere(sender, made)) !== 'there') return;
  const [method, path] = 'link' in removal ? (['GET', removal.link] as const) : (['POST', removal.form.action] as const);
  journal.about({ who: made.owner.name, method, path });
  await removeOnPages(sender, made.owner.session, removal);
}

/** Gives why it is not known to be gone; `undefined` where it is. */
async function removeByApi({ sender, journal, operations, showed }: Removing, made: Made): Promise<string | undefined> {
  const { owner, canary, id, path } = made;
  const addresses = (method: string, all = operations): string[] =>
    all.flatMap((one) => (one.method === method ? (addressOf(made, one) ?? []) : []));
  // What was made to try one thing alone was made without a thought for the others.
  const address =
    made.address ??
    addresses(
      'DELETE',
      operations.filter((one) => !isGuess(one)),
    )[0];
  if (address !== undefined) journal.about({ who: owner.name, method: 'DELETE', path: address });
  const { is, why } = await removeOne(sender, owner.session, {
    ...(address !== undefined && { address }),
    items: addresses('GET'),
    list: path,
    mark: canary,
    ...(id !== undefined && { id }),
    showed: (at) => showed(owner.session, at, [canary, id]),
  });
  return is === 'gone' ? undefined : address === undefined ? noWay : `${why} (${address})`;
}
