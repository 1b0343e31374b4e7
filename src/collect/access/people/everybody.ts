import type { GivenPerson } from '../../../core/target.ts';
import type { Journal } from '../journal/journal.ts';
import { nothingSeen } from '../objects/seen.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { type Account, newAccount } from './account.ts';
import type { Door, Doors } from './doors.ts';
import { pass } from './pass.ts';
import type { Person } from './person.ts';
import { signIn } from './sign-in.ts';

/** Why the app could not be tried, in words. */
export class NobodySignedIn extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Who is to be signed in. */
export interface Everybody {
  readonly sender: Sender;
  readonly people: readonly GivenPerson[];
  /** Whether somebody may be signed up where nobody is named. */
  readonly writes: boolean;
  readonly journal: Journal;
}

/** Signs everybody in, a visitor first who is nobody. Throws `NobodySignedIn` where that leaves less than two. */
export async function signEverybodyIn(
  { sender, people, writes, journal }: Everybody,
  doors: Doors,
  operations: readonly Operation[],
): Promise<Person[]> {
  const visitor: Person = {
    name: 'visitor',
    tenant: '',
    administrator: false,
    from: 'config',
    proof: '',
    session: emptySession(),
    witness: { path: '/', names: [] },
    expendable: false,
    seen: nothingSeen(),
  };
  const all: Person[] = [visitor];
  for (const { name, tenant, role, administrator = false, expendable = false, ...account } of people) {
    const way = await signIn(sender, doors.signIn, account, operations);
    if (!way)
      throw new NobodySignedIn(
        `${name} could not be signed in: ${doors.signIn.length === 0 ? 'no sign-in was found' : 'every sign-in we found refuses this account or gives no session'}.`,
        'Check the address and the password of this person in the config, and that the app runs.',
      );
    all.push({
      name,
      tenant: tenant ?? name,
      ...(role !== undefined && { role }),
      administrator,
      from: 'config',
      expendable,
      account,
      ...way,
    });
  }
  if (people.length === 0 && writes)
    for (const name of ['owner', 'stranger']) {
      const one = await signedUp({ sender, journal }, doors, operations);
      if (one) all.push({ name, tenant: name, administrator: false, from: 'signed-up', expendable: true, ...one });
    }
  if (all.length < 3)
    throw new NobodySignedIn(
      people.length > 0
        ? 'At least two people are needed who belong to different customers.'
        : writes
          ? 'Nobody could be signed up: no open sign-up was found that lets people in at once.'
          : 'Nobody is named who could sign in.',
      'Name two people of different customers under access.people in launch-ready.yaml.',
    );
  if (writes) for (const { name, account, door } of all) if (account && door) journal.person({ name, account, door });
  return all;
}

async function signedUp(
  { sender, journal }: Pick<Everybody, 'sender' | 'journal'>,
  { signIn: doorsIn, signUp }: Doors,
  operations: readonly Operation[],
): Promise<(Omit<Person, 'name' | 'tenant' | 'administrator' | 'from' | 'expendable'> & { readonly account: Account }) | undefined> {
  for (const door of signUp) {
    const account = newAccount();
    const session = emptySession();
    journal.account(account.email);
    const answer = await pass(sender, door, account, session);
    if (!answer) continue;
    const way = await signIn(sender, byKind(doorsIn, door), account, operations);
    if (way) return { account, ...way, ...(session.begun && { joined: session.begun }) };
  }
  return undefined;
}

/** The sign-in of the same make first. */
const byKind = (doors: readonly Door[], { kind }: Door): Door[] =>
  doors.toSorted((a, b) => Number(b.kind === kind) - Number(a.kind === kind));
