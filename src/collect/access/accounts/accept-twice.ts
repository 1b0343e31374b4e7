import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { nothingSeen } from '../objects/seen.ts';
import { type AccountWithPassword, newAccount } from '../people/account.ts';
import type { Person } from '../people/person.ts';
import { isHis, signIn, type SignedIn, standingOf } from '../people/sign-in.ts';
import { doubting } from '../wire/hearing.ts';
import { emptySession, type Session } from '../wire/session.ts';
import { acceptor } from './accept.ts';
import { type AccountGround, broken, entering, holds, unclear, unknown } from './ground.ts';

const about = { question: 'invite-twice', flow: 'invitation' } as const;

/** What an invitation is accepted with. */
type Ground = Pick<AccountGround, 'sender' | 'doors' | 'operations' | 'journal' | 'left'>;

/** An invitation of somebody new, and somebody who is in already: where he is seen to be in, the new one is. */
export interface Invitation {
  readonly account: AccountWithPassword;
  readonly link: URL;
  readonly person: Partial<Pick<Person, 'witness' | 'door'>>;
  readonly newAddress: () => string;
  /** What was done before. */
  readonly steps: readonly string[];
  /** In which browser the new one opens it; absent: his first. */
  readonly session?: Session;
}

/** What came of accepting it. */
export interface AcceptedTwice {
  readonly trial: AccountTrial;
  /** How the new one gets in; absent where it could not be accepted. */
  readonly way?: SignedIn;
  readonly accept: ReturnType<typeof acceptor>;
}

/** Accepts an invitation, and then tries to get in by the same link as somebody else (OWASP WSTG-IDNT-02). */
export async function acceptTwice(
  ground: Ground,
  { account, link, person, newAddress, steps: before, session }: Invitation,
): Promise<AcceptedTwice> {
  const { sender, doors, operations, journal } = ground;
  const steps = [...before];
  const accept = acceptor({ sender, operations, link });
  journal.account(account.email);
  ground.left.push(`the account ${account.email}, which was invited`);
  const first = session ?? emptySession();
  const how = await accept(first, account);
  const way = await wayOf(ground, first, account, person);
  if (!way) {
    steps.push(`accepted it by ${how?.told ?? 'nothing: no form and no route was found for it'}`);
    return { trial: unknown(about, 'the invitation could not be accepted by us, so a second time says nothing', steps), accept };
  }
  steps.push(`accepted it by ${how?.told ?? 'opening it'}, and was signed in as the new address`);
  // The second one comes with another password, and with another address where he is asked for one.
  const other = newAccount(how?.asksAddress ? newAddress() : account.email);
  const second = emptySession();
  if (how?.asksAddress) journal.account(other.email);
  const { sender: heard, doubts } = doubting(sender);
  const again = await accept(second, other, { sender: heard });
  steps.push(`opened the same link in another browser and accepted it again, by ${again?.told ?? 'nothing: its form is gone'}`);
  const same = way.witness.names.length > 0 ? way.witness : { ...way.witness, names: [account.email.toLowerCase()] };
  const standing = await standingOf(sender, second, same);
  const withOther =
    standing.is === 'his' || !again ? undefined : await entering(sender, { account, door: way.door, witness: same }, other.password);
  const told = (trial: AccountTrial): AcceptedTwice => ({ trial, way, accept });
  if (standing.is === 'his')
    return told(broken(about, 'an invitation that was accepted signs in whoever else has its link', [...steps, 'was signed in']));
  if (withOther?.is === 'his')
    return told(
      broken(about, 'an invitation that was accepted lets whoever else has its link set another password', [
        ...steps,
        'signed in with the other password',
      ]),
    );
  if (how?.asksAddress && (await signIn(sender, doors.signIn, other, operations)))
    return told(
      unknown(
        about,
        'the link of an invitation lets in somebody else under another address',
        steps,
        'Say whether it is meant for a whole team: then anybody to whom it is passed on gets in, until it is switched off.',
      ),
    );
  if (standing.is === 'unclear' || withOther?.is === 'unclear' || doubts.length > 0)
    return told(unclear(about, standing.is === 'unclear' ? standing.answered : (withOther?.answered ?? doubts.join('; ')), steps));
  return told(holds(about, 'an invitation works once', [...steps, 'was not let in']));
}

/** How it is known that the invited one is in: by the session the acceptance gave, else by signing in with what he chose. */
async function wayOf(
  { sender, doors, operations }: Ground,
  session: Session,
  account: AccountWithPassword,
  { witness, door }: Invitation['person'],
): Promise<SignedIn | undefined> {
  const way = await signIn(sender, doors.signIn, account, operations);
  if (way) return way;
  if (!door || !witness) return undefined;
  const his = { path: witness.path, names: [account.email.toLowerCase()] };
  if (!(await isHis(sender, session, his))) return undefined;
  return { session, seen: nothingSeen(), proof: `the invitation; GET ${his.path} names the account`, door, witness: his };
}
