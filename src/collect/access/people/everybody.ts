import type { GivenPerson } from '../../../core/target.ts';
import type { Journal } from '../journal/journal.ts';
import type { Account } from './account.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { nothingSeen } from '../objects/seen.ts';
import type { Operation } from '../surface/operation.ts';
import type { Sender } from '../wire/sender.ts';
import { boundIn } from '../traffic/bound.ts';
import type { Recording } from '../traffic/exchange.ts';
import { emptySession } from '../wire/session.ts';
import type { Doors } from './doors.ts';
import type { Person } from './person.ts';
import { signIn, type SignedIn } from './sign-in.ts';
import { signUp } from './sign-up.ts';

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
  /** How many have to be signed in at least; two when absent. */
  readonly fewest?: number;
  /** Whether somebody may be signed up where nobody is named. */
  readonly writes: boolean;
  readonly journal: Journal;
  /** Where no door that we know lets somebody in. */
  readonly lastResort?: (name: string, account: Account) => Promise<Omit<SignedIn, 'door'> | undefined>;
  /** What people's browsers recorded before: it tells which headers their sessions are bound to. */
  readonly recordings?: readonly Recording[];
  /** Where mails can be read that confirm an address or sign somebody in. */
  readonly mailbox?: Mailbox;
}

/** Signs everybody in, a visitor first who is nobody. Throws `NobodySignedIn` where that leaves less than `fewest`. */
export async function signEverybodyIn(
  { sender, people, fewest = 2, writes, journal, mailbox, lastResort, recordings = [] }: Everybody,
  doors: Doors,
  operations: readonly Operation[],
): Promise<Person[]> {
  const visitor: Person = {
    name: 'visitor',
    tenant: '',
    administrator: false,
    from: 'config',
    proof: '',
    session: { ...emptySession(), who: 'visitor' },
    witness: { path: '/', names: [] },
    expendable: false,
    seen: nothingSeen(),
  };
  const all: Person[] = [visitor];
  for (const { name, tenant, role, administrator = false, expendable = false, ...given } of people) {
    const headers = [...new Map([...boundIn(recordings, name), ...(given.headers ?? [])])];
    const account: Account = { ...given, ...(headers.length > 0 && { headers }) };
    const way = (await signIn(sender, doors.signIn, account, operations)) ?? (await lastResort?.(name, account));
    if (!way)
      throw new NobodySignedIn(
        `${name} could not be signed in: ${doors.signIn.length === 0 ? 'no sign-in was found' : 'every sign-in we found refuses this account or gives no session'}.`,
        'Check the address and the password of this person in the config, that the app runs, that it does not refuse sign-ins for a while because of earlier ones, and, where it asks for a code of an authenticator app, that its secret is named (totpFrom).',
      );
    way.session.who = name;
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
  if (writes && people.every(({ administrator }) => administrator))
    for (const name of ['owner', 'stranger']) {
      const one = await signUp({ sender, doors, operations, journal, ...(mailbox && { mailbox }) });
      if (!one) continue;
      one.session.who = name;
      all.push({ name, tenant: name, administrator: false, from: 'signed-up', expendable: true, ...one });
    }
  if (all.length <= fewest)
    throw new NobodySignedIn(
      people.some(({ administrator }) => !administrator)
        ? 'At least two people are needed who belong to different customers.'
        : writes
          ? mailbox
            ? 'Nobody could be signed up: no open sign-up was found that lets people in, at once or by the mail it sends.'
            : 'Nobody could be signed up: no open sign-up was found that lets people in at once. Where it mails a link first, name a mailbox under access.mail.'
          : 'Nobody is named who could sign in.',
      'Name two people of different customers under access.people in launch-ready.yaml.',
    );
  if (writes)
    for (const { name, account, door, witness } of all)
      if (account && door && door.kind !== 'mail') journal.person({ name, account, door, witness });
  return all;
}
