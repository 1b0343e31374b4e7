import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen, type Mailbox } from '../mail/mailbox.ts';
import { type Key, tokensIn } from '../mail/read.ts';
import { type AccountWithPassword, newAccount } from '../people/account.ts';
import type { Person } from '../people/person.ts';
import { isHis, signIn, type SignedIn, type Standing, standingOf } from '../people/sign-in.ts';
import { doubting } from '../wire/hearing.ts';
import { emptySession } from '../wire/session.ts';
import type { acceptor } from './accept.ts';
import { acceptTwice } from './accept-twice.ts';
import { type Expiry, tryExpiry } from './expiry.ts';
import { type AccountGround, entering, nextKey, shown, unknown } from './ground.ts';
import { type Inviting, invitingOf } from './inviting.ts';
import { tryLowered } from './lowered.ts';
import { patienceAfter } from './reset.ts';
import { teamOf, tryRemoval } from './removal.ts';
import { judgeTokens } from './tokens.ts';

const flow = 'invitation';
const about = { question: 'invite-twice', flow } as const;
const expiring = { question: 'link-expiry', flow } as const;

/** Somebody new who was invited, and how he gets in. */
export interface Invited {
  readonly account: AccountWithPassword;
  readonly way: SignedIn;
}

/** What came of inviting; nothing where nobody can invite. */
export interface InviteTried {
  readonly trials: readonly AccountTrial[];
  readonly invited?: Invited;
  /** Whether another invitation lets somebody in too late. */
  readonly expiry?: Expiry;
}

/**
 * Lets somebody of the config invite two new people of ours, accepts one invitation, and then tries to get in by the same link as somebody else
 * (OWASP WSTG-IDNT-02). A link that asks for any address, or that is the same for all, may be meant for a whole team: then it is a question.
 */
export async function tryInvites(ground: AccountGround & { readonly mailbox: Mailbox }): Promise<InviteTried> {
  const { mailbox, people } = ground;
  for (const one of people) {
    // Who runs the app makes users, and whatever he sends reaches everybody.
    const person = one.account && !one.administrator && (await signedInStill(ground, one));
    if (!person) continue;
    for (const inviting of await invitingOf(ground, person)) {
      const tried = await tryInvite(ground, mailbox, person, inviting);
      if (tried) return tried;
    }
  }
  return { trials: [] };
}

/** The same person, in a new session where his own has ended. */
async function signedInStill({ sender, doors, operations }: AccountGround, person: Person): Promise<Person | undefined> {
  if (await isHis(sender, person.session, person.witness)) return person;
  const way = person.account && (await signIn(sender, doors.signIn, person.account, operations));
  return way && { ...person, session: way.session };
}

interface Mail {
  readonly key: Key & { readonly link: URL };
  readonly at: number;
  readonly took: number;
}

async function invite(
  { journal, left }: AccountGround,
  mailbox: Mailbox,
  person: Person,
  inviting: Inviting,
  to: string,
  patience: number,
): Promise<Mail | undefined> {
  const listening = await listen(mailbox, to);
  const at = Date.now();
  journal.about({ who: person.name, method: 'POST', path: inviting.path });
  if (!(await inviting.send(to))) return undefined;
  left.push(`the invitation of ${to} by ${person.name}`);
  const key = await nextKey(listening, patience);
  return key?.link && { key: { ...key, link: key.link }, at, took: Date.now() - at };
}

/** One way of inviting; `undefined` where it sends no mail, so that another one may be tried. */
async function tryInvite(ground: AccountGround, mailbox: Mailbox, person: Person, inviting: Inviting): Promise<InviteTried | undefined> {
  const { sender } = ground;
  const account = newAccount(mailbox.newAddress());
  const mail = await invite(ground, mailbox, person, inviting, account.email, mailbox.patienceMs);
  if (!mail) return undefined;
  const { link, lifetime } = mail.key;
  const steps = [
    `POST ${inviting.path} for a new address as ${person.name} → a mail with a link, ${shown(link)}`,
    ...(lifetime === undefined ? [] : [`the mail says: ${lifetime}`]),
  ];
  const { trial, way, accept } = await acceptTwice(ground, { account, link, person, newAddress: () => mailbox.newAddress(), steps });
  if (!way)
    return {
      trials: [trial, unknown(expiring, 'the invitation could not be accepted by us, so a late time says nothing', trial.steps)],
    };
  const trials: AccountTrial[] = [trial];
  const leaver = newAccount(mailbox.newAddress());
  const before = await teamOf(ground, person);
  const next = await invite(ground, mailbox, person, inviting, leaver.email, patienceAfter(mail.took, mailbox));
  if (next && tokensIn(next.key.link)[0] === tokensIn(link)[0]) {
    const text = 'all invitations have the same link';
    const toKnow = 'Say whether it is meant for a whole team: then anybody to whom it is passed on gets in, until it is switched off.';
    return { trials: [unknown(about, text, steps, toKnow)], invited: { account, way } };
  }
  const removal = next && (await tryRemoval(ground, { inviter: person, leaver, link: next.key.link, before }));
  if (removal) trials.push(removal);
  trials.push(await tryLowered(ground, person, account));
  const issued = [mail, ...(next ? [next] : [])].map(({ key, at }) => ({ key, at }));
  const another = async (): Promise<Late | undefined> => {
    const now = await signedInStill(ground, person);
    const still = now && now.session !== person.session ? await invitingOf(ground, now) : [inviting];
    const one = still.find(({ path }) => path === inviting.path);
    if (!now || !one) return undefined;
    const to = newAccount(mailbox.newAddress());
    const came = await invite(ground, mailbox, now, one, to.email, patienceAfter(mail.took, mailbox));
    return came && { account: to, link: came.key.link };
  };
  const expiry: Expiry = () =>
    tryExpiry({ sender, mailbox, flow, key: mail.key, again: another, enter: (late) => letsIn(ground, accept, { account, way }, late) });
  return { trials: [...trials, judgeTokens(flow, issued, account.email)], invited: { account, way }, expiry };
}

/** A further invitation, of somebody else who is new. */
interface Late {
  readonly account: AccountWithPassword;
  readonly link: URL;
}

/** Whether an invitation lets in whom it was sent to: by the session the acceptance gives, or by signing in with the password it sets. */
async function letsIn(
  { sender, journal, left }: AccountGround,
  accept: ReturnType<typeof acceptor>,
  { account: first, way: { door, witness } }: Invited,
  { account, link }: Late,
): Promise<Standing> {
  journal.account(account.email);
  const session = emptySession();
  const { sender: heard, doubts } = doubting(sender);
  await accept(session, account, { sender: heard, link });
  // What tells by something else than his address tells of everybody.
  const named = witness.names.includes(first.email.toLowerCase());
  const his = named ? { ...witness, names: [account.email.toLowerCase()] } : witness;
  let standing = await standingOf(sender, session, his);
  const entered = standing.is === 'his' ? undefined : await entering(sender, { account, door, witness: his }, account.password);
  if (entered && entered.is !== 'not his') standing = entered;
  if (standing.is === 'not his' && doubts.length > 0) standing = { is: 'unclear', answered: doubts.join('; ') };
  if (standing.is !== 'not his') left.push(`the account ${account.email}, which was invited`);
  return standing;
}
