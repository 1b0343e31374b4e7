import type { Made } from '../objects/create.ts';
import type { Account } from '../people/account.ts';
import type { ElsewhereDoor, KeyDoor, PlainDoor } from '../people/doors.ts';
import type { Witness } from '../people/sign-in.ts';
import type { Operation } from '../surface/operation.ts';
import type { Body } from '../wire/body.ts';

/** A request that changes something. */
export interface Change {
  readonly who: string;
  readonly method: string;
  readonly path: string;
  /** Where it makes a thing: the mark that goes into it, by which it is found again. */
  readonly mark?: string;
  /** Operation that removes things of its kind, e.g. `/api/invoices/{id}`; absent where the app has none. */
  readonly removal?: string;
}

/** How something that was there before is set back. */
export interface Restoring {
  readonly who: string;
  readonly method: string;
  readonly path: string;
  readonly body: Body;
  /** Where it is a form: its page, which has a token against forged requests for whoever sends it. */
  readonly page?: string;
}

/** Somebody in whose name things are made, and how he is signed in again. */
export interface JournalPerson {
  readonly name: string;
  readonly account: Account;
  readonly door: PlainDoor | KeyDoor | ElsewhereDoor;
  readonly witness: Witness;
}

/** One line of a journal. The password of an account is in it only where we signed the account up. */
export type Entry = { readonly at: string } &
  /** `snapshot`: as `Target.snapshot`. */
  (
    | { readonly is: 'run'; readonly origin: string; readonly pid: number; readonly snapshot?: string }
    | {
        readonly is: 'person';
        readonly name: string;
        readonly door: PlainDoor | KeyDoor | Pick<ElsewhereDoor, 'kind' | 'name'>;
        readonly account: Omit<Account, 'password'> & { readonly password?: string };
        /** Tells whether a later session is his. */
        readonly witness: Witness;
      }
    | { readonly is: 'account'; readonly email: string }
    | { readonly is: 'way'; readonly operation: Operation }
    | ({ readonly is: 'change' } & Change)
    | {
        readonly is: 'made';
        readonly who: string;
        readonly mark: string;
        readonly path: string;
        readonly id?: string;
        readonly address?: string;
        readonly onPages?: Made['onPages'];
      }
    | { readonly is: 'removed'; readonly mark: string }
    | { readonly is: 'refused'; readonly mark: string }
    | ({ readonly is: 'restoring'; readonly nr: number } & Restoring)
    | { readonly is: 'restored'; readonly nr: number }
    | { readonly is: 'password'; readonly who: string }
    | { readonly is: 'password-back'; readonly who: string }
  );

type Told = Entry extends infer One ? (One extends Entry ? Omit<One, 'at'> : never) : never;

/** What was changed, written down before it is sent, so that a run that breaks off can be told what it left. */
export interface Journal {
  /** Before it is signed up. */
  account(email: string): void;
  /** Before anything is made: how operations are sent that have no address of their own. */
  ways(operations: readonly Operation[]): void;
  /** Before anything is made in his name. */
  person(person: JournalPerson): void;
  /** Before it is sent. */
  about(change: Change): void;
  made(made: Made): void;
  /** The app refused all that was sent with this mark (4xx): nothing with it is there. */
  refused(mark: string): void;
  /** The app said that it made something (201), and nothing shows what. */
  unfound(change: Change): void;
  removed(made: Pick<Made, 'canary'>): void;
  isRemoved(made: Made): boolean;
  /** Before something that was there is changed: gives what to call once it was seen to be as before. */
  restoring(restoring: Restoring): () => void;
  /** Before somebody gets another password for a while: gives what to call once he has his own again. Neither of them is written down. */
  password(who: string): () => void;
  /** What was changed and not seen to be as before again. */
  unrestored(): Restoring[];
  /** How many things and changes are left that could be undone. */
  open(): number;
  readonly changes: readonly Change[];
  /** Those of which it is not known what they made. */
  readonly lost: readonly Change[];
  readonly all: readonly Made[];
}

/** `write` gets one line of JSON for each entry, in order. */
export function openJournal(write: (line: string) => void = () => undefined): Journal {
  const changes: Change[] = [];
  const all: Made[] = [];
  const lost: Change[] = [];
  const there = new Set<string>();
  const gone = new Set<string>();
  const unrestored = new Map<number, Restoring>();
  const passwords = new Set<string>();
  let restorings = 0;
  const tell = (entry: Told): void => write(JSON.stringify({ at: new Date().toISOString(), ...entry }));
  return {
    account: (email) => tell({ is: 'account', email }),
    ways(operations) {
      for (const operation of operations) if (operation.way) tell({ is: 'way', operation });
    },
    person({ name, account: { email, username, made, password, totp }, door, witness }) {
      const account = {
        email,
        ...(username !== undefined && { username }),
        ...(made && { made, password, ...(totp !== undefined && { totp }) }),
      };
      // How one signs in elsewhere stands in the config.
      tell({ is: 'person', name, door: door.kind === 'elsewhere' ? { kind: door.kind, name: door.name } : door, account, witness });
    },
    about(change) {
      tell({ is: 'change', ...change });
      changes.push(change);
    },
    made(made) {
      const { path, id, canary, owner, address, onPages } = made;
      all.push(made);
      if (address !== undefined || onPages?.removal) there.add(canary);
      const ways = { ...(id !== undefined && { id }), ...(address !== undefined && { address }), ...(onPages && { onPages }) };
      tell({ is: 'made', who: owner.name, mark: canary, path, ...ways });
    },
    refused: (mark) => tell({ is: 'refused', mark }),
    unfound: (change) => void lost.push(change),
    removed({ canary }) {
      there.delete(canary);
      gone.add(canary);
      tell({ is: 'removed', mark: canary });
    },
    isRemoved: ({ canary }) => gone.has(canary),
    restoring(restoring) {
      const nr = ++restorings;
      unrestored.set(nr, restoring);
      tell({ is: 'restoring', nr, ...restoring });
      return () => {
        unrestored.delete(nr);
        tell({ is: 'restored', nr });
      };
    },
    password(who) {
      if (!passwords.has(who)) tell({ is: 'password', who });
      passwords.add(who);
      return () => {
        passwords.delete(who);
        tell({ is: 'password-back', who });
      };
    },
    unrestored: () => [...unrestored.values()],
    open: () => there.size + unrestored.size + passwords.size,
    changes,
    lost,
    all,
  };
}
