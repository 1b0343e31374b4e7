import { randomBytes } from 'node:crypto';
import type { PersonaName } from '../../../evidence/isolation.ts';
import type { Caller } from '../tries/run.ts';

/** A tenant of ours: the owner's, the stranger's, and one of the people who run the app. */
export type World = 'owner' | 'stranger' | 'house';

/** Somebody with an account. */
export interface Account {
  readonly name: Exclude<PersonaName, 'anon'> | 'founder';
  /** Whose tenant he is put into; absent for those who get no rows beyond what signing up makes. */
  readonly world?: World;
  readonly id: string;
  readonly email: string;
  /** Stands in every text of his rows. Marks of one world begin alike. */
  readonly mark: string;
  readonly caller: Caller;
}

export interface People {
  readonly accounts: readonly Account[];
  account(name: Account['name']): Account;
  /** What every mark and every key we chose in the owner's rows begins with. */
  readonly marks: Readonly<Record<World, string>>;
}

const worldOf: Readonly<Record<Account['name'], World | undefined>> = {
  // Signs up first, because some apps make the first account an administrator; takes no part afterwards.
  founder: undefined,
  newcomer: undefined,
  owner: 'owner',
  'tenant-admin': 'owner',
  peer: 'owner',
  stranger: 'stranger',
  'foreign-admin': 'stranger',
  admin: 'house',
};

/** New people with random ids and marks, in the order in which they sign up. */
export function makePeople(): People {
  // Hexadecimal, so that it can begin a UUID too; a letter first, so that it is never a number.
  const marks = { owner: newMark('a'), stranger: newMark('b'), house: newMark('c') };
  const accounts = (Object.keys(worldOf) as Account['name'][]).map((name): Account => {
    const world = worldOf[name];
    const mark = world === undefined ? newMark(name === 'founder' ? 'd' : 'e') : marks[world];
    const id = uuidWith(mark);
    // Apps tell tenants by the domain of the address as well.
    const email = `${name}.${mark}@${mark}.example`;
    return { name, ...(world && { world }), id, email, mark, caller: signedIn(id, email) };
  });
  const known = new Map(accounts.map((account) => [account.name, account]));
  return { accounts, account: (name) => known.get(name)!, marks };
}

const newMark = (first: string): string => first + randomBytes(4).toString('hex').slice(1);

/** A random UUID (version 4) whose first eight digits are the mark. */
export function uuidWith(mark: string): string {
  const hex = randomBytes(12).toString('hex');
  return `${mark.slice(0, 8)}-${hex.slice(0, 4)}-4${hex.slice(5, 8)}-8${hex.slice(9, 12)}-${hex.slice(12)}`;
}

/** A visitor without an account, as PostgREST sees him. */
export const visitor: Caller = { role: 'anon', claims: { role: 'anon' } };

/** The auth server, which makes accounts. Triggers on them run with its rights and its search path. */
export const authServer: Caller = { role: 'supabase_auth_admin', claims: {} };

/** The claims Supabase Auth puts into the token of somebody who signed in with a password. */
export function signedIn(id: string, email: string, metadata: Readonly<Record<string, unknown>> = {}): Caller {
  return {
    role: 'authenticated',
    claims: {
      sub: id,
      role: 'authenticated',
      aud: 'authenticated',
      email,
      aal: 'aal1',
      is_anonymous: false,
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { email, email_verified: true, sub: id, ...metadata },
    },
  };
}
