import type { GivenPerson } from '../../../core/target.ts';
import { addressOf } from '../objects/create.ts';
import { isToken, openPage } from '../pages/page.ts';
import { isThere, removeOnPages } from '../pages/remove.ts';
import { idOf, rowsOf } from '../objects/things.ts';
import type { Account } from '../people/account.ts';
import type { ElsewhereDoor } from '../people/doors.ts';
import { isHis, type Witness } from '../people/sign-in.ts';
import { pass } from '../people/pass.ts';
import { passwordLeft } from '../people/trial-password.ts';
import type { Body } from '../wire/body.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { withWays } from '../wire/ways.ts';
import type { Restoring } from './journal.ts';
import type { BrokenOff, OpenThing } from './read.ts';
import { removeOne, unseen } from './remove-one.ts';

/** What became of what a run had left. */
export interface CleanedUp {
  /** Addresses of what is gone. */
  readonly done: readonly string[];
  /** Requests that set back what was changed. */
  readonly setBack: readonly string[];
  /** What could not be, and why; trying again may help. */
  readonly left: readonly string[];
  /** What stays, because the app has no way to remove it, or what may, because nothing shows whether it is gone. */
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
  const setBack: string[] = [];
  const left: string[] = [];
  const stays = [
    ...broken.accounts.map(({ email, path }) => `the account ${email}, which was signed up${path === undefined ? '' : ` by POST ${path}`}`),
    ...broken.passwords.map((who) => `the password of ${who}, which ${passwordLeft}`),
  ];
  const insiders = new Map<string, Promise<Insider | string>>();
  const insiderOf = (who: string): Promise<Insider | string> => {
    const insider = insiders.get(who) ?? signedIn(sender, broken, given, who, elsewhere);
    insiders.set(who, insider);
    return insider;
  };
  for (const restoring of broken.restorings) {
    const { who, method, path } = restoring;
    const insider = await insiderOf(who);
    const body = typeof insider === 'string' ? restoring.body : await withTokens(sender, insider.session, restoring);
    const answer = typeof insider === 'string' ? undefined : await sender.send({ method, path, body }, insider.session);
    const what = `${method} ${path} as ${who}`;
    if (answer?.ok && answer.value.status < 400) setBack.push(what);
    else left.push(`${what} would set it back: ${reasonOf(insider, answer)}`);
  }
  const byPages: { readonly thing: OpenThing; readonly insider: Insider }[] = [];
  for (const thing of broken.things) {
    const { who, path, mark, id, onPages } = thing;
    const insider = await insiderOf(who);
    if (typeof insider === 'string') {
      left.push(`${nameOf(thing)}: ${insider}`);
      continue;
    }
    const { session } = insider;
    if (onPages) {
      byPages.push({ thing, insider });
      if (onPages.removal && (await isThere(sender, insider, onPages.shown, mark)) === 'there')
        await removeOnPages(sender, session, onPages.removal);
      continue;
    }
    const found = await find(sender, thing, session);
    if (found.is === 'staying') stays.push(`${nameOf(thing)}: the app has no way to remove it`);
    if (found.is === 'unknown') left.push(`${nameOf(thing)}: ${found.why}`);
    if (found.is !== 'there') continue;
    const { address } = found;
    const { is, why } = await removeOne(sender, session, {
      address,
      items: [address],
      list: path,
      mark,
      ...(id !== undefined && { id }),
      showed: () => false,
    });
    if (is === 'gone') done.push(address);
    else (is === 'unseen' ? stays : left).push(`${nameOf({ ...thing, address })}: ${why}`);
  }
  // What was below something may have gone with it.
  for (const { thing, insider } of byPages) {
    const { mark, onPages } = thing;
    const what = nameOf(thing);
    const there = await isThere(sender, insider, onPages?.shown ?? [], mark);
    if (there === 'gone') done.push(what);
    else if (there === 'unknown') left.push(`${what}: ${unseen}`);
    else if (onPages?.removal) left.push(`${what}: it is still there`);
    else stays.push(`${what}: the app has no way to remove it`);
  }
  return { done, setBack, left, stays };
}

/** A body with the tokens that its page has for this session: those of another time are worth nothing. */
async function withTokens(sender: Sender, session: Session, { page, body }: Restoring): Promise<Body> {
  const shown = page === undefined || body.type === 'json' ? undefined : await openPage(sender, session, page);
  if (!shown || body.type === 'json') return body;
  const tokens = new Map(shown.forms.flatMap(({ fields }) => fields.filter(isToken).map(({ name, value }) => [name, value] as const)));
  return { ...body, fields: body.fields.map(([name, value]) => [name, tokens.get(name) ?? value] as const) };
}

/** `/notes/7, made by anna at /notes with lr0123456789 in it`. */
const nameOf = ({ address, id, path, who, mark }: OpenThing): string =>
  `${address ?? id ?? 'something'}, made by ${who} at ${path} with ${mark} in it`;

const reasonOf = (insider: Insider | string, answer: Awaited<ReturnType<Sender['send']>> | undefined): string =>
  typeof insider === 'string' ? insider : answer?.ok ? `it answers ${answer.value.status}` : (answer?.fault.message ?? '');

/** Somebody who is signed in, and by what that is known. */
interface Insider {
  readonly session: Session;
  readonly witness: Witness;
}

/** A session of somebody, or why there is none. */
async function signedIn(
  sender: Sender,
  { people }: BrokenOff,
  given: readonly GivenPerson[],
  who: string,
  elsewhere: ElsewhereDoor | undefined,
): Promise<Insider | string> {
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
  if (!(await pass(sender, door, account, session))) return 'signing in was refused';
  const { witness } = person;
  // A page for everybody comes back as well where a password is wrong.
  return (await isHis(sender, session, witness))
    ? { session, witness }
    : `signing in was tried, and GET ${witness.path} does not show ${who}`;
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
  // Nothing shows it, and nothing would remove it.
  if (list.value.status >= 300 && removal === undefined) return { is: 'staying' };
  if (list.value.status >= 300) return { is: 'unknown', why: `GET ${path} answers ${list.value.status}, so it cannot be looked for` };
  if (!list.value.text.includes(mark)) return { is: 'gone' };
  const row = rowsOf(contentOf(list.value.text).json).find((one) => JSON.stringify(one).includes(mark));
  if (removal === undefined || row === undefined) return { is: 'staying' };
  const id = idOf(row, 'id', path.split('/').at(-1) ?? '');
  const found = addressOf({ path, row, ...(id !== undefined && { id }) }, { path: removal });
  return found === undefined ? { is: 'staying' } : { is: 'there', address: found };
}
