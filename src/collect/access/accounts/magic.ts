import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { Account } from '../people/account.ts';
import { enteringOperations } from '../people/by-mail.ts';
import { doorName } from '../people/doors.ts';
import { enterBy } from '../people/enter.ts';
import { type Standing, standingOf, type Witness } from '../people/sign-in.ts';
import { doubting } from '../wire/hearing.ts';
import { emptySession } from '../wire/session.ts';
import { askAgain, type Expiry, tryExpiry } from './expiry.ts';
import { type AccountGround, broken, holds, shown, unclear, unknown } from './ground.ts';
import { tryHosts } from './host.ts';
import { firstMail, handsOut, type Mailed, patienceAfter } from './reset.ts';
import { judgeTokens } from './tokens.ts';

const flow = 'sign-in by mail';
const twice = { question: 'magic-twice', flow } as const;

/** Uses a mailed link or code of an account: whose the session is then. */
export async function enteredBy(
  { sender, operations }: Pick<AccountGround, 'sender' | 'operations'>,
  { account, witness }: { readonly account: Account; readonly witness: Witness },
  by: Pick<Mailed, 'key'> & Partial<Pick<Mailed, 'asked'>>,
  session = emptySession(),
): Promise<Standing> {
  const { sender: heard, doubts } = doubting(sender);
  await enterBy(heard, { ...by, account, enter: enteringOperations(operations) }, session);
  const standing = await standingOf(sender, session, witness);
  return standing.is === 'not his' && doubts.length > 0 ? { is: 'unclear', answered: doubts.join('; ') } : standing;
}

/** Signs in by a mailed link or code, and a second time with the same (OWASP ASVS 6.5.1: one-time secrets work once), each in a browser of its own. */
export async function tryMagic(
  ground: AccountGround & { readonly mailbox: Mailbox },
  { account, witness }: { readonly account: Account; readonly witness: Witness },
): Promise<{ readonly trials: readonly AccountTrial[]; finish(): Promise<readonly AccountTrial[]>; readonly expiry?: Expiry }> {
  const { sender, mailbox, asking } = ground;
  const mailed = await firstMail(ground, mailbox, asking.magic, account);
  if (!mailed) {
    const steps = asking.magic.slice(0, 3).map((door) => `${doorName(door)} for ${account.email}: no mail`);
    const toKnow = 'See that the app sends its mails to the mailbox under access.mail, and that the account marked expendable gets them.';
    const trials = [
      twice,
      { question: 'link-expiry', flow } as const,
      { question: 'link-host', flow } as const,
      { question: 'token', flow } as const,
    ].map((about) => unknown(about, 'no mail with a link or a code came', steps, toKnow));
    return { trials, finish: () => Promise.resolve([]) };
  }
  const { door, key, at, took } = mailed;
  const what = key.link ? 'link' : 'code';
  const steps = [
    `${doorName(door)} for ${account.email} → a mail with a ${what}${key.link ? `, ${shown(key.link)}` : ''}`,
    ...(key.lifetime === undefined ? [] : [`the mail says: ${key.lifetime}`]),
  ];
  const entered = (by: Pick<Mailed, 'key' | 'asked'>): Promise<Standing> => enteredBy(ground, { account, witness }, by);
  const trials: AccountTrial[] = [];
  if (handsOut(mailed))
    trials.push(
      broken(
        { question: 'login-unproven', flow },
        `${doorName(door)} answers with the ${what} that it mails, so naming an address is enough to sign in`,
        steps,
      ),
    );
  const first = await entered(mailed);
  if (first.is !== 'his') trials.push(unknown(twice, `the ${what} of the mail did not sign in when we used it: ${first.answered}`, steps));
  else {
    steps.push(`signed in with the ${what}`, `used the same ${what} in another browser`);
    const again = await entered(mailed);
    trials.push(
      again.is === 'unclear'
        ? unclear(twice, again.answered, steps)
        : again.is === 'his'
          ? broken(twice, `a mailed sign-in ${what} signs in again after it was used`, steps)
          : holds(twice, `a mailed sign-in ${what} works once`, steps),
    );
  }
  const mailing = { sender, mailbox, door, account, patience: patienceAfter(took, mailbox) };
  const expiry: Expiry = () =>
    first.is === 'his'
      ? tryExpiry({ sender, mailbox, flow, key, again: () => askAgain(mailing), enter: entered })
      : Promise.resolve(unknown({ question: 'link-expiry', flow }, `the ${what} of the mail did not sign in when we used it`, steps));
  if (!key.link) return { trials, finish: () => Promise.resolve([]), expiry };
  const hosts = await tryHosts({ ...mailing, flow });
  trials.push(judgeTokens(flow, [{ key, at }, ...hosts.issued], account.email));
  return { trials, finish: async () => [await hosts.finish()], expiry };
}
