import type { AccountFlow, AccountQuestion, AccountTrial } from '../../../evidence/live-accounts.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { isPlain } from '../people/doors.ts';
import type { Person } from '../people/person.ts';
import { accountLeft, signUp } from '../people/sign-up.ts';
import { changeBack, setBack, tryChange } from './change.ts';
import { tryChangedAddress } from './changed-address.ts';
import type { Expiry } from './expiry.ts';
import { type AccountGround, enterWith, type Subject, unknown } from './ground.ts';
import { type Invited, tryInvites } from './invite.ts';
import { tryMagic } from './magic.ts';
import { tryReset } from './reset.ts';
import { throttleLogin, throttleReset } from './throttle.ts';
import { loginUnproven, setUnproven } from './unproven.ts';

type Question = readonly [AccountQuestion, AccountFlow];

const ofReset: readonly Question[] = [
  ['reset-twice', 'password reset'],
  ['link-host', 'password reset'],
  ['token', 'password reset'],
  ['link-expiry', 'password reset'],
  ['old-session', 'password reset'],
  ['reset-page', 'password reset'],
  ['changed-address', 'password reset'],
  ['reset-throttle', 'password reset'],
];
const ofMagic: readonly Question[] = [
  ['magic-twice', 'sign-in by mail'],
  ['link-expiry', 'sign-in by mail'],
  ['link-host', 'sign-in by mail'],
  ['token', 'sign-in by mail'],
];
const ofPassword: readonly Question[] = [
  ['password-unproven', 'password reset'],
  ['login-throttle', 'sign-in'],
];
const ofSignIn: readonly Question[] = [['login-unproven', 'sign-in']];

const allow = 'Let us try it with --allow-writes, on an account marked expendable.';
const withoutPassword = 'the account made for testing does not sign in with a password';
const mark = 'Mark an account made for testing as expendable under access.people in launch-ready.yaml.';
const name = 'Name a mailbox under access.mail in launch-ready.yaml, and let the app send its mails there.';

/**
 * All questions about how people get into their accounts, at the end of a run: what is tried ends sessions, uses up links and locks accounts. Only on
 * an account made for it. Its password is set back, and what uses up its tries comes last.
 */
export async function askAccounts(ground: AccountGround): Promise<AccountTrial[]> {
  const { asking, mailbox, writes } = ground;
  const reset = asking.reset.length > 0 ? ofReset : [];
  const mailed = [...reset, ...(asking.magic.length > 0 ? ofMagic : [])];
  const password = takesPasswords(ground) ? ofPassword : [];
  const signIn = [...password, ...ofSignIn];
  if (!writes) return untried([...mailed, ...signIn], 'nothing may be changed in the app', allow);
  const trials: AccountTrial[] = [];
  const invites = mailbox ? await tryInvites({ ...ground, mailbox }) : undefined;
  trials.push(...(invites?.trials ?? []));
  const someone = await subjectOf(ground, invites?.invited);
  if (!someone) return [...trials, ...untried([...mailed, ...signIn], 'there is no account that was made for testing', mark)];
  const subject = withPassword(someone);
  if (!subject) trials.push(...untried([...(mailbox ? reset : []), ...password], withoutPassword, mark));
  if (!mailbox) trials.push(...untried(mailed, 'no mailbox is named in which the mails of the app could be read', name));
  const finish = mailbox ? await byMail({ ...ground, mailbox }, someone, subject, trials) : undefined;
  // Where the mails themselves are handed out, that is told already.
  const told = new Set(trials.map(({ question }) => question));
  if (subject && !told.has('password-unproven')) trials.push(await setUnproven(ground, subject));
  if (!told.has('login-unproven'))
    trials.push(...(subject ? [await loginUnproven(ground, subject)] : untried(ofSignIn, withoutPassword, mark)));
  await finish?.(invites?.expiry);
  if (subject) trials.push(await throttleLogin(ground, subject));
  return trials;
}

/** Whether people sign in with a password here: by a form or an operation that is shown, or because somebody did. An address that was only guessed is none. */
const takesPasswords = ({ doors, people }: AccountGround): boolean =>
  people.some(({ door }) => door && isPlain(door)) ||
  doors.signIn.some((door) => door.kind === 'form' || (door.kind === 'api' && door.operation.sources.some((source) => source !== 'crawl')));

const untried = (questions: readonly Question[], text: string, toKnow: string): AccountTrial[] =>
  questions.map(([question, flow]) => unknown({ question, flow }, text, [], toKnow));

/** What mails do; gives what has to wait until late ones had the time to come. */
async function byMail(
  ground: AccountGround & { readonly mailbox: Mailbox },
  someone: Person,
  subject: Subject | undefined,
  trials: AccountTrial[],
): Promise<(invites: Expiry | undefined) => Promise<void>> {
  const { asking } = ground;
  const reset = subject && asking.reset.length > 0 ? await tryReset(ground, subject) : undefined;
  trials.push(...(reset?.trials ?? []));
  if (subject && reset?.sessions) trials.push(await tryChange(ground, subject, someone, reset.sessions));
  if (subject && reset) await setBack(ground, subject, reset.mailed);
  const { account, witness } = someone;
  const magic = account && asking.magic.length > 0 ? await tryMagic(ground, { account, witness }) : undefined;
  trials.push(...(magic?.trials ?? []));
  return async (invites) => {
    trials.push(...((await reset?.finish()) ?? []), ...((await magic?.finish()) ?? []));
    if (subject && reset) {
      const session = (await enterWith(ground.sender, subject, subject.password)) ?? subject.session;
      // Where no mail sets a password, that one from before sets none is no news.
      trials.push(await tryChangedAddress(ground, reset.works && reset.mailed, { session, seen: someone.seen, account: subject.account }));
    }
    // Each may take half a minute.
    for (const expiry of [invites, reset?.expiry, magic?.expiry]) if (expiry) trials.push(await expiry());
    if (subject && reset) {
      await changeBack(ground, subject, someone);
      await setBack(ground, subject, reset.mailed);
    }
    // The first mail, and one for each header, at least.
    if (subject && reset?.mailed) trials.push(await throttleReset(ground, subject, reset.mailed, 3));
  };
}

/**
 * An account made for testing: one that was invited a moment ago, so that nobody's password is touched and nobody's tries are used up; else one that
 * was marked or signed up, or that signs up now.
 */
async function subjectOf(ground: AccountGround, invited: Invited | undefined): Promise<Person | undefined> {
  const other = { name: 'somebody new', tenant: 'somebody new', administrator: false, from: 'signed-up', expendable: true } as const;
  if (invited) return { ...other, ...invited.way, account: invited.account };
  const given = ground.people.find(({ expendable, administrator, account, door }) => expendable && !administrator && account && door);
  if (given) return given;
  const way = await signUp(ground);
  if (!way) return undefined;
  ground.left.push(accountLeft(way.account.email, ground.doors));
  return { ...other, ...way };
}

function withPassword({ name: who, account, door, witness, session }: Person): Subject | undefined {
  const password = account?.password;
  if (!account || !door || !isPlain(door) || password === undefined) return undefined;
  return { name: who, account: { ...account, password }, door, witness, session, password };
}
