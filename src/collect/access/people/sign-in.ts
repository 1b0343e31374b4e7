import type { Operation } from '../surface/operation.ts';
import { note, nothingSeen, type Seen } from '../objects/seen.ts';
import { readPage } from '../surface/crawl.ts';
import { dangerOf } from '../surface/safety.ts';
import { contentOf, saysNothing } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, nobodyLike, type Session } from '../wire/session.ts';
import { type Account, loginName } from './account.ts';
import { type Door, doorName } from './doors.ts';
import { keyDoor } from './key.ts';
import { pass } from './pass.ts';

/** An address whose answer tells whether a session is somebody's: it names him, or it is not for visitors. */
export interface Witness {
  readonly path: string;
  /** Lower case; one of them stands in the answer. None: any answer below 300 tells. */
  readonly names: readonly string[];
  /** The status that visitors are answered there. */
  readonly visitors?: number;
}

/** Whose a session is. `unclear`: the answer says nothing of it. `answered`: by what, a status or why nothing came, for people. */
export interface Standing {
  readonly is: 'his' | 'not his' | 'unclear';
  readonly answered: string;
}

/**
 * Whether a session is the person's of whom the witness tells. Too many requests, a server that breaks and a request that was not sent tell nothing of
 * it; some apps break on each visitor, which tells.
 */
export async function standingOf(sender: Sender, session: Session, { path, names, visitors }: Witness): Promise<Standing> {
  const answer = await sender.send({ method: 'GET', path }, session);
  if (!answer.ok) return { is: 'unclear', answered: answer.fault.message };
  const { status, text } = answer.value;
  const answered = String(status);
  if (saysNothing(status) || (status >= 500 && status !== visitors)) return { is: 'unclear', answered };
  const said = text.toLowerCase();
  const his = status < 300 && (names.length === 0 || names.some((name) => said.includes(name)));
  return { is: his ? 'his' : 'not his', answered };
}

/** Whether a session is his for sure. That it is not says little: it may not have been told. */
export const isHis = async (sender: Sender, session: Session, witness: Witness): Promise<boolean> =>
  (await standingOf(sender, session, witness)).is === 'his';

export interface SignedIn {
  readonly session: Session;
  readonly seen: Seen;
  /** How it is known, for people. */
  readonly proof: string;
  readonly door: Door;
  /** Where the app led him once he was in. */
  readonly landing?: string;
  /** Tells whether a session is his. */
  readonly witness: Witness;
}

/** Signs in by the first door that gives a session which is somebody's; `undefined` where none does. */
export async function signIn(
  sender: Sender,
  doors: readonly Door[],
  account: Account,
  operations: readonly Operation[],
): Promise<SignedIn | undefined> {
  for (const door of usable(doors, account)) {
    const session = emptySession();
    const answer = await pass(sender, door, account, session);
    if (!answer) continue;
    const seen = nothingSeen();
    // Some apps tell at the door, and nowhere else, what is his: the id of his basket, of his workspace.
    if (contentOf(answer.text).json !== undefined) note(seen, `${answer.location ?? '/'}#sign-in`, answer);
    const witness = await witnessFor(sender, session, account, operations, answer, seen);
    if (!witness) continue;
    await learnTokens(sender, session);
    const told = witness.names.length > 0 ? 'names the account' : 'answers, and not for visitors';
    const landing = answer.location?.startsWith('/') ? { landing: answer.location } : {};
    return { session, seen, proof: `${doorName(door)}; GET ${witness.path} ${told}`, door, witness, ...landing };
  }
  return undefined;
}

/** Who has a key uses it; who has a password signs in with it, unless the app has no such door. */
function usable(doors: readonly Door[], account: Account): readonly Door[] {
  const { password } = account;
  const key = keyDoor(account);
  if (key) return [key];
  const elsewhere = doors.filter(({ kind }) => kind === 'elsewhere');
  // Whoever signs in elsewhere may have no password here; whom we signed up here is unknown there.
  if (elsewhere.length > 0 && password !== undefined) {
    const here = doors.filter(({ kind }) => kind === 'form' || kind === 'api');
    return account.made ? here : [...elsewhere, ...here];
  }
  const mailed = doors.filter(({ kind }) => kind === 'mail');
  return password === undefined || mailed.length === doors.length ? mailed : doors.filter(({ kind }) => kind !== 'mail');
}

const self = /\/(?:me|whoami|self|profile|account|user|session|current-?user|userinfo|dashboard|settings)$/i;

/** Addresses asked at most to tell whose a session is. A recording brings many that everybody may read; one that visitors may not comes late then. */
const mostReads = 40;

/** How it is known that a session is somebody's: an answer that names him, or one that visitors do not get. */
async function witnessFor(
  sender: Sender,
  session: Session,
  account: Account,
  operations: readonly Operation[],
  after: Answer,
  seen: Seen,
): Promise<Witness | undefined> {
  const reads = operations.filter((one) => one.method === 'GET' && !one.path.includes('{') && dangerOf(one) === undefined);
  const asked = [
    ...reads.filter(({ path }) => self.test(path)).map(({ path }) => path),
    ...(after.location?.startsWith('/') ? [after.location] : []),
    '/api/me',
    '/me',
    '/',
    '/dashboard',
    '/account',
    '/profile',
    '/settings',
    ...reads.slice(0, mostReads).map(({ path }) => path),
  ];
  return witnessAmong(sender, session, account, asked, seen);
}

/** The first of these addresses that tells whether a session is somebody's. */
export async function witnessAmong(
  sender: Sender,
  session: Session,
  account: Account,
  paths: readonly string[],
  seen: Seen,
): Promise<Witness | undefined> {
  const names = [account.email, loginName(account)].map((one) => one.toLowerCase());
  const ways: Witness[] = [];
  const queue = new Set(paths);
  for (const path of queue) {
    const [mine, nobodys] = await Promise.all([
      sender.send({ method: 'GET', path }, session),
      sender.send({ method: 'GET', path }, nobodyLike(session)),
    ]);
    // A start page that leads those who are in elsewhere.
    if (mine.ok && mine.value.status < 400 && mine.value.location?.startsWith('/') && queue.size < 40) queue.add(mine.value.location);
    if (!mine.ok || !nobodys.ok || mine.value.status >= 300) continue;
    note(seen, path, mine.value);
    const visitors = nobodys.value.status;
    if (saysNothing(visitors)) continue;
    const text = mine.value.text.toLowerCase();
    if (names.some((name) => text.includes(name)) && !names.some((name) => nobodys.value.text.toLowerCase().includes(name)))
      return { path, names, visitors };
    if (visitors >= 300 && visitors < 500) return { path, names: [], visitors };
    // A page for everybody, with a way out for those who are in.
    const out = signsOut.exec(text)?.[0];
    if (out !== undefined && !signsOut.test(nobodys.value.text.toLowerCase())) ways.push({ path, names: [out], visitors });
  }
  return ways[0];
}

const signsOut = /(?:href|action)=["'][^"']*(?:log-?_?out|sign-?_?out)[^"']*["']/;

const csrfName = /csrf|xsrf|authenticity|_token$/i;

/** Finds what the app wants beside the session so that no other site can send requests in its name, and sends it along from now on. */
async function learnTokens(sender: Sender, session: Session): Promise<void> {
  if (session.token !== undefined) return;
  const url = sender.origin;
  for (const { key, value } of await session.cookies.getCookies(url))
    if (/xsrf|csrf/i.test(key)) {
      session.headers.set('x-xsrf-token', decodeURIComponent(value));
      session.headers.set('x-csrf-token', decodeURIComponent(value));
      session.forgeryToken = { cookie: key };
    }
  for (const path of ['/', '/settings', '/account', '/profile']) {
    const page = await sender.send({ method: 'GET', path }, session);
    if (!page.ok || page.value.status >= 300) continue;
    const meta = /<meta[^>]+name=["']csrf-token["'][^>]+content=["']([^"']+)["']/i.exec(page.value.text)?.[1];
    const hidden = readPage(page.value.text, path, url)
      .forms.flatMap(({ fields }) => fields)
      .find(({ name, type, value }) => type === 'hidden' && csrfName.test(name) && value.length >= 8)?.value;
    const token = meta ?? hidden;
    if (token !== undefined) {
      session.headers.set('x-csrf-token', token);
      session.forgeryToken = { page: path };
      return;
    }
  }
}
