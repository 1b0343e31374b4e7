import type { Operation } from '../surface/operation.ts';
import { note, nothingSeen, type Seen } from '../objects/seen.ts';
import { readPage } from '../surface/crawl.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { type Account, loginName } from './account.ts';
import { type Door, doorName } from './doors.ts';
import { pass } from './pass.ts';

export interface SignedIn {
  readonly session: Session;
  readonly seen: Seen;
  /** How it is known, for people. */
  readonly proof: string;
  readonly door: Door;
}

/** Signs in by the first door that gives a session which is somebody's; `undefined` where none does. */
export async function signIn(
  sender: Sender,
  doors: readonly Door[],
  account: Account,
  operations: readonly Operation[],
): Promise<SignedIn | undefined> {
  for (const door of doors) {
    const session = emptySession();
    const answer = await pass(sender, door, account, session);
    if (!answer) continue;
    const seen = nothingSeen();
    const proof = await whoIs(sender, session, account, operations, answer, seen);
    if (proof === undefined) continue;
    await learnTokens(sender, session);
    return { session, seen, proof: `${doorName(door)}; ${proof}`, door };
  }
  return undefined;
}

const self = /\/(?:me|whoami|self|profile|account|user|session|current-?user|userinfo|dashboard|settings)$/i;

/** How it is known that a session is somebody's: an answer that names him, or one that visitors do not get. */
export async function whoIs(
  sender: Sender,
  session: Session,
  account: Account,
  operations: readonly Operation[],
  after: Answer,
  seen: Seen,
): Promise<string | undefined> {
  const names = [account.email, loginName(account)].map((one) => one.toLowerCase());
  const reads = operations.filter(({ method, path }) => method === 'GET' && !path.includes('{'));
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
    ...reads.slice(0, 12).map(({ path }) => path),
  ];
  for (const path of new Set(asked)) {
    const [mine, nobodys] = await Promise.all([
      sender.send({ method: 'GET', path }, session),
      sender.send({ method: 'GET', path }, emptySession()),
    ]);
    if (!mine.ok || !nobodys.ok || mine.value.status >= 300) continue;
    note(seen, path, mine.value);
    const text = mine.value.text.toLowerCase();
    if (names.some((name) => text.includes(name)) && !names.some((name) => nobodys.value.text.toLowerCase().includes(name)))
      return `GET ${path} names the account`;
    if (nobodys.value.status >= 300 && nobodys.value.status < 500) return `GET ${path} answers, and visitors get ${nobodys.value.status}`;
  }
  return undefined;
}

const csrfName = /csrf|xsrf|authenticity|_token$/i;

/** Finds what the app wants beside the session so that no other site can send requests in its name, and sends it along from now on. */
async function learnTokens(sender: Sender, session: Session): Promise<void> {
  if (session.token !== undefined) return;
  const url = sender.origin;
  for (const { key, value } of await session.cookies.getCookies(url))
    if (/xsrf|csrf/i.test(key)) {
      session.headers.set('x-xsrf-token', decodeURIComponent(value));
      session.headers.set('x-csrf-token', decodeURIComponent(value));
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
      return;
    }
  }
}
