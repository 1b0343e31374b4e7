import type { GivenPerson } from '../../../core/target.ts';
import { addressOf } from '../objects/create.ts';
import { isToken, openPage } from '../pages/page.ts';
import { isShown, removeOnPages } from '../pages/remove.ts';
import { idOf, rowsOf } from '../objects/things.ts';
import type { Account } from '../people/account.ts';
import type { ElsewhereDoor } from '../people/doors.ts';
import { pass } from '../people/pass.ts';
import { passwordLeft } from '../people/trial-password.ts';
import type { Body } from '../wire/body.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { withWays } from '../wire/ways.ts';
import type { Restoring } from './journal.ts';
import type { BrokenOff, OpenThing } from './read.ts';
import { couldNotLook, remove } from './remove.ts';

/** What became of what a run had left. */
export interface CleanedUp {
  /** Addresses of what is gone, and what was set back. */
  readonly done: readonly string[];
  /** What could not be, and why; trying again may help. */
  readonly left: readonly string[];
  /** What stays, because the app has no way to remove it. */
  readonly stays: readonly string[];
}

/** Finishes what a run that broke off could not: signs in as those in whose name things were made, sets back what was changed and removes what was made. */
export async function cleanUp(
  plain: Sender,
  broken: BrokenOff,
  given: readonly GivenPerson[],
  elsewhere?: ElsewhereDoor,
): Promise<CleanedUp> {
  const sender = withWays(plain);
  sender.teach(broken.ways);
  const done: string[] = [];
  const left: string[] = [];
  const stays = [
    ...broken.accounts.map((email) => `the account ${email}, which was signed up`),
    ...broken.passwords.map((who) => `the password of ${who}, which ${passwordLeft}`),
  ];
  const sessions = new Map<string, Promise<Session | string>>();
  const sessionOf = (who: string): Promise<Session | string> => {
    const session = sessions.get(who) ?? signedIn(sender, broken, given, who, elsewhere);
    sessions.set(who, session);
    return session;
  };
  for (const restoring of broken.restorings) {
    const { who, method, path } = restoring;
    const session = await sessionOf(who);
    const body = typeof session === 'string' ? restoring.body : await withTokens(sender, session, restoring);
    const answer = typeof session === 'string' ? undefined : await sender.send({ method, path, body }, session);
    const what = `${method} ${path} as ${who}`;
    if (answer?.ok && answer.value.status < 400) done.push(`set back by ${what}`);
    else left.push(`${what} would set it back: ${reasonOf(session, answer)}`);
  }
  const byPages: { readonly thing: OpenThing; readonly session: Session }[] = [];
  for (const thing of broken.things) {
    const { who, path, mark, onPages } = thing;
    const session = await sessionOf(who);
    if (typeof session === 'string') {
      left.push(`${thing.address ?? `what was made at ${path}`} of ${who}: ${session}`);
      continue;
    }
    if (onPages) {
      byPages.push({ thing, session });
      if (onPages.removal && (await isShown(sender, session, onPages.shown, mark)) === 'there')
        await removeOnPages(sender, session, onPages.removal);
      continue;
    }
    const found = await find(sender, thing, session);
    if (found.is === 'staying')
      stays.push(`${path} of ${who}${thing.id === undefined ? '' : `, ${thing.id}`}: the app has no way to remove it`);
    if (found.is === 'unknown') left.push(`what was made at ${path} of ${who}: ${found.why}`);
    if (found.is !== 'there') continue;
    const reason = await remove(sender, found.address, session);
    if (reason === undefined) done.push(found.address);
    else left.push(`${found.address} of ${who}: ${reason}`);
  }
  // What was below something may have gone with it.
  for (const { thing, session } of byPages) {
    const { who, path, mark, onPages } = thing;
    const what = `what was made at ${path} of ${who}`;
    const there = await isShown(sender, session, onPages?.shown ?? [], mark);
    if (there === 'gone') done.push(what);
    else if (there === 'unknown') left.push(`${what}: ${couldNotLook}`);
    else if (onPages?.removal) left.push(`${what}: it is still there`);
    else stays.push(`${what}: the app has no way to remove it`);
  }
  return { done, left, stays };
}

/** A body with the tokens that its page has for this session: those of another time are worth nothing. */
async function withTokens(sender: Sender, session: Session, { page, body }: Restoring): Promise<Body> {
  const shown = page === undefined || body.type === 'json' ? undefined : await openPage(sender, session, page);
  if (!shown || body.type === 'json') return body;
  const tokens = new Map(shown.forms.flatMap(({ fields }) => fields.filter(isToken).map(({ name, value }) => [name, value] as const)));
  return { ...body, fields: body.fields.map(([name, value]) => [name, tokens.get(name) ?? value] as const) };
}

const reasonOf = (session: Session | string, answer: Awaited<ReturnType<Sender['send']>> | undefined): string =>
  typeof session === 'string' ? session : answer?.ok ? `it answers ${answer.value.status}` : (answer?.fault.message ?? '');

/** A session of somebody, or why there is none. */
async function signedIn(
  sender: Sender,
  { people }: BrokenOff,
  given: readonly GivenPerson[],
  who: string,
  elsewhere: ElsewhereDoor | undefined,
): Promise<Session | string> {
  const person = people.find(({ name }) => name === who);
  if (!person) return 'the journal does not say who that is';
  const proof: Partial<GivenPerson> = given.find(({ name }) => name === who) ?? {};
  const password = proof.password ?? person.account.password;
  if (password === undefined && !proof.key)
    return `${who} is no longer named under access.people in launch-ready.yaml, so nobody can sign in`;
  const account: Account = { ...proof, ...person.account, ...(password !== undefined && { password }) };
  const session = emptySession();
  const door = person.door.kind === 'elsewhere' ? elsewhere : person.door;
  if (!door) return `${who} signs in elsewhere, and access.identityProvider in launch-ready.yaml does not say where`;
  return (await pass(sender, door, account, session)) ? session : 'signing in was refused';
}

type Found =
  | { readonly is: 'there'; readonly address: string }
  | { readonly is: 'gone' | 'staying' }
  | { readonly is: 'unknown'; readonly why: string };

/** What removes a thing. Where the run broke off before it learned that, the thing is looked for in the list, by its mark. */
async function find(sender: Sender, { address, path, id: known, mark, removal }: OpenThing, session: Session): Promise<Found> {
  if (address !== undefined) return { is: 'there', address };
  if (removal === undefined && known !== undefined) return { is: 'staying' };
  const list = await sender.send({ method: 'GET', path }, session);
  if (!list.ok) return { is: 'unknown', why: list.fault.message };
  if (list.value.status >= 300) return { is: 'unknown', why: `GET ${path} answers ${list.value.status}, so it cannot be looked for` };
  if (!list.value.text.includes(mark)) return { is: 'gone' };
  const row = rowsOf(contentOf(list.value.text).json).find((one) => JSON.stringify(one).includes(mark));
  if (removal === undefined || row === undefined) return { is: 'staying' };
  const id = idOf(row, 'id', path.split('/').at(-1) ?? '');
  const found = addressOf({ path, row, ...(id !== undefined && { id }) }, { path: removal });
  return found === undefined ? { is: 'staying' } : { is: 'there', address: found };
}
