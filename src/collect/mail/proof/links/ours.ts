import type { GivenPerson } from '../../../../core/target.ts';
import { changeBack, setBack } from '../../../access/accounts/change.ts';
import { enterWith, type Subject } from '../../../access/accounts/ground.ts';
import type { Account } from '../../../access/people/account.ts';
import { isPlain, type PlainDoor } from '../../../access/people/doors.ts';
import { isHis, signIn, type SignedIn } from '../../../access/people/sign-in.ts';
import type { SignedUp } from '../../../access/people/sign-up.ts';
import type { Session } from '../../../access/wire/session.ts';
import type { LinkGround } from './ground.ts';
import type { Arrived, Ours } from './trying.ts';

/** Accounts of ours that mails are asked for and used with. */
export interface OurPeople {
  /** With whom of ours a mail is tried. */
  who(arrived: Pick<Arrived, 'account'>): Promise<Ours>;
  /** A session of whoever was signed up, a new one where a reset ended his; `undefined` where nobody was. */
  session(): Promise<Session | undefined>;
  /** Gives an account of the config its own password back after a reset: signed in, else by one more mail. */
  ownPassword(door: PlainDoor, took: number): Promise<void>;
}

interface Somebody {
  readonly way: SignedIn;
  readonly account: Account;
  readonly subject?: Subject;
}

/** Whoever was signed up, else somebody who is marked expendable: he is signed in when he is needed. */
export function ourPeople(ground: LinkGround, joined: SignedUp | undefined, people: readonly GivenPerson[]): OurPeople {
  const known = new Map<string, Promise<Somebody | undefined>>();
  const mine = joined && somebody(joined.account, joined, joined.account.email);
  const given = people.find(({ expendable }) => expendable === true);

  async function signedIn(person: GivenPerson): Promise<Somebody | undefined> {
    const way = await signIn(ground.sender, ground.doors.signIn, person, ground.operations);
    return way && somebody(person, way, person.name);
  }
  async function of(email: string): Promise<Somebody | undefined> {
    if (mine?.account.email === email) return mine;
    if (given?.email !== email) return undefined;
    const asked = known.get(email) ?? signedIn(given);
    known.set(email, asked);
    return asked;
  }
  async function session(one: Somebody | undefined): Promise<Session | undefined> {
    if (!one) return undefined;
    const { session: first, witness } = one.way;
    if (!one.subject || (await isHis(ground.sender, first, witness))) return first;
    return (await enterWith(ground.sender, one.subject, one.subject.password)) ?? first;
  }

  return {
    async who({ account: { email } }) {
      const receiver = await of(email);
      const one = receiver ?? mine;
      if (!one) return {};
      const { account, subject, way } = one;
      const open = await session(one);
      return {
        insider: { account, witness: way.witness, door: way.door },
        ...(receiver && subject && { subject }),
        ...(open && { reader: { session: open, receives: receiver !== undefined } }),
      };
    },
    session: () => session(mine),
    async ownPassword(door, took) {
      const one = given && (await known.get(given.email));
      if (!one?.subject) return;
      await changeBack(ground, one.subject, undefined);
      await setBack(ground, one.subject, { door, took });
    },
  };
}

function somebody(account: Account, way: SignedIn, name: string): Somebody {
  const { door, witness, session } = way;
  const { password } = account;
  return {
    account,
    way,
    ...(isPlain(door) &&
      password !== undefined && { subject: { name, account: { ...account, password }, door, witness, session, password } }),
  };
}
